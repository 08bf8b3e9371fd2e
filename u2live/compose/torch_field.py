"""The fields of field.py with torch, on any device.

Shrinking and blurring are linear and separable, so each is a matrix to the left and one to the right. The matrices are
drawn from OpenCV itself, by running it over the identity: both versions then agree up to rounding, borders included.
"""

from __future__ import annotations

import functools

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

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


def blurred_room(pixels: Tensor, alpha: Tensor, sigma: float) -> Tensor:
    """`pixels` [H, W, 3] float32 blurred as if the subject (`alpha` [H, W]) were not there → [H, W, 3] float32."""
    size = Size(pixels.shape[1], pixels.shape[0])
    plan = plan_for(size, sigma)
    room = _shrunk(pixels.permute(2, 0, 1), plan.small)  # [3, h, w]
    covered = _shrunk(alpha[None], plan.small)  # [1, h, w]
    weight = (1 - ROOM_SLOPE * covered).clamp(0, 1)
    weight = -F.max_pool2d(-weight, 2 * plan.margin + 1, stride=1, padding=plan.margin)
    weight = weight + FAINT_TRUST * (1 - covered).clamp(min=0)
    return _grown(_normalised_blur(room, weight, plan.sigma), size)


def spread_subject(foreground: Tensor, alpha: Tensor) -> Tensor:
    """The subject's colours, smooth and carried outward over everything that is not the subject → [H, W, 3] float32."""
    size = Size(foreground.shape[1], foreground.shape[0])
    plan = plan_for(size, SPREAD_SIGMA)
    colors = _shrunk(foreground.permute(2, 0, 1), plan.small)
    covered = _shrunk(alpha[None], plan.small)
    weight = (1 - SOLID_SLOPE * (1 - covered)).clamp(0, 1) + FAINT_TRUST * covered
    return _grown(_normalised_blur(colors, weight, plan.sigma), size)


def wrapped_light(background: Tensor, alpha: Tensor, strength: float) -> Tensor:
    """The background's light that reaches over the subject's edge → [H, W, 3] float32, black deep inside."""
    size = Size(background.shape[1], background.shape[0])
    plan = plan_for(size, WRAP_SIGMA)
    light = _blurred(_shrunk(background.permute(2, 0, 1), plan.small), plan.sigma)
    reach = _blurred(1 - _shrunk(alpha[None], plan.small), plan.sigma)
    return _grown(light * (WRAP_GAIN * strength * reach), size)


def _normalised_blur(colors: Tensor, weight: Tensor, sigma: float) -> Tensor:
    return _filled(_blurred(torch.cat((colors * weight, weight)), sigma))


def _filled(weighted: Tensor) -> Tensor:
    """Colour × weight and weight, [4, h, w] → colour [3, h, w], holes filled from around them."""
    pyramid = [weighted]
    for size in levels_of(Size(weighted.shape[2], weighted.shape[1])):
        pyramid.append(_shrunk(pyramid[-1], size))
    coarsest = pyramid.pop()
    colors = coarsest[:3] / coarsest[3:].clamp(min=LEAST_WEIGHT)
    for level in reversed(pyramid):
        around = F.interpolate(colors[None], size=level.shape[1:], mode="bilinear", align_corners=False)[0]
        colors = (level[:3] + FILL * around) / (level[3:] + FILL)
    return colors


def _shrunk(picture: Tensor, size: Size) -> Tensor:  # [C, H, W] → [C, h, w]
    times = halvings(Size(picture.shape[2], picture.shape[1]), size)
    rows = _averaging(picture.shape[1], size.height, times, picture.device)
    columns = _averaging(picture.shape[2], size.width, times, picture.device)
    return rows @ (picture @ columns.T)


def _blurred(picture: Tensor, sigma: float) -> Tensor:  # [C, h, w] → [C, h, w]
    rows = _smoothing(picture.shape[1], sigma, picture.device)
    columns = _smoothing(picture.shape[2], sigma, picture.device)
    return rows @ (picture @ columns.T)


def _grown(picture: Tensor, size: Size) -> Tensor:  # [3, h, w] → [H, W, 3]
    steps = picture.round().clamp(0, 255)  # as the CPU version, which is stored in bytes at the small size
    grown = F.interpolate(steps[None], size=(size.height, size.width), mode="bilinear", align_corners=False)[0]
    return grown.permute(1, 2, 0)


@functools.lru_cache(maxsize=64)
def _averaging(large: int, small: int, halved: int, device: torch.device) -> Tensor:
    """[small, large]: how each row of a shrunk picture gathers the rows of the large one, which is first halved so often."""
    operator: np.ndarray = np.eye(large, dtype=np.float32)
    for length in [large >> time for time in range(1, halved + 1)] + [small]:
        operator = cv2.resize(operator, (large, length), interpolation=cv2.INTER_AREA)
    return torch.from_numpy(operator).to(device)


@functools.lru_cache(maxsize=32)
def _smoothing(length: int, sigma: float, device: torch.device) -> Tensor:
    """[length, length]: a Gaussian along one axis with OpenCV's reflecting border."""
    operator = cv2.GaussianBlur(np.eye(length, dtype=np.float32), (1, kernel_side(sigma)), sigmaX=sigma, sigmaY=sigma)
    return torch.from_numpy(operator).to(device)
