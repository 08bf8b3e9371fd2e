"""Waiting that another thread can end."""

from __future__ import annotations

import threading
import time
from fractions import Fraction


class Alarm:
    """Waits for points on the monotonic clock until it is stopped for good."""

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def wait_until(self, due_ns: int) -> bool:
        """True at `due_ns` (at once when that is past), False as soon as the alarm is stopped."""
        left_ns = due_ns - time.monotonic_ns()
        if left_ns <= 0:
            return not self._stopped.is_set()
        return not self._stopped.wait(left_ns / 1_000_000_000)

    def stop(self) -> None:
        self._stopped.set()


class Ticker:
    """A steady beat: the first tick at once, the others a period apart; ticks that nobody waited for are left out."""

    def __init__(self, rate: Fraction) -> None:
        self._alarm = Alarm()
        self._period_ns = float(1_000_000_000 / rate)
        self._begin_ns = time.monotonic_ns()
        self._tick = 0

    def wait(self) -> bool:
        """True at the next tick, False as soon as the ticker is stopped."""
        passed = int((time.monotonic_ns() - self._begin_ns) / self._period_ns)
        self._tick = max(self._tick, passed)
        due_ns = self._begin_ns + round(self._tick * self._period_ns)
        self._tick += 1
        return self._alarm.wait_until(due_ns)

    def stop(self) -> None:
        self._alarm.stop()
