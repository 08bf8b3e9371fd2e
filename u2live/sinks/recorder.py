"""Recording composites into a video file."""

from __future__ import annotations

import contextlib
import enum
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from u2live.errors import SinkError
from u2live.sinks.canvas import VideoPictures, even, fitted, flattened, matte_picture
from u2live.sinks.encoders import KEYFRAME_S, add_h264, check_quality, file_format
from u2live.sinks.output_file import OutputFile, move_into_place, temporary_beside, write_error
from u2live.sinks.sink import Delivery
from u2live.sinks.sound import Sound
from u2live.sinks.timeline import TIME_BASE, Timeline
from u2live.types import Composite, Level, Notice, Notify, Size

if TYPE_CHECKING:
    import av
    import numpy as np


def _silent(notice: Notice) -> None:
    """Where nobody listens."""


class Layout(enum.Enum):
    """How the file is laid out."""

    GROWING = "growing"
    """It plays while it grows and after the process died: for live recordings."""
    FINISHED = "finished"
    """Smaller and quicker to seek, under a hidden temporary name until `Recorder.keep`: for files made from files."""


class Content(enum.Enum):
    """Which picture of a composite is recorded."""

    COMPOSITE = "composite"
    MATTE = "matte"
    """The matte in grey, of composites over a transparent background."""


@dataclass(frozen=True, slots=True)
class RecordingStatus:
    """How a recording stands: its length in the file, its size on disk, pictures written."""

    seconds: float
    size_bytes: int
    frames: int


