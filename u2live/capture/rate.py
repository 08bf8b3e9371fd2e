"""The rate a camera really keeps."""

from __future__ import annotations

_WINDOW_NS = 3_000_000_000
_SHORT = 0.85


class RateMeter:
    """Measures pictures a second over windows of three seconds, and says once when they fall short of `promised`.

    The first window is left out: automatic exposure and the first buffers make it untypical.
    """

    def __init__(self, promised: float) -> None:
        self._promised = promised
        self._begin_ns: int | None = None
        self._count = 0
        self._windows = 0
        self._told = False
        self.measured: float | None = None

    def tick(self, timestamp_ns: int) -> str:
        """Count a picture taken at `timestamp_ns`. Returns the one thing to be told, else ""."""
        if self._begin_ns is None:
            self._begin_ns = timestamp_ns
            return ""
        self._count += 1
        passed_ns = timestamp_ns - self._begin_ns
        if passed_ns < _WINDOW_NS:
            return ""
        self.measured = self._count * 1e9 / passed_ns
        self._begin_ns, self._count = timestamp_ns, 0
        self._windows += 1
        if self._told or self._windows < 2 or self.measured >= _SHORT * self._promised:
            return ""
        self._told = True
        help_line = "more light or a smaller size often helps"
        return f"gives {self.measured:.3g} pictures a second, not the {self._promised:.4g} it promised: {help_line}"
