"""Timestamps of composites made into timestamps of a file."""

from __future__ import annotations

from fractions import Fraction

TIME_BASE = Fraction(1, 90_000)
"""The file's clock: fine enough that every usual frame rate is exact to 0.01 ms."""

_LEAST_STEP = 90
"""1 ms: nothing finer has a place in Matroska."""

_NANOSECONDS = 1_000_000_000


class Timeline:
    """Maps composite timestamps to ticks of `TIME_BASE` that strictly rise.

    `origin_ns` becomes 0. A timestamp that falls back, because the source
    was changed or started again, continues one frame after the last one.
    """

    def __init__(self, frame_rate: Fraction, origin_ns: int) -> None:
        self.frame_ticks = max(1, round(1 / (frame_rate * TIME_BASE)))
        self._origin_ns = origin_ns
        self._last: int | None = None

    @property
    def seconds(self) -> float:
        """How much has been written, the last picture's own time included."""
        return 0.0 if self._last is None else float((self._last + self.frame_ticks) * TIME_BASE)

    def ticks(self, timestamp_ns: int) -> int:
        ticks = self._from_origin(timestamp_ns)
        if self._last is not None and ticks < self._last + _LEAST_STEP:
            if self._last - ticks > self.frame_ticks:
                self._continue_at(timestamp_ns, self._last + self.frame_ticks)
                ticks = self._last + self.frame_ticks
            else:
                ticks = self._last + _LEAST_STEP
        self._last = max(0, ticks)
        return self._last

    def cut(self, duration_ns: int) -> None:
        """What comes now follows what came `duration_ns` earlier."""
        self._origin_ns += duration_ns

    def _from_origin(self, timestamp_ns: int) -> int:
        numerator, denominator = TIME_BASE.numerator, TIME_BASE.denominator
        scale = numerator * _NANOSECONDS
        return ((timestamp_ns - self._origin_ns) * denominator + scale // 2) // scale

    def _continue_at(self, timestamp_ns: int, ticks: int) -> None:
        self._origin_ns = timestamp_ns - round(ticks * TIME_BASE * _NANOSECONDS)
