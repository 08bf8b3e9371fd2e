"""The interface of everything that frames come from."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol, runtime_checkable

from u2live.errors import SourceError
from u2live.types import Frame, Size


class SourceLost(SourceError):  # noqa: N818 (what happened, as it is said)
    """A live source stopped giving frames: unplugged, hanging, or cut off. `open` may succeed again later.

    A live pipeline then shows its placeholder and calls `open` about every half second, which fails with SourceError until
    the source is back; the source finds its device again under another number.
    """


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What a source really delivers, read back after it was opened.

    `live` sources run on their own clock and lose frames that nobody takes; others wait for their reader and end.
    `frame_count` is None when it is unknown or endless. `duration_ns` is a file's length where it is known: what a progress
    bar can go by when the frames are not counted.
    """

    name: str
    size: Size
    frame_rate: Fraction
    live: bool
    frame_count: int | None = None
    duration_ns: int | None = None


class Source(Protocol):
    """A stream of frames. Only one thread touches a source; `open` comes first, `close` last and at any time.

    A source may be opened again after `close`.
    """

    def open(self) -> SourceInfo:
        """Acquire the device or file. Raises SourceError."""
        ...

    def read(self) -> Frame | None:
        """The next frame, waiting for it; None at the end. Raises SourceLost when a live source is lost."""
        ...

    def close(self) -> None:
        """Release everything. Harmless when nothing is open."""
        ...


@runtime_checkable
class Adjustable(Protocol):
    """A source with controls of its own, which settings can change while it runs."""

    def adjust(self, controls: str) -> None:
        """Take over `camera.controls` of new settings. Raises UsageError where they make no sense."""
        ...
