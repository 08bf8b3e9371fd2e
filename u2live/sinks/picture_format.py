"""The pixel formats that virtual cameras speak, made from BGR pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from u2live.types import Size


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """How a virtual camera's readers get their pictures. `fourcc` is the kernel's name of the pixel format."""

    fourcc: str
    size: Size

    def encode(self, pixels: np.ndarray) -> np.ndarray:
        """pixels H×W×3 uint8 BGR of this very size → one picture as flat uint8. KeyError for a format not in FOURCCS."""
        return np.ascontiguousarray(_ENCODERS[self.fourcc](pixels)).reshape(-1)


def i420(pixels: np.ndarray) -> np.ndarray:
    """pixels H×W×3 uint8 BGR, H and W even → planar 4:2:0 [H·3/2, W] uint8, BT.601 limited range as cameras give it."""
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2YUV_I420)


def nv12(pixels: np.ndarray) -> np.ndarray:
    """As `i420`, with the two chroma planes interleaved."""
    height, width = pixels.shape[:2]
    planar = i420(pixels).reshape(-1)
    chroma = planar[height * width :].reshape(2, -1)
    planar[height * width :] = np.ascontiguousarray(chroma.T).reshape(-1)
    return planar


def _converted(code: int) -> Callable[[np.ndarray], np.ndarray]:
    return lambda pixels: cv2.cvtColor(pixels, code)


_ENCODERS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "YU12": i420,
    "YV12": _converted(cv2.COLOR_BGR2YUV_YV12),
    "NV12": nv12,
    "YUYV": _converted(cv2.COLOR_BGR2YUV_YUY2),
    "UYVY": _converted(cv2.COLOR_BGR2YUV_UYVY),
    "RGB3": _converted(cv2.COLOR_BGR2RGB),
    "BGR3": lambda pixels: pixels,
}
FOURCCS = tuple(_ENCODERS)
"""What can be made, the one to ask for first."""
