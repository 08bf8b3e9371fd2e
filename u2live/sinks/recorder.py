"""Recording composites into a video file."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from u2live.errors import SinkError
from u2live.sinks.container_writer import ContainerWriter
from u2live.sinks.disk_errors import write_error
from u2live.sinks.formats import check_codec, check_quality, file_format
from u2live.sinks.output_file import OutputFile, move_into_place, temporary_beside
from u2live.sinks.pause import Pause
from u2live.sinks.recording_status import Layout, RecordingStatus
from u2live.sinks.rescue import rescue
from u2live.sinks.sink import Delivery
from u2live.sinks.sound import Sound
from u2live.sinks.space import SpaceWatch
from u2live.sinks.timeline import Timeline
from u2live.sinks.unfinished import Marker, finish
from u2live.sinks.video_track import Content, VideoTrack
from u2live.types import Composite, Level, Notice, Notify, Size

__all__ = ["Content", "Layout", "Recorder", "RecordingStatus"]


def _silent(notice: Notice) -> None:
    """Where nobody listens."""


class Recorder:
    """Video into MP4, MOV, MKV or WebM, by the file's ending.

    In the growing layout the file stands under its own name from the start and plays at any moment up to its last
    second, also when this process is killed: MP4 and MOV are written in fragments, MKV and WebM in clusters, of half a
    second each. When it ends well MP4 and MOV are turned into ordinary files; `unfinished` finds those that did not. A
    disk about to be full ends the recording in time; of one that is pulled out, what can still be read is saved elsewhere
    (`rescue`). A file that exists is never replaced unless `overwrite`.

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

        Raises UsageError for an ending, a quality or a codec that does not exist.
        """
        self.path = Path(path)
        self._format = file_format(self.path)
        self._quality = check_quality(quality)
        self._codec = check_codec(self.path, codec)
        self._growing = layout is Layout.GROWING
        self._hardware = encoder == "auto" and self._growing
        self._content = content
        self._sound = sound
        self._overwrite = overwrite
        self._notify = notify
        self._pause = Pause()
        self._file: OutputFile | None = None
        self._forget()

    def _forget(self) -> None:
        self._writer: ContainerWriter | None = None
        self._track: VideoTrack | None = None
        self._timeline: Timeline | None = None
        self._space: SpaceWatch | None = None
        self._marker: Marker | None = None
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
            paused=self._pause.wanted,
            minutes_left=space.minutes_left if space else None,
            encoder=track.codec.encoder if track else "",
        )

    def pause(self) -> None:
        """Leave out what comes from now on."""
        self._pause.begin()

    def resume(self) -> None:
        """Go on: the next picture follows the last one before the pause."""
        self._pause.end()

    def open(self, size: Size, frame_rate: Fraction) -> None:
        self.close()
        self.discard()
        self._forget()
        self._size = size
        self._frame_rate = frame_rate
        self._file = self._create()
        self._writer = ContainerWriter(self.path, self._file, growing=self._growing)
        if self._growing:
            self._space = SpaceWatch(self.path, self._notify)
            self._marker = Marker(self.path)
        if self._sound is not None:
            with self._released_on_error():
                self._sound.open()

    def write(self, composite: Composite) -> None:
        if self._writer is None:
            raise SinkError(f"the recording {self.path} is not open: start a new one")
        with self._released_on_error():
            if self._pause.leaves_out(composite.timestamp_ns, self._timeline, self._sound):
                if self._timeline is not None:
                    self._mux_sound(self._writer, self._timeline)  # the microphone goes on
                return
            if self._timeline is None or self._track is None:
                self._timeline, self._track = self._start(composite, self._writer)
            frame = self._track.frame(composite, self._timeline.ticks(composite.timestamp_ns))
            self._frames += 1
            self._writer.mux(self._track.encode(frame))
            self._mux_sound(self._writer, self._timeline)
        if self._space is not None and self._space.is_exhausted(self._writer.file.size):
            self.close()
            raise SinkError(f"the disk is almost full: {self.path} was finished in time; free some space to record on")

    def close(self) -> None:
        writer = self._writer
        if writer is None:
            return
        if not self._frames or self._timeline is None or self._track is None:
            self._release()
            writer.file.remove()
            if self._marker is not None:
                self._marker.remove()
            return
        with self._released_on_error():
            writer.mux(self._track.flush())
            if self._sound is not None:
                writer.mux(self._sound.rest(self._timeline.seconds))
            writer.finish()
            if self._growing and writer.file.is_lost:
                raise SinkError(f"{self.path} is gone")
        self._let_go()
        if self._growing:
            self._finish(writer.file)

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
        if not self._overwrite and os.path.exists(self.path):
            raise write_error(self.path, FileExistsError())
        return OutputFile(temporary_beside(self.path), final_path=self.path)

    def _start(self, first: Composite, writer: ContainerWriter) -> tuple[Timeline, VideoTrack]:
        """Open encoder and container, which need the first picture."""
        tracks = VideoTrack.candidates(self.path, self._codec, self._quality, self._content, first, hardware=self._hardware)
        track = writer.start(tracks, first, self._size, self._frame_rate, self._sound)
        if first.alpha is not None and self._content is Content.COMPOSITE and not track.codec.alpha:
            message = f"{self.path.name} cannot be transparent: the background becomes black; .mov, .webm and .mkv can"
            self._notify(Notice(Level.WARNING, "recording", message))
        origin_ns = first.timestamp_ns
        if self._sound is not None:
            origin_ns = self._sound.start(origin_ns)
        return Timeline(self._frame_rate, origin_ns), track

    def _mux_sound(self, writer: ContainerWriter, timeline: Timeline) -> None:
        if self._sound is not None:
            writer.mux(self._sound.packets(timeline.seconds))

    def _finish(self, file: OutputFile) -> None:
        """An ordinary file instead of fragments; where there is no room for it, at the next start."""
        if self._format.is_fragmented:
            try:
                finish(self.path)
                file.size = self.path.stat().st_size
            except (SinkError, OSError) as error:
                self._notify(Notice(Level.INFO, "recording", f"{error}; it plays nevertheless"))
                if self._marker is not None:
                    self._marker.leave()
                return
        if self._marker is not None:
            self._marker.remove()

    @contextlib.contextmanager
    def _released_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            writer, timeline = self._writer, self._timeline
            rescued = None
            if self._growing and self._frames and timeline is not None and writer is not None and writer.file.is_lost:
                rescued = rescue(writer.file, timeline.seconds)
            self._release()
            if rescued is not None:
                raise rescued from error
            raise

    def _release(self) -> None:
        """Let go of everything; what is written stays."""
        self._let_go()
        if self._marker is not None:
            self._marker.leave()

    def _let_go(self) -> None:
        """Of file and sound. That it is recorded or finished here is still to be seen."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()
        if self._sound is not None:
            self._sound.close()