class Recorder:
    """H.264 into MP4 or MKV, by the file's ending.

    In the growing layout the file stands under its own name from the start and plays at any moment up to its last
    second, also when this process is killed: MP4 is written in fragments, MKV in clusters, of half a second each. A file
    that exists is never replaced unless `overwrite`. Pictures keep their own timestamps, so a variable rate plays at the
    right speed. An odd width or height gets one more column or row, a copy of its neighbour; pictures of another size
    than the first are fitted into it with black bars; a transparent composite is laid over black, because H.264 carries
    no alpha.
    """

    name = "recorder"
    delivery = Delivery.EVERY

    def __init__(
        self,
        path: Path,
        quality: str = "good",
        *,
        layout: Layout = Layout.GROWING,
        content: Content = Content.COMPOSITE,
        sound: Sound | None = None,
        overwrite: bool = False,
        notify: Notify = _silent,
    ) -> None:
        """Touches nothing yet. Raises SinkError for an ending or a quality that does not exist."""
        self.path = Path(path)
        self._layout = layout
        self._sound = sound
        self._content = content
        self._format = file_format(self.path)
        self._quality = check_quality(quality)
        self._overwrite = overwrite
        self._notify = notify
        self._timeline: Timeline | None = None
        self._container: Any = None
        self._stream: Any = None
        self._file: OutputFile | None = None
        self._frames = 0

    @property
    def status(self) -> RecordingStatus:
        """May be read from any thread."""
        seconds = self._timeline.seconds if self._timeline else 0.0
        return RecordingStatus(seconds, self._file.size if self._file else 0, self._frames)

    def open(self, size: Size, frame_rate: Fraction) -> None:
        import av

        self.close()
        self.discard()
        self._size = even(size)
        self._frame_rate = frame_rate
        self._timeline = None
        self._keyframe_ticks = round(KEYFRAME_S / TIME_BASE)
        self._next_keyframe = 0
        self._frames = 0
        live = self._layout is Layout.GROWING
        self._file = self._create(live)
        options = self._format.growing if live else self._format.finished
        try:
            self._container = av.open(
                self._file,
                "w",
                format=self._format.muxer,
                container_options=options,
                buffer_size=1 << 18,
                io_open=self._file.reopen,
            )
            self._stream = add_h264(self._container, self._size, frame_rate, self._quality, live)
            _tag_bt709(self._stream)
            self._stream.codec_context.time_base = TIME_BASE
            if self._sound is not None:
                self._sound.add_to(self._container)
            self._stream.codec_context.open()
        except SinkError:
            self._abandon()
            raise
        except (av.FFmpegError, ValueError) as error:
            self._abandon()
            raise SinkError(f"cannot record {size.width}×{size.height} into {self.path}: {error}") from error
        self._pictures = VideoPictures(self._stream.pix_fmt)

    def write(self, composite: Composite) -> None:
        if self._container is None:
            raise SinkError(f"the recording {self.path} is not open: start a new one")
        if self._timeline is None:
            self._timeline = self._start(composite)
        ticks = self._timeline.ticks(composite.timestamp_ns)
        frame = self._pictures.frame(fitted(self._picture(composite), self._size))
        frame.pts = ticks
        frame.time_base = TIME_BASE
        if ticks >= self._next_keyframe:
            frame.pict_type = 1  # an I picture; forced-idr makes it a place to start decoding
            self._next_keyframe = ticks + self._keyframe_ticks
        self._frames += 1
        self._encode(frame)

    def close(self) -> None:
        if self._container is None:
            return
        import av

        if not self._frames:
            self._abandon()
            if self._file is not None:
                self._file.remove()
            return
        try:
            self._encode(None)
            self._container.close()
            self._raise_write_error()
        except av.FFmpegError as error:
            raise SinkError(f"the recording {self.path} could not be finished: {error}") from error
        finally:
            self._abandon()

    def keep(self) -> None:
        """Give a finished file its own name, once it is closed. Raises SinkError, also when that name is taken by now."""
        if self._layout is Layout.FINISHED and self._file is not None:
            try:
                move_into_place(self._file.path, self.path, overwrite=self._overwrite)
            finally:
                self.discard()

    def discard(self) -> None:
        """Delete a finished file that was not kept. Harmless otherwise; a growing recording is never deleted."""
        if self._layout is Layout.FINISHED and self._file is not None:
            self._file.remove()
            self._file = None

    def _create(self, live: bool) -> OutputFile:
        if live:
            return OutputFile(self.path, self._overwrite)
        if not self._overwrite and self.path.exists():
            raise write_error(self.path, FileExistsError())
        return OutputFile(temporary_beside(self.path), final_path=self.path)

    def _start(self, composite: Composite) -> Timeline:
        if composite.alpha is not None and self._content is Content.COMPOSITE:
            message = f"{self.path.name} cannot be transparent: the background becomes black"
            self._notify(Notice(Level.WARNING, "recording", message))
        origin_ns = composite.timestamp_ns
        if self._sound is not None:
            origin_ns = self._sound.start(origin_ns)
        return Timeline(self._frame_rate, origin_ns)

    def _picture(self, composite: Composite) -> np.ndarray:
        return matte_picture(composite) if self._content is Content.MATTE else flattened(composite)

    def _encode(self, frame: av.VideoFrame | None) -> None:
        import av

        timeline = self._timeline
        assert timeline is not None
        try:
            for packet in self._stream.encode(frame):
                if not packet.duration:
                    packet.duration = timeline.frame_ticks
                self._container.mux(packet)
            if self._sound is not None:
                next_packets = self._sound.packets if frame is not None else self._sound.rest
                for packet in next_packets(timeline.seconds):
                    self._container.mux(packet)
        except SinkError:
            self._abandon()
            raise
        except (av.FFmpegError, ValueError) as error:
            self._abandon()
            raise SinkError(f"the recording {self.path} stopped: {error}{self._what_remains}") from error
        self._raise_write_error()

    def _raise_write_error(self) -> None:
        assert self._file is not None
        if self._file.error is None:
            self._file.mark()
            return
        error = self._file.error
        self._abandon()
        raise SinkError(f"{write_error(self.path, error)}{self._what_remains}") from error

    @property
    def _what_remains(self) -> str:
        return "; what was recorded so far is kept" if self._layout is Layout.GROWING else ""

    def _abandon(self) -> None:
        """Let go of everything without another word."""
        container, self._container, self._stream = self._container, None, None
        if container is not None:
            with contextlib.suppress(Exception):
                container.close()
        if self._file is not None:
            self._file.close()
        if self._sound is not None:
            self._sound.close()


def _tag_bt709(stream: Any) -> None:
    context = stream.codec_context
    context.colorspace = 1
    context.color_primaries = 1
    context.color_trc = 1
    context.color_range = 1
