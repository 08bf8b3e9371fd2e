"""From a preview to the pixels of the view, at the size they have on the screen."""

from __future__ import annotations

import enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PyQt6 import sip
from PyQt6.QtGui import QImage

from u2live.gui.logic.geometry import split_column
from u2live.types import Composite, MattedFrame, Size

if TYPE_CHECKING:
    from u2live.pipeline.session import Preview

SQUARE = 12  # pixels of the checkerboard's squares


class View(enum.Enum):
    """What the live view shows."""

    RESULT = "result"
    SPLIT = "split"
    MATTE = "matte"
    CUTOUT = "cutout"


def render(preview: Preview, view: View, size: Size, split: float, dark: bool) -> np.ndarray:
    """The picture of `view` as size.height×size.width×4 uint8 BGRA.

    Views that need the matte show the composite while there is none: at the start, and whenever privacy is on.
    """
    matted = preview.matted
    if matted is None or view is View.RESULT:
        return _opaque(flat(preview.composite, size, dark))
    if view is View.MATTE:
        grey = cv2.convertScaleAbs(as_numpy(matted.alpha), alpha=255)
        return cv2.cvtColor(_resized(grey, size), cv2.COLOR_GRAY2BGRA)
    if view is View.CUTOUT:
        return _opaque(cutout(matted, size, dark))
    column = split_column(split, size.width)
    picture = flat(preview.composite, size, dark)
    picture[:, :column] = _resized(matted.frame.pixels, size)[:, :column]
    return _opaque(picture)


def flat(composite: Composite, size: Size, dark: bool) -> np.ndarray:
    """A composite as BGR of this size, a transparent one over a checkerboard. Always an array of its own."""
    pixels = _resized(composite.pixels, size)
    if composite.alpha is None:
        return pixels.copy() if pixels is composite.pixels else pixels
    return _over(pixels, _resized(composite.alpha, size).astype(np.float32) / 255, checkerboard(size, dark))


def cutout(matted: MattedFrame, size: Size, dark: bool) -> np.ndarray:
    """The foreground over a checkerboard as BGR."""
    alpha = _resized(as_numpy(matted.alpha), size)
    return _over(_bytes(_resized(as_numpy(matted.foreground), size)), alpha, checkerboard(size, dark))


@lru_cache(maxsize=4)
def checkerboard(size: Size, dark: bool) -> np.ndarray:
    """Grey squares, H×W×3, never to be written to."""
    rows = (np.arange(size.height) // SQUARE)[:, None]
    odd = ((rows + np.arange(size.width)[None] // SQUARE) % 2).astype(np.uint8)
    low, high = (38, 52) if dark else (214, 240)
    board = cv2.merge([low + odd * (high - low)] * 3)
    board.flags.writeable = False
    return board


def as_numpy(values: Any) -> np.ndarray:
    """A NumPy array as it is, a torch tensor brought to the CPU."""
    return values if isinstance(values, np.ndarray) else values.detach().cpu().numpy()


def to_image(bgra: np.ndarray) -> QImage:
    """H×W×4 BGRA as an RGB32 image that keeps the array alive."""
    height, width = bgra.shape[:2]
    image = QImage(_memory(bgra), width, height, width * 4, QImage.Format.Format_RGB32)
    image.__dict__["pixels"] = bgra
    return image


def straight_image(bgr: np.ndarray, alpha: np.ndarray) -> QImage:
    """BGR and its alpha (uint8) as an ARGB32 image with straight alpha, for files and the clipboard. A copy."""
    bgra = np.ascontiguousarray(np.dstack((bgr, alpha)))
    height, width = alpha.shape
    return QImage(_memory(bgra), width, height, width * 4, QImage.Format.Format_ARGB32).copy()


def _memory(pixels: np.ndarray) -> Any:
    """The pixels' address, which Qt takes without a copy; its type stubs know only bytes."""
    return sip.voidptr(pixels.ctypes.data)


def _resized(pixels: np.ndarray, size: Size) -> np.ndarray:
    height, width = pixels.shape[:2]
    if (width, height) == (size.width, size.height):
        return pixels
    shrinks = size.width < width
    # Linear between half and full size looks like area there and takes a third of the time.
    way = cv2.INTER_AREA if shrinks and size.width < 0.5 * width else cv2.INTER_LINEAR
    return cv2.resize(pixels, (size.width, size.height), interpolation=way)


def _over(pixels: np.ndarray, alpha: np.ndarray, below: np.ndarray) -> np.ndarray:
    weight = np.ascontiguousarray(alpha, np.float32)
    return cv2.blendLinear(pixels, below, weight, 1 - weight)


def _bytes(values: np.ndarray) -> np.ndarray:
    return values if values.dtype == np.uint8 else np.rint(values).clip(0, 255).astype(np.uint8)


def _opaque(bgr: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(np.ascontiguousarray(bgr), cv2.COLOR_BGR2BGRA)
