"""A picture with transparency that lies on top of everything: a logo, a name, a frame."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from u2live.paths import expanded
from u2live.types import Composite, Level, Notice, Notify, Size


class Layer:
    """The picture on top, read and fitted once per size."""

    def __init__(self, notify: Notify) -> None:
        self._notify = notify
        self._path = ""
        self._size = Size(0, 0)
        self._color = np.empty((0, 0, 3), np.uint8)
        self._weight: np.ndarray | None = None

    def over(self, composite: Composite, path: str) -> Composite:
        """The composite with the picture at `path` on top; the same object where there is none."""
        height, width = composite.pixels.shape[:2]
        size = Size(width, height)
        if path != self._path or size != self._size:
            self._path, self._size = path, size
            self._read()
        if self._weight is None:
            return composite
        below = composite.pixels
        pixels = cv2.blendLinear(self._color, below, self._weight, 1 - self._weight)
        if composite.alpha is None:
            return replace(composite, pixels=pixels)
        # Straight alpha: where the layer lies over nothing its own colour stands.
        under = composite.alpha.astype(np.float32) / 255 * (1 - self._weight)
        total = self._weight + under
        mixed = cv2.blendLinear(self._color, below, self._weight / np.maximum(total, 1e-6), under / np.maximum(total, 1e-6))
        return replace(composite, pixels=mixed, alpha=np.rint(total * 255).clip(0, 255).astype(np.uint8))

    def _read(self) -> None:
        self._weight = None
        if not self._path:
            return
        try:
            data = np.frombuffer(expanded(self._path).read_bytes(), np.uint8)
            picture = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
        except (OSError, cv2.error):
            picture = None
        if picture is None or picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 4:
            message = f"the layer {self._path} cannot be shown: choose a PNG with transparency"
            self._notify(Notice(Level.WARNING, "scene", message))
            return
        self._color, self._weight = contained(picture, self._size)


def contained(picture: np.ndarray, size: Size) -> tuple[np.ndarray, np.ndarray]:
    """All of `picture` H×W×4 uint8 BGRA in the middle of a frame of `size`, with nothing around it.

    Returns its colours, size.height × size.width × 3 uint8, and its weight, the same × float32 in [0, 1].
    """
    height, width = picture.shape[:2]
    scale = min(size.width / width, size.height / height)
    inner = max(1, round(width * scale)), max(1, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    whole_weight = picture[..., 3].astype(np.float32) / 255
    small_weight = cv2.resize(whole_weight, inner, interpolation=how)
    left, top = (size.width - inner[0]) // 2, (size.height - inner[1]) // 2
    place = slice(top, top + inner[1]), slice(left, left + inner[0])
    weight = np.zeros((size.height, size.width), np.float32)
    weight[place] = small_weight
    color = np.zeros((size.height, size.width, 3), np.uint8)
    for channel in range(3):
        # Resized as light, colour × weight: what lies under full transparency is mostly black and would darken the edge.
        light = cv2.resize(picture[..., channel] * whole_weight, inner, interpolation=how)
        color[(*place, channel)] = np.rint(light / np.maximum(small_weight, 1e-6)).clip(0, 255)
    return color, weight
