"""A background's own time."""

from __future__ import annotations


class OwnClock:
    """Time since the first timestamp seen, taken from the composites: files come out the same each time they are processed.

    It never runs backwards: where timestamps jump back (a source opened anew), it goes on from where it stood.
    """

    def __init__(self) -> None:
        self._origin_ns: int | None = None
        self._elapsed_ns = 0

    def elapsed_ns(self, timestamp_ns: int) -> int:
        if self._origin_ns is None or timestamp_ns - self._origin_ns < self._elapsed_ns:
            self._origin_ns = timestamp_ns - self._elapsed_ns
        self._elapsed_ns = timestamp_ns - self._origin_ns
        return self._elapsed_ns
