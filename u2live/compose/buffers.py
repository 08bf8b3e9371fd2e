"""Arrays that are used again for every frame.

Fresh memory costs more than the arithmetic on it: the system hands out megabytes page by page and zeroes each.
"""

from __future__ import annotations

import numpy as np


class Buffers:
    """Scratch arrays by name and shape. Whoever asks for a name again gets the same memory: two uses must not overlap."""

    def __init__(self) -> None:
        self._frame_shape: tuple[int, ...] = ()
        self._arrays: dict[tuple[str, tuple[int, ...]], np.ndarray] = {}

    def begin(self, frame_shape: tuple[int, ...]) -> None:
        """Another frame size leaves the old buffers behind."""
        if frame_shape != self._frame_shape:
            self._frame_shape = frame_shape
            self._arrays.clear()

    def floats(self, name: str, *shape: int) -> np.ndarray:
        return self._array(name, shape, np.float32)

    def bytes(self, name: str, *shape: int) -> np.ndarray:
        return self._array(name, shape, np.uint8)

    def _array(self, name: str, shape: tuple[int, ...], dtype: type[np.generic]) -> np.ndarray:
        array = self._arrays.get((name, shape))
        if array is None:
            array = self._arrays[name, shape] = np.empty(shape, dtype)
        return array
