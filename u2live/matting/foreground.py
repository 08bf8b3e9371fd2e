"""The subject's own colours at its edge, with the old background taken out of them."""

from __future__ import annotations

import cv2
import numpy as np

from u2live.matting.refine import sample

WIDE, NARROW = 23, 5  # windows of the two passes, in working pixels
NEARLY_NOTHING = 1e-3
BAND = 1 / 255  # alphas nearer to 0 or 1 than this need no estimate


def estimate_foreground(pixels: np.ndarray, picture: np.ndarray, alpha: np.ndarray, spill: float) -> np.ndarray:
    """pixels H×W×3 uint8, picture h×w×3 float32 (`working_picture`), alpha H×W float32 → foreground H×W×3 uint8.

    Blur fusion (Forte, Pitié, "Fast multi-level foreground estimation", 2021; Forte, "Approximate fast foreground colour
    estimation", ICIP 2021): both passes on the working picture, their last step at the frame's own pixels. Where alpha is
    0 or 1 the foreground is the frame. `spill` 0 leaves the frame, 1 takes all of the old background out.
    """
    height, width = alpha.shape
    where = cv2.findNonZero(cv2.inRange(alpha, BAND, 1 - BAND)) if spill > 0 else None
    if where is None:
        return pixels
    points = where[:, 0]  # [N, 2] x, y
    flat = points[:, 1] * width + points[:, 0]
    size = (picture.shape[1], picture.shape[0])
    front, back = blur_fusion(picture, cv2.resize(alpha, size, interpolation=cv2.INTER_AREA))
    colors = pixels.reshape(-1, 3)[flat].astype(np.float32)
    opacity = alpha.reshape(-1)[flat][:, None]
    nearby = sample(front, points, (width, height))
    behind = sample(back, points, (width, height))
    behind *= 255
    nearby *= 255
    estimate = nearby + opacity * (colors - opacity * nearby - (1 - opacity) * behind)
    colors += spill * (estimate - colors)
    foreground = pixels.copy()
    np.clip(colors, 0, 255, out=colors)
    foreground.reshape(-1, 3)[flat] = (colors + 0.5).astype(np.uint8)
    return foreground


def blur_fusion(picture: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """picture h×w×3, alpha h×w → smooth foreground and background colours, h×w×3 each, to finish at each pixel."""
    opacity = alpha[:, :, None]
    front, back = _apart(picture, picture, opacity, WIDE)
    estimate = np.clip(front + opacity * (picture - opacity * front - (1 - opacity) * back), 0, 1)
    return _apart(estimate, back, opacity, NARROW)


def _apart(front: np.ndarray, back: np.ndarray, opacity: np.ndarray, window: int) -> tuple[np.ndarray, np.ndarray]:
    return _weighted_mean(front, opacity, window), _weighted_mean(back, 1 - opacity, window)


def _weighted_mean(picture: np.ndarray, weight: np.ndarray, window: int) -> np.ndarray:
    total = cv2.blur(weight, (window, window))[:, :, None]
    mean: np.ndarray = cv2.blur(picture * weight, (window, window)) / np.maximum(total, NEARLY_NOTHING)
    return mean
