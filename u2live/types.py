"""What flows through the pipeline. Plain frozen records with no behaviour."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import torch

    Array: TypeAlias = np.ndarray | torch.Tensor
else:
    Array: TypeAlias = "np.ndarray | torch.Tensor"


@dataclass(frozen=True, slots=True)
class Size:
    """A picture's extent in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture as it came from a source.

    `index` counts the source's pictures from 0, gaps included: a frame dropped at the door leaves one.
    `timestamp_ns` is the monotonic clock at capture for live sources and the presentation time for files.
    `pixels` is H×W×3 uint8 BGR and is never written to.
    """

    index: int
    timestamp_ns: int
    pixels: np.ndarray


@dataclass(frozen=True, slots=True)
class MattedFrame:
    """A frame with its own matte.

    `alpha` is H×W float32 in [0, 1] at the frame's size. `foreground` is H×W×3 BGR, the subject's own colour with the old
    background taken out of it: uint8 in NumPy, float32 in [0, 255] in torch. Both are NumPy arrays on the CPU path and
    torch tensors on the engine's device otherwise. `keyframe` says that the network ran on this very frame; otherwise the
    matte was propagated to it.
    """

    frame: Frame
    alpha: Array
    foreground: Array
    keyframe: bool = True


@dataclass(frozen=True, slots=True)
class Composite:
    """What every sink receives.

    `pixels` is H×W×3 uint8 BGR. `alpha` is H×W uint8 when the background is transparent (the colours are then straight,
    not premultiplied), else None. `timestamp_ns` is the frame's, unchanged.
    """

    index: int
    timestamp_ns: int
    pixels: np.ndarray
    alpha: np.ndarray | None = None


class Level(enum.Enum):
    """How much a notice matters to the person in front of the window."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing worth telling: what happened and what to do, in one line. `topic` names the part: "engine", "source" …"""

    level: Level
    topic: str
    message: str


Notify: TypeAlias = Callable[[Notice], None]
