"""Squares of pixels made smaller by area on any device: as OpenCV's INTER_AREA, which validation uses."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor


def shrunk(pixels: Tensor, side: int) -> Tensor:
    """[B, C, S, S] → [B, C, side, side] float32, each pixel the mean of the area it stands for; as it is where S ≤ side."""
    if pixels.shape[-1] <= side:
        return pixels
    shares = _shares(pixels.shape[-1], side).to(pixels.device)
    with torch.autocast(pixels.device.type, enabled=False):
        small: Tensor = shares @ pixels.float() @ shares.T
    return small.contiguous(memory_format=torch.channels_last) if _channels_last(pixels) else small


@cache
def _shares(side: int, smaller: int) -> Tensor:
    """[smaller, side]: by how much each old pixel counts in each new one."""
    step = side / smaller
    starts = torch.arange(smaller, dtype=torch.float64)[:, None] * step
    old = torch.arange(side, dtype=torch.float64)[None]
    overlap = (torch.minimum(old + 1, starts + step) - torch.maximum(old, starts)).clamp(min=0)
    return (overlap / step).float()


def _channels_last(pixels: Tensor) -> bool:
    return pixels.is_contiguous(memory_format=torch.channels_last) and not pixels.is_contiguous()
