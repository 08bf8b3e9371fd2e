"""The block that U²-Net is made of, the ReSidual U-block of Qin et al., "U²-Net: Going deeper with nested U-structure for
salient object detection", Pattern Recognition 106, 2020.

Parameter names are those of the published checkpoints.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvBNReLU(nn.Module):
    """3×3 convolution, batch norm, ReLU; `dilation` widens its view and keeps the size."""

    def __init__(self, in_channels: int, out_channels: int, dilation: int = 1) -> None:
        super().__init__()
        self.conv_s1 = nn.Conv2d(in_channels, out_channels, 3, padding=dilation, dilation=dilation)
        self.bn_s1 = nn.BatchNorm2d(out_channels)
        self.relu_s1 = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:  # [B, in, H, W] → [B, out, H, W]
        out: Tensor = self.relu_s1(self.bn_s1(self.conv_s1(x)))
        return out


def halved(x: Tensor) -> Tensor:  # [B, C, H, W] → [B, C, ⌈H/2⌉, ⌈W/2⌉]
    return F.max_pool2d(x, 2, stride=2, ceil_mode=True)


def upsampled_to(x: Tensor, like: Tensor) -> Tensor:  # [B, C, h, w] → [B, C, H, W]
    return F.interpolate(x, size=like.shape[2:], mode="bilinear", align_corners=False)


class RSU(nn.Module):
    """RSU-L of the paper's figure 2: a U-Net of `depth` levels inside one residual block.

    With `dilated` (RSU-4F) no level is halved; the dilation doubles instead.
    """

    def __init__(self, depth: int, in_channels: int, mid_channels: int, out_channels: int, *, dilated: bool = False) -> None:
        super().__init__()
        self.depth = depth
        self.dilated = dilated
        self.rebnconvin = ConvBNReLU(in_channels, out_channels)
        for level in range(1, depth + 1):
            dilation = 2 ** (level - 1) if dilated else (2 if level == depth else 1)
            inputs = out_channels if level == 1 else mid_channels
            self.add_module(f"rebnconv{level}", ConvBNReLU(inputs, mid_channels, dilation))
        for level in range(depth - 1, 0, -1):
            dilation = 2 ** (level - 1) if dilated else 1
            outputs = out_channels if level == 1 else mid_channels
            self.add_module(f"rebnconv{level}d", ConvBNReLU(2 * mid_channels, outputs, dilation))

    def forward(self, x: Tensor) -> Tensor:  # [B, in, H, W] → [B, out, H, W]
        residual: Tensor = self.rebnconvin(x)
        encoded: list[Tensor] = []
        x = residual
        for level in range(1, self.depth + 1):
            if not self.dilated and 1 < level < self.depth:
                x = halved(x)
            x = self.get_submodule(f"rebnconv{level}")(x)
            encoded.append(x)
        for level in range(self.depth - 1, 0, -1):
            skip = encoded[level - 1]
            if x.shape[2:] != skip.shape[2:]:
                x = upsampled_to(x, skip)
            x = self.get_submodule(f"rebnconv{level}d")(torch.cat((x, skip), dim=1))
        return x + residual


@dataclass(frozen=True, slots=True)
class Stage:
    """One row of the paper's table 1: an RSU of some depth with its channels."""

    depth: int
    in_channels: int
    mid_channels: int
    out_channels: int
    dilated: bool = False

    def build(self) -> RSU:
        return RSU(self.depth, self.in_channels, self.mid_channels, self.out_channels, dilated=self.dilated)
