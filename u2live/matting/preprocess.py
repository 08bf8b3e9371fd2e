"""What is done to a picture before the network sees it: what U²-Net's own test script does, and for cameras two steps more.

That script samples the picture here and there, which at 1280×720 leaves out most of it: fine structure and a camera's
noise turn into unrest. Networks of this project's trainer learned from pictures shrunk by area, and are given such
(`shrunk`), which takes a tenth of a millisecond longer. Poor light is mended too (`exposure`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from u2live.matting.array_ops import halve
from u2live.matting.engine import checked_picture
from u2live.matting.exposure import LEVELS, brightest_of, exposed_on_device, exposure, without_grain

if TYPE_CHECKING:
    import torch

# ImageNet's, RGB.
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


def shrunk(pixels: np.ndarray, size: int) -> np.ndarray:
    """pixels H×W×3 uint8 → size×size×3 uint8, each pixel the mean of the area it stands for, or nearly; a side shorter than
    that is stretched with bilinear samples.

    Halved by area as often as it goes without rest, then sampled so finely that no pixel is left out, and these samples
    averaged: OpenCV's resize by area takes two to five times as long.
    """
    height, width = checked_picture(pixels).shape[:2]
    for _ in range(_halvings(height, width, size)):
        pixels = halve(pixels)
    tall, wide = (size * _samples(length, size) for length in pixels.shape[:2])
    samples = cv2.resize(pixels, (wide, tall), interpolation=cv2.INTER_LINEAR)
    return cv2.resize(samples, (size, size), interpolation=cv2.INTER_AREA)


def shrunk_on_device(pixels: torch.Tensor, size: int) -> torch.Tensor:
    """The same in torch, up to rounding: pixels H×W×3 uint8 BGR on any device → [1, 3, size, size] float32 RGB."""
    import torch.nn.functional as F

    height, width = pixels.shape[:2]
    planes = _planes(pixels)
    halvings = _halvings(height, width, size)
    if halvings:
        planes = F.avg_pool2d(planes, 2**halvings)
    down, across = (_samples(length, size) for length in planes.shape[2:])
    return F.avg_pool2d(_sampled(planes, size * down, size * across), (down, across))


def _halvings(height: int, width: int, size: int) -> int:
    """How often both sides can be halved without rest and keep `size` pixels."""
    times = 0
    while height % 2 == width % 2 == 0 and min(height, width) >= 2 * size:
        height, width, times = height // 2, width // 2, times + 1
    return times


def _samples(length: int, size: int) -> int:
    """How many bilinear samples along a side of so many pixels are averaged for each of `size`. Of a side that is hardly
    longer one alone is nearer to the area's mean: two would blur it.
    """
    return 1 if length <= 1.25 * size else max(2, -(-length // (2 * size)))


def to_input(pixels: np.ndarray, size: int) -> np.ndarray:
    """pixels H×W×3 uint8 BGR → [1, 3, size, size] float32 RGB, normalised.

    Resized to a square with plain bilinear samples, divided by the resized picture's own brightest value, then by
    ImageNet's mean and deviation, as the published network was trained.
    """
    small = cv2.resize(checked_picture(pixels), (size, size), interpolation=cv2.INTER_LINEAR)
    return _normalised(small, LEVELS / brightest_of(small))


def to_input_from_camera(pixels: np.ndarray, size: int) -> np.ndarray:
    """As `to_input`, but `shrunk`, and poor light mended: for networks that this project's trainer made."""
    small = without_grain(shrunk(pixels, size))
    return _normalised(small, exposure(small))


def _normalised(small: np.ndarray, exposed: np.ndarray) -> np.ndarray:
    """small S×S×3 uint8 BGR and what becomes of each of the 256 levels, in [0, 1] → the network's input."""
    out = np.empty((1, 3, *small.shape[:2]), np.float32)
    for channel, (mean, std) in enumerate(zip(MEAN, STD, strict=True)):
        table = ((exposed - mean) / std).astype(np.float32)
        cv2.LUT(small[:, :, 2 - channel], table, dst=out[0, channel])
    return out


def to_input_on_device(pixels: torch.Tensor, size: int, dtype: torch.dtype) -> torch.Tensor:
    """`to_input` in torch: pixels H×W×3 uint8 BGR on any device → [1, 3, size, size] of `dtype`, channels_last.

    No step waits for the device, so a CUDA graph can hold it.
    """
    small = _sampled(_planes(pixels), size, size)
    return _normalised_on_device(small / small.amax().clamp(min=1), dtype)


def to_input_from_camera_on_device(pixels: torch.Tensor, size: int, dtype: torch.dtype) -> torch.Tensor:
    """`to_input_from_camera` in torch, as `to_input_on_device`."""
    return _normalised_on_device(exposed_on_device(shrunk_on_device(pixels, size)), dtype)


def _planes(pixels: torch.Tensor) -> torch.Tensor:  # H×W×3 BGR → [1, 3, H, W] float32 RGB
    return pixels.permute(2, 0, 1).flip(0)[None].float()


def _sampled(planes: torch.Tensor, height: int, width: int) -> torch.Tensor:
    import torch.nn.functional as F

    return F.interpolate(planes, size=(height, width), mode="bilinear", align_corners=False)


def _normalised_on_device(exposed: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    import torch

    mean, std = (_constant(values, exposed) for values in (MEAN, STD))
    return ((exposed - mean) / std).to(dtype).contiguous(memory_format=torch.channels_last)


def _constant(values: tuple[float, ...], like: torch.Tensor) -> torch.Tensor:
    # Filled on the device: a copy from the host is not allowed while a CUDA graph is captured.
    import torch

    return torch.stack([torch.full((1, 1), value, device=like.device) for value in values])[None]  # [1, 3, 1, 1]
