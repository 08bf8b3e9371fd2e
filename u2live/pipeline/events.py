"""What the pipeline tells: its state, and notices for the person in front of it."""

from __future__ import annotations

import enum
import logging
import threading
from collections import deque
from collections.abc import Callable

from u2live.types import Level, Notice, Notify

log = logging.getLogger("u2live")

# Never as an error: its listeners tell the person, and the log repeats it only where somebody asked for the log.
_LOG_LEVELS = {Level.INFO: logging.INFO, Level.WARNING: logging.WARNING, Level.ERROR: logging.WARNING}


class State(enum.Enum):
    """Where a pipeline stands."""

    NEW = "new"
    STARTING = "starting"
    RUNNING = "running"
    WAITING = "waiting"
    ASLEEP = "asleep"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


_NEXT: dict[State, frozenset[State]] = {
    State.NEW: frozenset({State.STARTING, State.STOPPED}),
    State.STARTING: frozenset({State.RUNNING, State.WAITING, State.ASLEEP, State.STOPPING, State.FAILED}),
    State.RUNNING: frozenset({State.STARTING, State.WAITING, State.ASLEEP, State.STOPPING, State.FAILED}),
    State.WAITING: frozenset({State.STARTING, State.RUNNING, State.ASLEEP, State.STOPPING, State.FAILED}),
    State.ASLEEP: frozenset({State.STARTING, State.RUNNING, State.WAITING, State.STOPPING, State.FAILED}),
    State.STOPPING: frozenset({State.STOPPED, State.FAILED}),
    State.STOPPED: frozenset(),
    State.FAILED: frozenset(),
}


class StateHolder:
    """The pipeline's state. A transition that is not in the table does not happen; ended stays ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state = State.NEW

    @property
    def state(self) -> State:
        with self._lock:
            return self._state

    def move(self, to: State, *, only_from: State | None = None) -> bool:
        """Go to `to` where the table allows it, and where it is `only_from`; says whether it is now there."""
        with self._lock:
            if to in _NEXT[self._state] and only_from in (None, self._state):
                self._state = to
            return self._state is to


class NoticeBoard:
    """Passes notices on to the log and to everybody who subscribed; keeps the last hundred for latecomers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Notify] = []
        self._recent: deque[Notice] = deque(maxlen=100)

    def subscribe(self, listener: Notify) -> Callable[[], None]:
        """Have `listener` called, in the thread where a notice arises. Returns what ends it."""
        with self._lock:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unsubscribe

    def recent(self) -> tuple[Notice, ...]:
        with self._lock:
            return tuple(self._recent)

    def __call__(self, notice: Notice) -> None:
        log.log(_LOG_LEVELS[notice.level], "%s: %s", notice.topic, notice.message)
        with self._lock:
            self._recent.append(notice)
            listeners = tuple(self._listeners)
        for listener in listeners:
            try:
                listener(notice)
            except Exception:
                # A broken listener must not take a stage down with it.
                log.exception("a listener failed on a notice")
