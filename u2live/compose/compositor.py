"""The interface of the compositors, and which one runs where.

Blending happens in 8-bit gamma space, as in every peer and in the picture the matte was made for: mattes are annotated and
networks trained so that α·F + (1 − α)·B of the *stored* values looks right. Linear light would make fine dark hair before
a bright background thinner than it was photographed, and cost three table look-ups per pixel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from u2live.compose.backgrounds import Background
from u2live.settings import MatteSettings
from u2live.types import Composite, MattedFrame

if TYPE_CHECKING:
    import torch


class Compositor(Protocol):
    """Puts matted frames before a background. One thread uses it."""

    def compose(self, matted: MattedFrame, background: Background, settings: MatteSettings) -> Composite:
        """The composite of `matted.frame`, with its index and timestamp.

        Of `settings` only `light_wrap` is read. With `Original` the pixels are the frame's own array, else new ones.
        Where a transparent composite's alpha is 0 its pixels are black: nothing of the room hides in the colours.
        """
        ...


class FollowingCompositor:
    """Composes where the matte lies: on the tensors' device, or with NumPy. An engine may step down while running."""

    def __init__(self) -> None:
        self._compositors: dict[str, Compositor] = {}

    def compose(self, matted: MattedFrame, background: Background, settings: MatteSettings) -> Composite:
        alpha = matted.alpha
        place = "numpy" if isinstance(alpha, np.ndarray) or alpha.device.type == "cpu" else str(alpha.device)
        if place not in self._compositors:
            self._compositors = {place: make_compositor(place)}
        return self._compositors[place].compose(matted, background, settings)


def make_compositor(on: str | torch.device = "auto") -> Compositor:
    """`numpy` for the CPU, a torch device ("cpu", "cuda", "mps" or a torch.device), or `auto`, which follows the matte.

    Each takes mattes of either kind and moves them to its own.
    """
    if on == "auto":
        return FollowingCompositor()
    if on == "numpy":
        from u2live.compose.numpy_compositor import NumpyCompositor

        return NumpyCompositor()
    from u2live.compose.torch_compositor import TorchCompositor

    return TorchCompositor(on)
