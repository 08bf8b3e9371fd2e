"""What U²-Net's own test script does to a picture before the network sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from u2live.matting.engine import checked_picture

if TYPE_CHECKING:
    import torch

# ImageNet's, RGB.
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


def to_input(pixels: np.ndarray, size: int) -> np.ndarray:
    """pixels H×W×3 uint8 BGR → [1, 3, size, size] float32 RGB, normalised.

    Resized to a square with plain bilinear samples, divided by the resized picture's own brightest value, then by
    ImageNet's mean and deviation, as the published network was trained.
    """
    small = cv2.resize(checked_picture(pixels), (size, size), interpolation=cv2.INTER_LINEAR)
    brightest = max(int(small.max()), 1)  # a black frame stays black
    out = np.empty((1, 3, size, size), np.float32)
    for channel, (mean, std) in enumerate(zip(MEAN, STD, strict=True)):
        plane = out[0, channel]
        np.multiply(small[:, :, 2 - channel], np.float32(1 / (brightest * std)), out=plane)
        plane -= np.float32(mean / std)
    return out


def to_input_on_device(pixels: torch.Tensor, size: int, dtype: torch.dtype) -> torch.Tensor:
    """The same in torch: pixels H×W×3 uint8 BGR on any device → [1, 3, size, size] of `dtype`, channels_last.

    No step waits for the device, so a CUDA graph can hold it.
    """
    import torch
    import torch.nn.functional as F

    rgb = pixels.permute(2, 0, 1).flip(0)[None].float()  # [1, 3, H, W]
    small = F.interpolate(rgb, size=(size, size), mode="bilinear", align_corners=False)
    scaled = small / small.amax().clamp(min=1)
    mean, std = (_constant(values, scaled) for values in (MEAN, STD))
    return ((scaled - mean) / std).to(dtype).contiguous(memory_format=torch.channels_last)


def _constant(values: tuple[float, ...], like: torch.Tensor) -> torch.Tensor:
    # Filled on the device: a copy from the host is not allowed while a CUDA graph is captured.
    import torch

    return torch.stack([torch.full((1, 1), value, device=like.device) for value in values])[None]  # [1, 3, 1, 1]
