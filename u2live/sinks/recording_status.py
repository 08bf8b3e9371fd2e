"""How a recording is laid out, and how it stands."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Layout(enum.Enum):
    """How the file is laid out."""

    GROWING = "growing"
    """It plays while it grows and after the process died: for live recordings."""
    FINISHED = "finished"
    """Smaller and quicker to seek, under a hidden temporary name until `Recorder.keep`: for files made from files."""


@dataclass(frozen=True, slots=True)
class RecordingStatus:
    """How a recording stands: its length in the file, its size on disk, pictures written.

    `minutes_left` is how long the disk lasts, None while that cannot be told; `encoder` is empty before the first picture.
    """

    seconds: float
    size_bytes: int
    frames: int
    paused: bool
    minutes_left: float | None
    encoder: str
