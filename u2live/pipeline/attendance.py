"""Sleep while nobody looks at the virtual camera: the physical camera is released and its light goes off."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from u2live.types import Level, Notice

if TYPE_CHECKING:
    from u2live.pipeline.pipeline import Pipeline

STEADY_S = 0.2
"""How long somebody has to look before that counts: programs open every camera for a moment to list them."""
_POLL_S = 0.1


@runtime_checkable
class Viewed(Protocol):
    """A sink that knows whether anybody looks at it."""

    name: str

    def viewers(self) -> int | None:
        """How many programs look at it; None where nobody can tell. Any thread."""
        ...


class Vigil:
    """Decides between awake and asleep from what is seen from time to time; short looks do not count."""

    def __init__(self) -> None:
        self.awake = True
        self._watched_since_s: float | None = None
        self._quiet_since_s: float | None = None

    def look(self, now_s: float, watched: bool, sleep_after_s: float) -> bool:
        """Whether to be awake, somebody being there `now_s` or not. Times are monotonic seconds."""
        if not watched:
            self._watched_since_s = None
        elif self._watched_since_s is None:
            self._watched_since_s = now_s
        steady = self._watched_since_s is not None and now_s - self._watched_since_s >= STEADY_S
        if steady:
            self.awake, self._quiet_since_s = True, None
        elif self._quiet_since_s is None:
            self._quiet_since_s = now_s
        elif now_s - self._quiet_since_s >= sleep_after_s and not watched:
            self.awake = False
        return self.awake


class Attendance:
    """Puts `pipeline` to sleep while nobody looks at `sink`, and wakes it when somebody does.

    Another sink that is attached (a recording) keeps it awake, and so does `needed` (a window that shows the picture), a
    source that is not live, a sink that cannot tell, and the switch in the settings, which is read all the time. Waking
    shows the placeholder until there is a matte, as every start does. `stop` ends it and leaves the pipeline awake.
    """

    def __init__(self, pipeline: Pipeline, sink: Viewed, needed: Callable[[], bool] = lambda: False) -> None:
        self._pipeline = pipeline
        self._sink = sink
        self._needed = needed
        self._vigil = Vigil()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="u2live-attendance", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Harmless before `start` and twice."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(2.0)

    def _run(self) -> None:
        awake = True
        while not self._stop.wait(_POLL_S):
            wanted = self._vigil.look(
                time.monotonic(), self._is_watched(), self._pipeline.settings.virtual_camera.sleep_after
            )
            if wanted != awake:
                awake = wanted
                self._move(awake)
        if not awake:
            self._pipeline.wake()

    def _is_watched(self) -> bool:
        pipeline = self._pipeline
        source = pipeline.source_info
        if not pipeline.settings.virtual_camera.sleep or source is None or not source.live:
            return True
        if any(name != self._sink.name for name in pipeline.sink_names()) or self._needed():
            return True
        viewers = self._sink.viewers()
        return viewers is None or viewers > 0

    def _move(self, awake: bool) -> None:
        if awake:
            self._tell("somebody looks at the virtual camera: the camera goes on")
            self._pipeline.wake()
        else:
            self._tell("nobody looks at the virtual camera: the camera is released until somebody does")
            self._pipeline.sleep()

    def _tell(self, message: str) -> None:
        self._pipeline.notices(Notice(Level.INFO, "sleep", message))
