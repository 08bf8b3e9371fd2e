"""Compositing on a torch device: the matte stays where the network left it, only the finished picture comes back."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from u2live.compose.backgrounds import Background, Blur, Original, Picture, Transparent
from u2live.compose.field import TRUSTED_ALPHA
from u2live.compose.torch_field import blurred_room, spread_subject, wrapped_light
from u2live.settings import MatteSettings
from u2live.types import Array, Composite, MattedFrame, Size


class TorchCompositor:
    """See Compositor. A background picture is uploaded once for as long as the same array stands."""

    def __init__(self, device: str | torch.device) -> None:
        self._device = torch.device(device)
        self._uploaded_from: np.ndarray | None = None
        self._uploaded = torch.empty(0)

    @torch.inference_mode()
    def compose(self, matted: MattedFrame, background: Background, settings: MatteSettings) -> Composite:
        frame = matted.frame
        if isinstance(background, Original):
            return Composite(frame.index, frame.timestamp_ns, frame.pixels)
        alpha = self._here(matted.alpha)  # [H, W]
        foreground = self._here(matted.foreground)  # [H, W, 3]
        if isinstance(background, Transparent):
            pixels, opacity = _cut_out(foreground, alpha)
            return Composite(frame.index, frame.timestamp_ns, pixels.cpu().numpy(), opacity.cpu().numpy())
        if isinstance(background, Blur):
            behind = blurred_room(self._here(frame.pixels), alpha, background.sigma)
        elif isinstance(background, Picture):
            size = Size(alpha.shape[1], alpha.shape[0])
            behind = self._standing(background.picture_at(size, frame.timestamp_ns))
        else:
            raise TypeError(f"no compositor knows the background {type(background).__name__}")
        if settings.light_wrap > 0:
            foreground = _screened(foreground, wrapped_light(behind, alpha, settings.light_wrap))
        pixels = _bytes(torch.lerp(behind, foreground, alpha[:, :, None]))
        return Composite(frame.index, frame.timestamp_ns, pixels.cpu().numpy())

    def _here(self, values: Array) -> Tensor:
        """As float32 on this device."""
        tensor = torch.tensor(values) if isinstance(values, np.ndarray) else values
        return tensor.to(self._device).float()  # moved first: bytes cross the bus four times as fast as floats

    def _standing(self, picture: np.ndarray) -> Tensor:
        if self._uploaded_from is not picture:
            self._uploaded = self._here(picture)
            self._uploaded_from = picture
        return self._uploaded


def _cut_out(foreground: Tensor, alpha: Tensor) -> tuple[Tensor, Tensor]:
    opacity = _bytes(alpha * 255)
    trust = (alpha / TRUSTED_ALPHA).clamp(max=1).square()
    pixels = _bytes(torch.lerp(spread_subject(foreground, alpha), foreground, trust[:, :, None]))
    return pixels * (opacity > 0)[:, :, None], opacity


def _screened(foreground: Tensor, light: Tensor) -> Tensor:
    return 255 - (255 - foreground) * (255 - light) / 255


def _bytes(picture: Tensor) -> Tensor:
    return picture.round().clamp(0, 255).to(torch.uint8)
