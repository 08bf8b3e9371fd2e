"""Recording composites into a video file."""

from __future__ import annotations

import contextlib
import enum
import threading
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from u2live.errors import SinkError
from u2live.sinks.formats import check_codec, check_quality, file_format
from u2live.sinks.output_file import OutputFile, move_into_place, temporary_beside, write_error
from u2live.sinks.sink import Delivery
from u2live.sinks.sound import Sound
from u2live.sinks.space import SpaceWatch
from u2live.sinks.timeline import Timeline
from u2live.sinks.unfinished import Marker, finish
from u2live.sinks.video_track import Content, VideoTrack
from u2live.types import Composite, Level, Notice, Notify, Size

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Content", "Layout", "Recorder", "RecordingStatus"]


class Layout(enum.Enum):
    """How the file is laid out."""

    GROWING = "growing"
    """It plays while it grows and after the process died: for live recordings."""
    FINISHED = "finished"
    """Smaller and quicker to seek, under a hidden temporary name until `Recorder.keep`: for files made from files."""


@dataclass(frozen=True, slots=True)
class RecordingStatus:
    """How a recording stands: its length in the file, its size on disk, pictures written.

    `minutes_left` is how long the disk lasts, None while that cannot be told; `encoder` is empty before the first picture.
    """

    seconds: float
    size_bytes: int
    frames: int
    paused: bool
    minutes_left: float | None
    encoder: str


def _silent(notice: Notice) -> None:
    """Where nobody listens."""


