"""The matte thread: runs the network, and changes it while running without a gap."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from u2live.errors import U2LiveError
from u2live.pipeline.events import State
from u2live.pipeline.loading import asks_for
from u2live.pipeline.session import Captured, CaptureItem, Matted, MatteItem, Session
from u2live.pipeline.slot import Channel, Closed
from u2live.settings import Settings
from u2live.types import Frame, Level, MattedFrame, Notify

if TYPE_CHECKING:
    from u2live.capture.source import SourceInfo
    from u2live.matting.matter import Matter

LoadMatter = Callable[[Settings, Notify], "Matter"]

_ON_THE_WAY = 2
"""How many frames taken before a change may still come after it: one at the door, and the one that follows it."""


class _Loading:
    """A matter being loaded beside the one that runs."""

    def __init__(self, load: LoadMatter, settings: Settings, notify: Notify) -> None:
        self.settings = settings
        self.matter: Matter | None = None
        self.error: Exception | None = None
        self.done = threading.Event()
        self._load = load
        self._notify = notify
        self._lock = threading.Lock()
        self._abandoned = False
        threading.Thread(target=self._run, name="u2live-load", daemon=True).start()

    def abandon(self) -> None:
        """Nobody wants it any more: close what is loaded, or what is still loading, once it is."""
        with self._lock:
            self._abandoned = True
            loaded = self.done.is_set()
        if loaded:
            self._release()

    def _run(self) -> None:
        try:
            self.matter = self._load(self.settings, self._notify)
        except Exception as error:
            self.error = error
        with self._lock:
            self.done.set()
            abandoned = self._abandoned
        if abandoned:
            self._release()

    def _release(self) -> None:
        if self.matter is not None:
            self.matter.close()


class MatteStage:
    """Turns what comes through `door` into matted frames in `out`."""

    def __init__(
        self, session: Session, door: Channel[CaptureItem], out: Channel[MatteItem], load_matter: LoadMatter
    ) -> None:
        self._session = session
        self._door = door
        self._out = out
        self._load_matter = load_matter
        self._asked = asks_for(session.settings)
        self._matter: Matter | None = None
        self._loading: _Loading | None = None
        self._source: SourceInfo | None = None
        self._view: tuple[object, ...] = ()
        self._unsettled = 0

    def run(self) -> None:
        try:
            self._load_first()
            while True:
                item = self._door.take()
                if item is None:
                    continue
                if not isinstance(item, Captured):
                    self._reset()
                    self._out.put(item)
                    continue
                self._follow_settings()
                matted = self._matte(item)
                if matted is None or not self._out.put(matted):
                    break
        except Closed:
            pass
        finally:
            self._door.close()
            self._out.close()
            if self._loading is not None:
                self._loading.abandon()
            if self._matter is not None:
                self._matter.close()

    def _load_first(self) -> None:
        """Load until something runs. A patient session tells what fails and waits for other settings."""
        session = self._session
        while not session.stopping.is_set():
            settings = session.settings
            self._asked = asks_for(settings)
            try:
                self._take_over(self._load_matter(settings, session.notices))
                return
            except U2LiveError as error:
                if not session.patient:
                    raise
                session.state.move(State.WAITING)
                session.tell(Level.ERROR, "model", str(error))
                while asks_for(session.settings) == self._asked and not session.stopping.wait(0.1):
                    pass

    def _take_over(self, matter: Matter) -> None:
        previous, self._matter = self._matter, matter
        if previous is not None:
            previous.close()
        self._session.engine_info = matter.info
        self._session.ready.set()

    def _follow_settings(self) -> None:
        """Start loading what the settings newly ask for; take it over once it is there."""
        wanted = self._session.settings
        if self._loading is None:
            if asks_for(wanted) != self._asked:
                self._loading = _Loading(self._load_matter, wanted, self._session.notices)
            return
        if not self._loading.done.is_set():
            return
        loaded, self._loading = self._loading, None
        self._asked = asks_for(loaded.settings)
        if loaded.matter is not None:
            self._take_over(loaded.matter)
        elif isinstance(loaded.error, U2LiveError):
            self._session.tell(Level.ERROR, "model", f"{loaded.error} (the previous model goes on)")
        elif loaded.error is not None:
            raise loaded.error

    def _matte(self, item: Captured) -> Matted | None:
        settings = self._session.settings
        if settings.background.choice == "original" and not settings.framing.auto:
            self._reset()
            return Matted(_untouched(item.frame), settings, item.taken_ns)
        if self._matter is None:
            return None
        self._follow_view(settings, item.frame)
        with self._session.metrics.timed("matte"):
            matted = self._matter.matte(item.frame, settings.matte)
        self._session.engine_info = self._matter.info
        if matted.keyframe:
            self._session.metrics.count("keyframes")
        return Matted(matted, settings, item.taken_ns)

    def _follow_view(self, settings: Settings, frame: Frame) -> None:
        """Forget the frames before when the picture is another one now: another source, or the same one turned round.

        A matte carried over from there would show the room wherever it does not fit.
        """
        camera, source = settings.camera, self._session.source_info
        view = (camera.mirror, camera.flip, camera.rotate, camera.zoom, frame.pixels.shape)
        if source is not self._source or view != self._view:
            self._unsettled = 0 if self._source is None else 1 + _ON_THE_WAY
            self._source, self._view = source, view
        if self._unsettled:
            self._unsettled -= 1
            self._reset()

    def _reset(self) -> None:
        if self._matter is not None:
            self._matter.reset()


def _untouched(frame: Frame) -> MattedFrame:
    """The frame as it is: with no effect chosen the network may rest."""
    height, width = frame.pixels.shape[:2]
    return MattedFrame(frame, _all_opaque(height, width), frame.pixels, keyframe=False)


@functools.lru_cache(maxsize=1)
def _all_opaque(height: int, width: int) -> np.ndarray:
    alpha = np.ones((height, width), np.float32)
    alpha.flags.writeable = False
    return alpha
