"""The interface of everything that runs the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from u2live.errors import EngineError
from u2live.types import Array

if TYPE_CHECKING:
    from u2live.model.stored import StoredWeights
    from u2live.model.weights import Weights

SMALLEST_INPUT = 32  # below, the deepest levels have no pixels left


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """Which engine runs, on what, and how: shown to the user as it is.

    `name` is a word of the command line (cuda, openvino, torch), `device` a name of the machine's ("NVIDIA H200",
    "AMD EPYC"), `precision` fp32, bf16 or fp16, `input_size` the side of the square the network sees, in pixels, `reason`
    why this rung of the ladder was taken.
    """

    name: str
    device: str
    precision: str
    input_size: int
    reason: str = ""


class Engine(Protocol):
    """Runs one network on one device. One thread uses it."""

    @property
    def info(self) -> EngineInfo: ...

    @property
    def picture(self) -> Array | None:
        """The picture of the last `infer` where its map lies: a tensor H×W×3 uint8 BGR on a CUDA device, so that nobody
        uploads it again; None for engines whose maps are NumPy arrays. The next `infer` overwrites it.
        """
        ...

    def infer(self, pixels: np.ndarray) -> Array:
        """pixels H×W×3 uint8 BGR → the fused saliency map [input_size, input_size] float32 in [0, 1], sigmoid as it is.

        A NumPy array, or a tensor on a CUDA device. Raises EngineError when the device stopped working.
        """
        ...

    def close(self) -> None:
        """Release the device. Harmless when called twice; `infer` afterwards raises EngineError."""
        ...


class EngineAround:
    """For engines that run another one: all but `infer`, which they bring, is that one's, and closing closes that one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def info(self) -> EngineInfo:
        return self._engine.info

    @property
    def picture(self) -> Array | None:
        return self._engine.picture

    def close(self) -> None:
        self._engine.close()


def checked_picture(pixels: np.ndarray) -> np.ndarray:
    """`pixels` when it is H×W×3 uint8 with at least one pixel; raises ValueError, a caller's mistake, otherwise."""
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.size == 0:
        raise ValueError(f"a picture is H×W×3 uint8, not {pixels.shape} {pixels.dtype}")
    return pixels


def side_of(weights: Weights | StoredWeights, input_size: int) -> int:
    """The side of the network's input: what the weights were made for when 0. Raises EngineError when it is too small."""
    side = input_size or weights.input_size
    if side < SMALLEST_INPUT:
        raise EngineError(f"the network's input is at least {SMALLEST_INPUT} pixels wide, not {side}; set model.input_size")
    return side


def first_line(error: BaseException) -> str:
    """The first line of an exception's message that says something, as part of a one-line notice."""
    lines = [line.strip() for line in str(error).splitlines()]
    # OpenVINO begins with the place in its own source
    told = (line for line in lines if line and not line.startswith(("Check '", "Exception from ", "Converting input")))
    return next(told, type(error).__name__).rstrip(". ")
