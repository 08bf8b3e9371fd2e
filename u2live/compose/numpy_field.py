"""The fields of field.py with NumPy and OpenCV on the CPU."""

from __future__ import annotations

import cv2
import numpy as np

from u2live.compose.field import (
    FAINT_TRUST,
    FILL,
    LEAST_WEIGHT,
    ROOM_SLOPE,
    SPREAD_SIGMA,
    WRAP_GAIN,
    WRAP_SIGMA,
    kernel_side,
    levels_of,
    plan_for,
)
from u2live.types import Size


def blurred_room(pixels: np.ndarray, alpha: np.ndarray, sigma: float) -> np.ndarray:
    """`pixels` H×W×3 uint8 blurred as if the subject (`alpha` H×W float32) were not there → H×W×3 uint8."""
    size = Size(pixels.shape[1], pixels.shape[0])
    plan = plan_for(size, sigma)
    room = _shrunk(pixels, plan.small).astype(np.float32)
    covered = _shrunk(alpha, plan.small)
    side = 2 * plan.margin + 1
    believed = np.clip(1 - ROOM_SLOPE * covered, 0, 1)
    weight: np.ndarray = cv2.erode(believed, np.ones((side, side), np.uint8), borderType=cv2.BORDER_REPLICATE)
    weight += FAINT_TRUST * (1 - covered)
    return _grown_to_bytes(_normalised_blur(room, weight, plan.sigma), size)


def spread_subject(foreground: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """The subject's colours, smooth and carried outward over everything that is not the subject → H×W×3 uint8."""
    size = Size(foreground.shape[1], foreground.shape[0])
    plan = plan_for(size, SPREAD_SIGMA)
    weight = _shrunk(alpha, plan.small)
    weight = weight * weight
    return _grown_to_bytes(_normalised_blur(_shrunk(foreground, plan.small).astype(np.float32), weight, plan.sigma), size)


def wrapped_light(background: np.ndarray, alpha: np.ndarray, strength: float) -> np.ndarray:
    """The background's light that reaches over the subject's edge → H×W×3 uint8, black deep inside."""
    size = Size(background.shape[1], background.shape[0])
    plan = plan_for(size, WRAP_SIGMA)
    light = _blurred(_shrunk(background, plan.small).astype(np.float32), plan.sigma)
    reach = _blurred(1 - _shrunk(alpha, plan.small), plan.sigma)
    return _grown_to_bytes(light * (WRAP_GAIN * strength * reach)[:, :, None], size)


def _normalised_blur(colors: np.ndarray, weight: np.ndarray, sigma: float) -> np.ndarray:
    weighted = np.dstack((colors * weight[:, :, None], weight))  # [h, w, 4]
    return _filled(_blurred(weighted, sigma))


def _filled(weighted: np.ndarray) -> np.ndarray:
    """Colour × weight and weight, h×w×4 → colour h×w×3, holes filled from around them."""
    pyramid = [weighted]
    for size in levels_of(Size(weighted.shape[1], weighted.shape[0])):
        pyramid.append(cv2.resize(pyramid[-1], (size.width, size.height), interpolation=cv2.INTER_AREA))
    coarsest = pyramid.pop()
    colors: np.ndarray = coarsest[:, :, :3] / np.maximum(coarsest[:, :, 3:], LEAST_WEIGHT)
    for level in reversed(pyramid):
        around = cv2.resize(colors, (level.shape[1], level.shape[0]), interpolation=cv2.INTER_LINEAR)
        colors = (level[:, :, :3] + FILL * around) / (level[:, :, 3:] + FILL)
    return colors


def _shrunk(picture: np.ndarray, size: Size) -> np.ndarray:
    small: np.ndarray = cv2.resize(picture, (size.width, size.height), interpolation=cv2.INTER_AREA)
    return small


def _blurred(picture: np.ndarray, sigma: float) -> np.ndarray:
    side = kernel_side(sigma)
    return cv2.GaussianBlur(picture, (side, side), sigma)


def _grown_to_bytes(picture: np.ndarray, size: Size) -> np.ndarray:
    small = np.rint(picture).clip(0, 255).astype(np.uint8)
    grown: np.ndarray = cv2.resize(small, (size.width, size.height), interpolation=cv2.INTER_LINEAR)
    return grown
