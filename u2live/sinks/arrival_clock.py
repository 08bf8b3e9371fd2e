"""When samples were heard, told from when they arrived."""

from __future__ import annotations

from collections import deque

_WINDOW_S = 3.0
"""Long enough to hold a block that came without delay, short enough that nothing that was lost unseen is missed long."""


class ArrivalClock:
    """A sample arrives when it was heard or later, never before: the earliest arrivals of the last moment tell the truth.

    For drivers that do not know their latency, or tell it wrong: ALSA's way to PulseAudio and PipeWire tells half a second
    too much for the first seconds.
    """

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        self.restart()

    def restart(self) -> None:
        """Samples were lost: count anew."""
        self._count = 0
        # Delays, each later and larger than the one before, as the smallest of a sliding window is found.
        self._delays: deque[tuple[float, float]] = deque()

    def arrived(self, count: int, now_s: float) -> int:
        """`count` samples came. Returns the index of the first one, for `time_s`."""
        first, self._count = self._count, self._count + count
        delay_s = now_s - self._count / self._rate
        while self._delays and self._delays[-1][1] >= delay_s:
            self._delays.pop()
        self._delays.append((now_s, delay_s))
        while now_s - self._delays[0][0] > _WINDOW_S:
            self._delays.popleft()
        return first

    def time_s(self, index: int) -> float:
        """When the sample `index` was heard, by what is known now."""
        return self._delays[0][1] + index / self._rate
