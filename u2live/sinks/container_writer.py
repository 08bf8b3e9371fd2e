"""A container being written: opened with the first picture, closed whatever happened, its errors in words."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

from u2live.errors import SinkError
from u2live.sinks.disk_errors import write_error
from u2live.sinks.formats import file_format
from u2live.sinks.output_file import OutputFile
from u2live.sinks.sound import Sound
from u2live.sinks.video_track import VideoTrack
from u2live.types import Composite, Size


class ContainerWriter:
    """Writes packets into `file`. `path` is the name that errors tell, `growing` whether it is to play meanwhile."""

    def __init__(self, path: Path, file: OutputFile, *, growing: bool) -> None:
        self.file = file
        self._path = path
        self._growing = growing
        self._format = file_format(path)
        self._container: Any = None

    def start(
        self, tracks: Iterable[VideoTrack], first: Composite, size: Size, frame_rate: Fraction, sound: Sound | None
    ) -> VideoTrack:
        """Open the first of `tracks` that works, and `sound`. Returns that track. Raises SinkError."""
        import av

        try:
            track = self._first_that_works(tracks, first, size, frame_rate)
            if sound is not None:
                sound.add_to(self._container)
        except (av.FFmpegError, ValueError) as error:
            what = f"{size.width}×{size.height}"
            raise SinkError(f"cannot record {what} into {self._path}: {error}") from error
        return track

    def _first_that_works(
        self, tracks: Iterable[VideoTrack], first: Composite, size: Size, frame_rate: Fraction
    ) -> VideoTrack:
        import av

        for track in tracks:
            self._open()
            try:
                track.add_to(self._container, first, size, frame_rate, live=self._growing)
            except (av.FFmpegError, ValueError):
                if track.codec.software:
                    raise
                continue  # a device that worked on the trial picture, but takes no such size
            return track
        raise SinkError(f"nothing can encode {size.width}×{size.height} for {self._path}: choose another ending")

    def _open(self) -> None:
        import av

        self.file.clear()
        self._container = av.open(
            self.file,
            "w",
            format=self._format.muxer,
            container_options=dict(self._format.growing if self._growing else self._format.finished),
            buffer_size=1 << 18,
            io_open=self.file.reopen,
        )

    def mux(self, packets: Iterable[Any]) -> None:
        """Write `packets`; encoding may happen while they are taken. Raises SinkError."""
        import av

        try:
            for packet in packets:
                self._container.mux(packet)
        except (av.FFmpegError, ValueError) as error:
            raise SinkError(f"the recording {self._path} stopped: {error}{self._what_remains}") from error
        self._check()

    def finish(self) -> None:
        """Write what belongs at the end. Raises SinkError."""
        import av

        container, self._container = self._container, None
        try:
            container.close()
        except av.FFmpegError as error:
            raise SinkError(f"the recording {self._path} could not be finished: {error}") from error
        self._check()

    def close(self) -> None:
        """Let go of everything without another word. Harmless when closed."""
        container, self._container = self._container, None
        if container is not None:
            with contextlib.suppress(Exception):
                container.close()
        self.file.close()

    def _check(self) -> None:
        if self.file.error is None:
            self.file.mark()
            return
        raise SinkError(f"{write_error(self._path, self.file.error)}{self._what_remains}") from self.file.error

    @property
    def _what_remains(self) -> str:
        return "; what was recorded so far is kept" if self._growing else ""
