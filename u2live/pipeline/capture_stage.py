"""The capture thread: the only one that touches the source, and the only place where live frames are dropped."""

from __future__ import annotations

import time
from collections.abc import Callable

from u2live.capture.orient import oriented
from u2live.capture.source import Adjustable, Source, SourceInfo
from u2live.errors import SourceError, U2LiveError, UsageError
from u2live.pipeline.events import State
from u2live.pipeline.session import Blank, Captured, CaptureItem, Session
from u2live.pipeline.slot import Channel
from u2live.settings import CameraSettings
from u2live.types import Frame, Level, Notify

MakeSource = Callable[[CameraSettings, Notify], Source]

RETRY_S = 0.5
_POLL_S = 0.1


def source_maker(source: Source | None) -> MakeSource:
    """The program's own sources, or always the given one."""

    def make(camera: CameraSettings, notify: Notify) -> Source:
        if source is not None:
            return source
        from u2live.capture.factory import make_source
        from u2live.capture.file import FileSource
        from u2live.capture.pace import paced

        made = make_source(camera.source, camera, notify)
        return paced(made) if isinstance(made, FileSource) else made

    return make


def _device(camera: CameraSettings) -> tuple[object, ...]:
    """The part of the settings that cannot change while the device is open."""
    return camera.source, camera.width, camera.height, camera.frame_rate, camera.format


class CaptureStage:
    """Reads the source into `door`. A live source that is lost is opened again until it comes back.

    `duration_ns` ends the stream when the frames' own timestamps have covered it. A patient session plays a file again
    and again.
    """

    def __init__(
        self, session: Session, door: Channel[CaptureItem], make_source: MakeSource, duration_ns: int | None = None
    ) -> None:
        self._session = session
        self._door = door
        self._make_source = make_source
        self._duration_ns = duration_ns
        self._first_ns: int | None = None
        self._last_ns = 0
        self._offset_ns: int | None = None
        self._was_open = False
        self._told = ""
        self._kept: tuple[tuple[object, ...], Source] | None = None
        self._controls = ""

    def run(self) -> None:
        session = self._session
        try:
            ended = False
            while not ended and not session.stopping.is_set():
                if session.asleep.is_set():
                    self._rest()
                else:
                    ended = self._serve(session.settings.camera)
        finally:
            self._door.close()

    def _serve(self, camera: CameraSettings) -> bool:
        """Keep one source going, through losses, until other settings or sleep are wanted. True at its end."""
        source: Source | None = None
        try:
            while not self._interrupted(camera):
                try:
                    source = source or self._source_for(camera)
                    self._offset_ns = None
                    info = source.open()
                    self._opened(info)
                    ended = self._pump(source, info, camera)
                    if not (ended and self._plays_again(info)):
                        return ended
                    source.close()
                except (SourceError, UsageError) as error:
                    if source is not None:
                        source.close()
                    self._wait_for_source(error)
        finally:
            if source is not None:
                source.close()
        self._blank()
        return False

    def _source_for(self, camera: CameraSettings) -> Source:
        """The source for these settings: after sleep the same one, which finds a camera again that moved meanwhile."""
        if self._kept is None or self._kept[0] != _device(camera):
            self._kept = (_device(camera), self._make_source(camera, self._session.notices))
            self._controls = camera.controls
        return self._kept[1]

    def _plays_again(self, info: SourceInfo) -> bool:
        return self._session.patient and not info.live and not self._session.stopping.is_set()

    def _opened(self, info: SourceInfo) -> None:
        self._session.source_info = info
        self._was_open = True
        if self._told:
            self._session.tell(Level.INFO, "source", f"{info.name} is back")
            self._told = ""
        if self._session.ready.is_set():
            self._session.state.move(State.RUNNING)

    def _wait_for_source(self, error: U2LiveError) -> None:
        """Tell about `error`, once, and go on waiting; raise it where waiting makes no sense."""
        session = self._session
        if not (session.patient or (self._was_open and session.live)):
            raise error
        session.state.move(State.WAITING)
        if str(error) != self._told:
            self._told = str(error)
            session.tell(Level.WARNING, "source", self._told)
        self._blank()
        session.stopping.wait(RETRY_S)

    def _pump(self, source: Source, info: SourceInfo, camera: CameraSettings) -> bool:
        """Frames from source to door until the end (True) or until something else is wanted (False)."""
        while not self._interrupted(camera):
            self._adjust(source)
            with self._session.metrics.timed("capture"):
                frame = source.read()
            if frame is None:
                return True
            if not self._session.ready.is_set():
                if info.live:
                    continue
                self._wait_until_ready()
            timestamp_ns = frame.timestamp_ns + self._offset(frame, info)
            if self._is_over(timestamp_ns):
                return True
            self._last_ns = timestamp_ns
            if not self._hand_over(frame, timestamp_ns, live=info.live):
                return True
        self._blank()
        return False

    def _adjust(self, source: Source) -> None:
        """A camera's own controls change while it runs."""
        controls = self._session.settings.camera.controls
        if controls == self._controls:
            return
        self._controls = controls
        if isinstance(source, Adjustable):
            try:
                source.adjust(controls)
            except UsageError as error:
                self._session.tell(Level.WARNING, "source", str(error))

    def _offset(self, frame: Frame, info: SourceInfo) -> int:
        """What is added to a source's timestamps: a window has one clock, on which a file starts now, again and again."""
        if info.live or not self._session.patient:
            return 0
        if self._offset_ns is None:
            starts_ns = max(time.monotonic_ns(), self._last_ns + round(1e9 / info.frame_rate))
            self._offset_ns = starts_ns - frame.timestamp_ns
        return self._offset_ns

    def _wait_until_ready(self) -> None:
        while not self._session.ready.wait(_POLL_S) and not self._session.stopping.is_set():
            pass

    def _hand_over(self, frame: Frame, timestamp_ns: int, *, live: bool) -> bool:
        """Put one frame through the door. False when nobody takes frames any more."""
        self._session.state.move(State.RUNNING)
        pixels = oriented(frame.pixels, self._session.settings.camera)
        item = Captured(Frame(frame.index, timestamp_ns, pixels), time.monotonic_ns())
        self._session.metrics.count("frames_in")
        if not live:
            return self._door.put(item)
        before = self._door.dropped
        taken = self._door.replace(item)
        self._session.metrics.count("dropped", self._door.dropped - before)
        return taken

    def _is_over(self, timestamp_ns: int) -> bool:
        if self._duration_ns is None:
            return False
        if self._first_ns is None:
            self._first_ns = timestamp_ns
        return timestamp_ns - self._first_ns >= self._duration_ns

    def _interrupted(self, camera: CameraSettings) -> bool:
        session = self._session
        return session.stopping.is_set() or session.asleep.is_set() or _device(session.settings.camera) != _device(camera)

    def _blank(self) -> None:
        """Send the outputs to the placeholder; at the end the last safe picture may stand."""
        if self._session.live and not self._session.stopping.is_set():
            self._door.replace(Blank(time.monotonic_ns()))

    def _rest(self) -> None:
        self._session.state.move(State.ASLEEP)
        self._blank()
        while self._session.asleep.is_set() and not self._session.stopping.wait(_POLL_S):
            pass
        self._session.state.move(State.STARTING)