class Recorder:
    """Video into MP4, MOV, MKV or WebM, by the file's ending.

    In the growing layout the file stands under its own name from the start and plays at any moment up to its last
    second, also when this process is killed: MP4 and MOV are written in fragments, MKV and WebM in clusters, of half a
    second each. When it ends well MP4 and MOV are turned into ordinary files; `unfinished` finds those that did not. A
    disk about to be full ends the recording in time. A file that exists is never replaced unless `overwrite`.

    Pictures keep their own timestamps, so a variable rate plays at the right speed. An odd width or height gets one more
    column or row, a copy of its neighbour; pictures of another size than the first are fitted into it with black bars.
    A first composite with alpha makes a file with straight alpha where codec and container have it; else it is laid over
    black. `pause`, `resume` and `status` may be used from any thread.
    """

    name = "recorder"
    delivery = Delivery.EVERY

    def __init__(
        self,
        path: Path,
        quality: str = "good",
        *,
        codec: str = "auto",
        encoder: str = "auto",
        layout: Layout = Layout.GROWING,
        content: Content = Content.COMPOSITE,
        sound: Sound | None = None,
        overwrite: bool = False,
        notify: Notify = _silent,
    ) -> None:
        """Touches nothing yet. `encoder` is auto (hardware where it works, for growing files) or software.

        Raises SinkError for an ending, a quality or a codec that does not exist.
        """
        self.path = Path(path)
        self._format = file_format(self.path)
        self._quality = check_quality(quality)
        self._codec = check_codec(self.path, codec)
        self._hardware = encoder == "auto" and layout is Layout.GROWING
        self._growing = layout is Layout.GROWING
        self._content = content
        self._sound = sound
        self._overwrite = overwrite
        self._notify = notify
        self._wants_pause = threading.Event()
        self._file: OutputFile | None = None
        self._is_open = False
        self._forget()

    def _forget(self) -> None:
        self._container: Any = None
        self._track: VideoTrack | None = None
        self._timeline: Timeline | None = None
        self._space: SpaceWatch | None = None
        self._marker: Marker | None = None
        self._paused_at_ns: int | None = None
        self._frames = 0

    @property
    def sound(self) -> Sound | None:
        """What is recorded beside the picture, if anything."""
        return self._sound

    @property
    def status(self) -> RecordingStatus:
        file, timeline, space, track = self._file, self._timeline, self._space, self._track
        return RecordingStatus(
            seconds=timeline.seconds if timeline else 0.0,
            size_bytes=file.size if file else 0,
            frames=self._frames,
            paused=self._wants_pause.is_set(),
            minutes_left=space.minutes_left if space else None,
            encoder=track.codec.encoder if track else "",
        )

    def pause(self) -> None:
        """Leave out what comes from now on."""
        self._wants_pause.set()

    def resume(self) -> None:
        """Go on: the next picture follows the last one before the pause."""
        self._wants_pause.clear()

    def open(self, size: Size, frame_rate: Fraction) -> None:
        self.close()
        self.discard()
        self._forget()
        self._size = size
        self._frame_rate = frame_rate
        self._file = self._create()
        self._is_open = True
        if self._growing:
            self._space = SpaceWatch(self.path, self._notify)
            self._marker = Marker(self.path)
        if self._sound is not None:
            try:
                self._sound.open()
            except SinkError:
                self._abandon()
                raise

    def write(self, composite: Composite) -> None:
        if not self._is_open or self._file is None:
            raise SinkError(f"the recording {self.path} is not open: start a new one")
        if self._skip(composite.timestamp_ns):
            return
        if self._timeline is None:
            self._timeline = self._start(composite)
        assert self._track is not None
        frame = self._track.frame(composite, self._timeline.ticks(composite.timestamp_ns))
        self._frames += 1
        self._mux(self._track.encode(frame), self._timeline)
        if self._space is not None and self._space.is_exhausted(self._file.size):
            self.close()
            raise SinkError(f"the disk is almost full: {self.path} was finished in time; free some space to record on")

    def close(self) -> None:
        if not self._is_open:
            return
        if not self._frames or self._timeline is None or self._track is None:
            self._abandon()
            if self._file is not None:
                self._file.remove()
            if self._marker is not None:
                self._marker.remove()
            return
        import av

        try:
            self._mux(self._track.flush(), self._timeline, last=True)
            self._container.close()
            self._raise_write_error()
        except av.FFmpegError as error:
            raise SinkError(f"the recording {self.path} could not be finished: {error}") from error
        finally:
            self._abandon()
        if self._growing:
            self._finish()

    def keep(self) -> None:
        """Give a finished file its own name, once it is closed. Raises SinkError, also when that name is taken by now."""
        if not self._growing and self._file is not None:
            try:
                move_into_place(self._file.path, self.path, overwrite=self._overwrite)
            finally:
                self.discard()

    def discard(self) -> None:
        """Delete a finished file that was not kept. Harmless otherwise; a growing recording is never deleted."""
        if not self._growing and self._file is not None:
            self._file.remove()
            self._file = None

    def _create(self) -> OutputFile:
        if self._growing:
            return OutputFile(self.path, self._overwrite, sync=True)
        if not self._overwrite and self.path.exists():
            raise write_error(self.path, FileExistsError())
        return OutputFile(temporary_beside(self.path), final_path=self.path)

    def _start(self, composite: Composite) -> Timeline:
        """Open the encoder and the container, which need the first picture."""
        import av

        assert self._file is not None
        options = self._format.growing if self._growing else self._format.finished
        try:
            for track in VideoTrack.candidates(
                self.path, self._codec, self._quality, self._content, composite, hardware=self._hardware
            ):
                self._file.clear()
                self._container = av.open(
                    self._file,
                    "w",
                    format=self._format.muxer,
                    container_options=dict(options),
                    buffer_size=1 << 18,
                    io_open=self._file.reopen,
                )
                try:
                    track.add_to(self._container, composite, self._size, self._frame_rate, live=self._growing)
                except (av.FFmpegError, ValueError):
                    if track.codec.software:
                        raise
                    continue  # a device that worked on the trial picture, but takes no such size
                break
            if self._sound is not None:
                self._sound.add_to(self._container)
        except SinkError:
            self._abandon()
            raise
        except (av.FFmpegError, ValueError) as error:
            self._abandon()
            what = f"{self._size.width}×{self._size.height}"
            raise SinkError(f"cannot record {what} into {self.path}: {error}") from error
        self._track = track
        if composite.alpha is not None and self._content is Content.COMPOSITE and not track.codec.alpha:
            message = f"{self.path.name} cannot be transparent: the background becomes black; .mov, .webm and .mkv can"
            self._notify(Notice(Level.WARNING, "recording", message))
        origin_ns = composite.timestamp_ns
        if self._sound is not None:
            origin_ns = self._sound.start(origin_ns)
        return Timeline(self._frame_rate, origin_ns)

    def _skip(self, timestamp_ns: int) -> bool:
        """Whether a pause leaves out what comes at `timestamp_ns`."""
        timeline, sound = self._timeline, self._sound
        if self._wants_pause.is_set():
            if self._paused_at_ns is None and timeline is not None:
                self._paused_at_ns = timestamp_ns
                if sound is not None:
                    sound.pause(timestamp_ns)
            if timeline is not None:
                self._mux((), timeline)  # the microphone goes on
            return True
        if self._paused_at_ns is not None and timeline is not None:
            timeline.cut(timestamp_ns - self._paused_at_ns)
            if sound is not None:
                sound.resume(timestamp_ns)
            self._paused_at_ns = None
        return False

    def _mux(self, video: Iterable[Any], timeline: Timeline, *, last: bool = False) -> None:
        import av

        try:
            for packet in video:
                if not packet.duration:
                    packet.duration = timeline.frame_ticks
                self._container.mux(packet)
            if self._sound is not None:
                packets = self._sound.rest if last else self._sound.packets
                for packet in packets(timeline.seconds):
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
        return "; what was recorded so far is kept" if self._growing else ""

    def _finish(self) -> None:
        """An ordinary file instead of fragments; where there is no room for it, at the next start."""
        if self._format.is_fragmented:
            try:
                finish(self.path)
            except SinkError as error:
                self._notify(Notice(Level.INFO, "recording", f"{error}; it plays nevertheless"))
                return
            if self._file is not None:
                self._file.size = self.path.stat().st_size
        if self._marker is not None:
            self._marker.remove()

    def _abandon(self) -> None:
        """Let go of everything without another word."""
        self._is_open = False
        container, self._container = self._container, None
        if container is not None:
            with contextlib.suppress(Exception):
                container.close()
        if self._file is not None:
            self._file.close()
        if self._sound is not None:
            self._sound.close()
        if self._marker is not None:
            self._marker.leave()
