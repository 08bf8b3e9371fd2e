"""The scene: a crop of the camera's picture, the person's place before the background, and a layer on top.

`Staging` is what the compose stage calls, once before compositing and once after.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from u2live.compose.framing import WHOLE, Crop, Framer
from u2live.compose.layer import Layer
from u2live.settings import SceneSettings, Settings
from u2live.types import Array, Composite, Frame, MattedFrame, Notify

if TYPE_CHECKING:
    import torch

_STILL = 1e-4


class Staging:
    """Applies framing, place and layer of the settings. One thread uses it."""

    def __init__(self, notify: Notify) -> None:
        self._framer = Framer()
        self._framed = False
        self._layer = Layer(notify)

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
