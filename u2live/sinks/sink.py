"""The interface of everything that composites go to."""

from __future__ import annotations

import enum
from fractions import Fraction
from typing import Protocol

from u2live.types import Composite, Size


class Delivery(enum.Enum):
    """How composites reach a sink."""

    LATEST = "latest"
    """Only the newest: what the sink was too slow for is replaced and not missed."""
    EVERY = "every"
    """Each one through a bounded queue: a live pipeline drops and counts what does not fit, a file pipeline waits."""


class Sink(Protocol):
    """A place that composites go to. One thread opens, writes and closes it."""

    name: str
    delivery: Delivery

    def open(self, size: Size, frame_rate: Fraction) -> None:
        """Get ready for pictures of this size at about this rate. Raises SinkError."""
        ...

    def write(self, composite: Composite) -> None:
        """Take one composite. Raises SinkError when the sink is broken; it is then closed and detached."""
        ...

    def close(self) -> None:
        """Finish and release everything. Harmless when nothing is open. Raises SinkError when finishing failed."""
        ...
