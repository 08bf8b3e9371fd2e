"""The small pictures that smoothing, refinement and foreground estimation work on."""

from __future__ import annotations

import cv2
import numpy as np

WORKING_SIDE = 384  # the longer side is at most this: where edges are decided, before they are carried to the frame


def working_picture(pixels: np.ndarray) -> np.ndarray:
    """pixels H×W×3 uint8 → h×w×3 float32 in [0, 1]: averaged over whole squares, so that noise and aliasing go down."""
    height, width = pixels.shape[:2]
    factor = -(-max(height, width) // WORKING_SIDE)
    if factor > 1:
        size = (max(width // factor, 1), max(height // factor, 1))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    picture = pixels.astype(np.float32)
    picture *= 1 / 255
    return picture


def luma_at(picture: np.ndarray, size: int) -> np.ndarray:
    """A working picture's luma as the network saw it: [size, size] float32 in [0, 1]."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return cv2.resize(grey, (size, size), interpolation=cv2.INTER_LINEAR)
