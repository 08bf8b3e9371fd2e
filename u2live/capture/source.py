"""The interface of everything that frames come from."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from u2live.types import Frame, Size


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What a source really delivers, read back after it was opened.

    `live` sources run on their own clock and lose frames that nobody takes; others wait for their reader and end.
    `frame_count` is None when it is unknown or endless.
    """

    name: str
    size: Size
    frame_rate: Fraction
    live: bool
    frame_count: int | None = None


class Source(Protocol):
    """A stream of frames. Only one thread touches a source; `open` comes first, `close` last and at any time.

    A source may be opened again after `close`.
    """

    def open(self) -> SourceInfo:
        """Acquire the device or file. Raises SourceError."""
        ...

    def read(self) -> Frame | None:
        """The next frame, waiting for it; None at the end. Raises SourceError when the source is lost."""
        ...

    def close(self) -> None:
        """Release everything. Harmless when nothing is open."""
        ...
