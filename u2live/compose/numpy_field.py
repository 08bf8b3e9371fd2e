"""The fields of field.py with NumPy and OpenCV on the CPU.

Each result lies in a buffer of its function's own and is overwritten by the function's next call.
"""

from __future__ import annotations

import cv2
import numpy as np

from u2live.compose.buffers import Buffers
from u2live.compose.field import (
    FAINT_TRUST,
    FILL,
    LEAST_WEIGHT,
    ROOM_SLOPE,
    SOLID_SLOPE,
    SPREAD_SIGMA,
    WRAP_GAIN,
    WRAP_SIGMA,
    halvings,
    kernel_side,
    levels_of,
    plan_for,
)
from u2live.types import Size


def blurred_room(pixels: np.ndarray, alpha: np.ndarray, sigma: float, buffers: Buffers) -> np.ndarray:
    """`pixels` H×W×3 uint8 blurred as if the subject (`alpha` H×W float32) were not there → H×W×3 uint8."""
    size = Size(pixels.shape[1], pixels.shape[0])
    plan = plan_for(size, sigma)
    room = _shrunk_to_floats(pixels, plan.small, buffers)
    covered = _shrunk(alpha, plan.small, buffers.floats("covered", plan.small.height, plan.small.width))
    believed = np.multiply(covered, -ROOM_SLOPE, out=buffers.floats("believed", *covered.shape))
    believed += 1
    np.clip(believed, 0, 1, out=believed)
    side = 2 * plan.margin + 1
    weight = buffers.floats("weight", *covered.shape)
    cv2.erode(believed, np.ones((side, side), np.uint8), dst=weight, borderType=cv2.BORDER_REPLICATE)
    covered *= -FAINT_TRUST
    weight += covered
    weight += FAINT_TRUST
    np.maximum(weight, 0, out=weight)  # averaging may leave a covered pixel a hair above 1
    smooth = _normalised_blur(room, weight, plan.sigma, buffers)
    return _grown_to_bytes(smooth, buffers.bytes("room", *pixels.shape), buffers)


def spread_subject(foreground: np.ndarray, alpha: np.ndarray, buffers: Buffers) -> np.ndarray:
    """The subject's colours, smooth and carried outward over everything that is not the subject → H×W×3 uint8."""
    size = Size(foreground.shape[1], foreground.shape[0])
    plan = plan_for(size, SPREAD_SIGMA)
    covered = _shrunk(alpha, plan.small, buffers.floats("covered", plan.small.height, plan.small.width))
    weight = np.multiply(covered, SOLID_SLOPE, out=buffers.floats("weight", *covered.shape))
    weight += 1 - SOLID_SLOPE
    np.clip(weight, 0, 1, out=weight)
    covered *= FAINT_TRUST
    weight += covered
    colors = _shrunk_to_floats(foreground, plan.small, buffers)
    smooth = _normalised_blur(colors, weight, plan.sigma, buffers)
    return _grown_to_bytes(smooth, buffers.bytes("spread", *foreground.shape), buffers)


def wrapped_light(background: np.ndarray, alpha: np.ndarray, strength: float, buffers: Buffers) -> np.ndarray:
    """The background's light that reaches over the subject's edge → H×W×3 uint8, black deep inside."""
    size = Size(background.shape[1], background.shape[0])
    plan = plan_for(size, WRAP_SIGMA)
    shape = plan.small.height, plan.small.width
    light = _shrunk_to_floats(background, plan.small, buffers)
    light = _blurred(light, plan.sigma, buffers.floats("light", *shape, 3))
    reach = _shrunk(alpha, plan.small, buffers.floats("covered", *shape))
    np.subtract(1, reach, out=reach)
    reach = _blurred(reach, plan.sigma, buffers.floats("reach", *shape))
    cv2.multiply(light, _three(reach, buffers), dst=light, scale=WRAP_GAIN * strength)
    return _grown_to_bytes(light, buffers.bytes("wrap", *background.shape), buffers)


def _normalised_blur(colors: np.ndarray, weight: np.ndarray, sigma: float, buffers: Buffers) -> np.ndarray:
    cv2.multiply(colors, _three(weight, buffers), dst=colors)
    weighted = _blurred(colors, sigma, buffers.floats("blurred colors", *colors.shape))
    return _filled(weighted, _blurred(weight, sigma, buffers.floats("blurred weight", *weight.shape)), buffers)


def _filled(weighted: np.ndarray, weight: np.ndarray, buffers: Buffers) -> np.ndarray:
    """Colour × weight, h×w×3, and weight, h×w → colour h×w×3, holes filled from around them."""
    pyramid = [(weighted, weight)]
    for size in levels_of(Size(weight.shape[1], weight.shape[0])):
        finer, finer_weight = pyramid[-1]
        coarser = _shrunk(finer, size, buffers.floats("level", size.height, size.width, 3))
        pyramid.append((coarser, _shrunk(finer_weight, size, buffers.floats("level weight", size.height, size.width))))
    coarsest, coarsest_weight = pyramid.pop()
    np.maximum(coarsest_weight, LEAST_WEIGHT, out=coarsest_weight)
    colors = cv2.divide(coarsest, _three(coarsest_weight, buffers), dst=coarsest)
    for level, level_weight in reversed(pyramid):
        around = buffers.floats("around", *level.shape)
        cv2.resize(colors, (level.shape[1], level.shape[0]), dst=around, interpolation=cv2.INTER_LINEAR)
        cv2.scaleAdd(around, FILL, level, dst=around)
        level_weight += FILL
        colors = cv2.divide(around, _three(level_weight, buffers), dst=around)
    return colors


def _three(plane: np.ndarray, buffers: Buffers) -> np.ndarray:
    """h×w as h×w×3: OpenCV multiplies like shapes much faster than NumPy spreads one over the other."""
    return cv2.merge((plane, plane, plane), dst=buffers.floats("three", *plane.shape, 3))


def _shrunk(picture: np.ndarray, size: Size, into: np.ndarray) -> np.ndarray:
    for _ in range(halvings(Size(picture.shape[1], picture.shape[0]), size)):
        half = picture.shape[1] // 2, picture.shape[0] // 2
        picture = cv2.resize(picture, half, interpolation=cv2.INTER_AREA)
    if picture.shape[:2] == into.shape[:2]:
        np.copyto(into, picture)
        return into
    return cv2.resize(picture, (size.width, size.height), dst=into, interpolation=cv2.INTER_AREA)


def _shrunk_to_floats(pixels: np.ndarray, size: Size, buffers: Buffers) -> np.ndarray:
    floats = buffers.floats("shrunk", size.height, size.width, 3)
    floats[:] = _shrunk(pixels, size, buffers.bytes("shrunk bytes", size.height, size.width, 3))
    return floats


def _blurred(picture: np.ndarray, sigma: float, into: np.ndarray) -> np.ndarray:
    side = kernel_side(sigma)
    return cv2.GaussianBlur(picture, (side, side), sigma, dst=into)


def _grown_to_bytes(picture: np.ndarray, into: np.ndarray, buffers: Buffers) -> np.ndarray:
    # convertScaleAbs rounds; the fields are never negative
    small = cv2.convertScaleAbs(picture, dst=buffers.bytes("small bytes", *picture.shape))
    return cv2.resize(small, (into.shape[1], into.shape[0]), dst=into, interpolation=cv2.INTER_LINEAR)
