"""The scene: a crop of the camera's picture, the person's place before the background, and a layer on top.

`Staging` is what the compose stage calls, once before compositing and once after.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from u2live.compose.framing import WHOLE, Crop, Framer
from u2live.settings import SceneSettings, Settings
from u2live.types import Array, Composite, Frame, Level, MattedFrame, Notice, Notify, Size

if TYPE_CHECKING:
    import torch

_STILL = 1e-4


class Staging:
    """Applies framing, place and layer of the settings. One thread uses it."""

    def __init__(self, notify: Notify) -> None:
        self._framer = Framer()
        self._framed = False
        self._layer = _Layer(notify)

    def stage(self, matted: MattedFrame, settings: Settings) -> MattedFrame:
        """The matted frame as the compositor shall have it: the same object when nothing is to be done."""
        if settings.framing.auto or self._framed:
            crop = self._framer.follow(_small_alpha(matted.alpha), matted.frame.timestamp_ns, settings.framing)
            self._framed = settings.framing.auto or crop.size < 1 - _STILL
            matted = cropped(matted, crop)
        return placed(matted, settings.scene)

    def finish(self, composite: Composite, settings: Settings) -> Composite:
        """The composite with the layer on top."""
        return self._layer.over(composite, settings.scene.layer)

    def reset(self) -> None:
        """Begin anew after another source was opened."""
        self._framer.reset()
        self._framed = False


def cropped(matted: MattedFrame, crop: Crop) -> MattedFrame:
    """Frame, matte and foreground cropped and enlarged to the frame's size; the same object for the whole picture."""
    if crop == WHOLE or crop.size > 1 - _STILL:
        return matted
    height, width = matted.frame.pixels.shape[:2]
    left, top = (crop.x - crop.size / 2) * width, (crop.y - crop.size / 2) * height
    matrix = _matrix(crop.size, left, top)
    frame = Frame(matted.frame.index, matted.frame.timestamp_ns, _warp_array(matted.frame.pixels, matrix, border=True))
    return replace(
        matted, frame=frame, alpha=_warp(matted.alpha, matrix, True), foreground=_warp(matted.foreground, matrix, True)
    )


def placed(matted: MattedFrame, scene: SceneSettings) -> MattedFrame:
    """The person scaled and moved: matte and foreground, not the frame. The same object when they stay where they are."""
    if scene.scale == 1 and scene.x == 0 and scene.y == 0:
        return matted
    height, width = matted.frame.pixels.shape[:2]
    # A point (x, y) of the new picture shows the old one's ((x − move) − anchor)/scale + anchor.
    inverse = 1 / scene.scale
    left = width / 2 - (width / 2 + scene.x * width) * inverse
    top = height - (height + scene.y * height) * inverse
    matrix = _matrix(inverse, left, top)
    return replace(matted, alpha=_warp(matted.alpha, matrix, False), foreground=_warp(matted.foreground, matrix, True))


def _matrix(size: float, left: float, top: float) -> np.ndarray:
    """Maps a point of the new picture to the old one, at pixel centres."""
    half = (size - 1) / 2
    return np.array([[size, 0, left + half], [0, size, top + half]], np.float64)


def _warp(values: Array, matrix: np.ndarray, border: bool) -> Any:
    return _warp_array(values, matrix, border) if isinstance(values, np.ndarray) else _warp_tensor(values, matrix, border)


def _warp_array(values: np.ndarray, matrix: np.ndarray, border: bool) -> np.ndarray:
    height, width = values.shape[:2]
    shrinks = matrix[0, 0] > 2
    if shrinks:  # bilinear skips pixels below half size
        sigma = 0.35 * float(matrix[0, 0])
        values = cv2.GaussianBlur(values, (0, 0), sigma)
    mode = cv2.BORDER_REPLICATE if border else cv2.BORDER_CONSTANT
    return cv2.warpAffine(values, matrix, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=mode)


def _warp_tensor(values: torch.Tensor, matrix: np.ndarray, border: bool) -> torch.Tensor:
    import torch

    height, width = values.shape[:2]
    planes = values[None, None] if values.ndim == 2 else values.permute(2, 0, 1)[None]  # [1, C, H, W]
    size, left, top = float(matrix[0, 0]), float(matrix[0, 2]), float(matrix[1, 2])
    columns = torch.arange(width, device=values.device, dtype=torch.float32) * size + left
    rows = torch.arange(height, device=values.device, dtype=torch.float32) * size + top
    grid = torch.stack(
        torch.meshgrid((columns + 0.5) * (2 / width) - 1, (rows + 0.5) * (2 / height) - 1, indexing="xy"), dim=-1
    )[None]
    mode = "border" if border else "zeros"
    warped = torch.nn.functional.grid_sample(planes.float(), grid, mode="bilinear", padding_mode=mode, align_corners=False)
    return warped[0, 0] if values.ndim == 2 else warped[0].permute(1, 2, 0).contiguous()


def _small_alpha(alpha: Array) -> np.ndarray:
    """The matte as NumPy, of every second pixel where it has to come from a device."""
    return alpha if isinstance(alpha, np.ndarray) else alpha.detach()[::2, ::2].cpu().numpy()


class _Layer:
    """The picture on top, read once and fitted once per size."""

    def __init__(self, notify: Notify) -> None:
        self._notify = notify
        self._path = ""
        self._size = Size(0, 0)
        self._color = np.empty((0, 0, 3), np.uint8)
        self._weight: np.ndarray | None = None

    def over(self, composite: Composite, path: str) -> Composite:
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
            data = np.frombuffer(Path(self._path).expanduser().read_bytes(), np.uint8)
            picture = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
        except (OSError, cv2.error):
            picture = None
        if picture is None or picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 4:
            message = f"the layer {self._path} cannot be shown: choose a PNG with transparency"
            self._notify(Notice(Level.WARNING, "scene", message))
            return
        height, width = picture.shape[:2]
        scale = min(self._size.width / width, self._size.height / height)
        fitted = cv2.resize(picture, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
        canvas = np.zeros((self._size.height, self._size.width, 4), np.uint8)
        top, left = (self._size.height - fitted.shape[0]) // 2, (self._size.width - fitted.shape[1]) // 2
        canvas[top : top + fitted.shape[0], left : left + fitted.shape[1]] = fitted
        self._color = np.ascontiguousarray(canvas[..., :3])
        self._weight = canvas[..., 3].astype(np.float32) / 255
