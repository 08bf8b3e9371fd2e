"""How often the network runs while a live picture moves on: seldom enough that no frame has to be dropped for it.

What a machine can do is measured when the program starts, but calls begin, laptops grow warm and batteries empty. The
frames themselves tell: their numbers count those that were dropped, their timestamps how often the camera gives one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

MOST = 5  # frames that share one run: beyond, hands outrun their matte
FULL, EASY = 0.9, 0.7  # shares of the time there is: above the first it is too little, below the second there is enough
RAISE_NS, LOWER_NS = 1_000_000_000, 5_000_000_000  # for how long that has to be so
DROPS_COUNT_NS = 2_000_000_000  # how long a dropped frame says that this picture is live and the machine behind
MEMORY = 0.8  # of the running means


@dataclass(slots=True)
class _Seen:
    index: int
    timestamp_ns: int


class Pace:
    """The interval between keyframes, from `least` to MOST (or `least`, where that is more)."""

    def __init__(self, least: int) -> None:
        self.interval = least
        self._least = least
        self._keyframe_s = 0.0
        self._between_s = 0.0
        self._period_s = 0.0
        self._last: _Seen | None = None
        self._dropped_ns: int | None = None
        self._since_ns: int | None = None  # since when another interval than the present would be right

    def reset(self) -> None:
        """The next frame comes from somewhere else."""
        self._last = self._dropped_ns = self._since_ns = None
        self._period_s = 0.0

    def took(self, index: int, timestamp_ns: int, keyframe: bool, seconds: float) -> None:
        """Frame `index` was matted in so many seconds. May change the interval."""
        if keyframe:
            self._keyframe_s = _mean(self._keyframe_s, seconds)
        else:
            self._between_s = _mean(self._between_s, seconds)
        last, self._last = self._last, _Seen(index, timestamp_ns)
        if last is None or index <= last.index or timestamp_ns <= last.timestamp_ns:
            return
        self._period_s = _mean(self._period_s, (timestamp_ns - last.timestamp_ns) / 1e9 / (index - last.index))
        if index > last.index + 1:
            self._dropped_ns = timestamp_ns
        self._follow(timestamp_ns)

    def _follow(self, now_ns: int) -> None:
        behind = self._dropped_ns is not None and now_ns - self._dropped_ns < DROPS_COUNT_NS
        if behind and self._wanted(FULL) > self.interval:
            wait_ns, step = RAISE_NS, 1
        elif not behind and self._wanted(EASY) < self.interval:
            wait_ns, step = LOWER_NS, -1
        else:
            self._since_ns = None
            return
        if self._since_ns is None:
            self._since_ns = now_ns
        elif now_ns - self._since_ns >= wait_ns:
            self.interval, self._since_ns = self.interval + step, None

    def _wanted(self, share: float) -> int:
        """The smallest interval with which `share` of the time is enough."""
        most = max(MOST, self._least)
        there_is_s = share * self._period_s - self._between_s
        if there_is_s <= 0:
            return most
        return min(most, max(self._least, math.ceil((self._keyframe_s - self._between_s) / there_is_s)))


def _mean(mean: float, value: float) -> float:
    return MEMORY * mean + (1 - MEMORY) * value if mean else value
