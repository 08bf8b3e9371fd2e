"""A steady clock for readers that expect one: the newest picture at an even rate, repeated where there is no newer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Repeater(Generic[T]):
    """Calls `send` with the newest picture every `1 / frame_rate` seconds in a thread of its own.

    A late call is not made up for: the next ones come at their own times and never in a burst. What `send` raises ends
    the thread and is kept in `error`.
    """

    def __init__(self, send: Callable[[T], None], frame_rate: float, first: T) -> None:
        self._send = send
        self._period_s = 1 / frame_rate
        self._newest = first
        self._stop = threading.Event()
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="u2live-virtual-camera-clock", daemon=True)
        self._thread.start()

    def show(self, picture: T) -> None:
        """Send `picture` from the next tick on. It must not be written to any more."""
        self._newest = picture

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the thread; True when it ended in time."""
        self._stop.set()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        due = time.monotonic()
        try:
            while not self._stop.wait(max(0.0, due - time.monotonic())):
                self._send(self._newest)
                now = time.monotonic()
                missed = max(0, int((now - due) / self._period_s))
                due += (missed + 1) * self._period_s
        except Exception as error:
            self.error = error
