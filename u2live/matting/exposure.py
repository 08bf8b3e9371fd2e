"""Poor light, mended before the network looks: a dark room with a lamp or a screen in it, a window behind the speaker.

U²-Net divides a picture by its brightest value, which a lamp in a dark room makes useless: whoever sits beside it stays as
dark as before, and is not found. The log-average luminance (Reinhard et al., "Photographic tone reproduction for digital
images", SIGGRAPH 2002) tells such pictures, and a gamma curve lifts them to the brightness that networks are trained with;
pictures in good light stay as they are. A camera that has turned its gain up gives grain as well, which is smoothed.
Both change smoothly with the light, so nothing jumps between frames.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from u2live.matting.array_ops import BLUE, GREEN, RED

if TYPE_CHECKING:
    import torch

LEVELS = np.arange(256, dtype=np.float32)
KEY = 0.3  # the log-average luminance, over the brightest value, that pictures are lifted to
STRONGEST_LIFT = 0.3  # the least exponent: below, noise is all that is lifted
OFFSET = 0.02  # keeps black pixels from deciding alone
GRAIN_BELOW, ALL_GRAIN_BELOW = 0.15, 0.06  # log-average luminance over 255: where smoothing begins, and where it is whole


def brightest_of(small: np.ndarray) -> int:
    """The brightest value in S×S×3 uint8; a black frame stays black."""
    return max(int(small.max()), 1)


def exposed(small: np.ndarray) -> np.ndarray:
    """small S×S×3 uint8 BGR → the same float32 in [0, 1], in the light that networks know and without grain."""
    clean = without_grain(small)
    pixels: np.ndarray = cv2.LUT(clean, exposure(clean))
    return pixels


def in_good_light(small: np.ndarray) -> np.ndarray:
    """`exposed` in whole levels, S×S×3 uint8 BGR: as a network in training sees a picture."""
    levels: np.ndarray = np.rint(exposed(small) * 255).astype(np.uint8)
    return levels


def exposure(small: np.ndarray) -> np.ndarray:
    """small S×S×3 uint8 BGR → [256] float32: what each level becomes, in [0, 1].

    A division by the brightest value, as in U²-Net, and for dark pictures a gamma curve.
    """
    brightest = brightest_of(small)
    scaled = np.minimum(LEVELS / brightest, 1)
    lift = float(np.clip(np.log(KEY) / np.log(np.clip(_key(small, brightest), 1e-3, 0.999)), STRONGEST_LIFT, 1))
    return scaled**lift


def without_grain(small: np.ndarray) -> np.ndarray:
    """small S×S×3 uint8 BGR, smoothed over a pixel each way as far as it is dark."""
    amount = float(np.clip((GRAIN_BELOW - _key(small, 255)) / (GRAIN_BELOW - ALL_GRAIN_BELOW), 0, 1))
    if amount == 0:
        return small
    return cv2.addWeighted(small, 1 - amount, cv2.GaussianBlur(small, (3, 3), 0), amount, 0)


def _key(small: np.ndarray, white: int) -> float:
    """The log-average luminance, in units of `white`. From the histogram: 256 logarithms, not one per pixel."""
    luminance = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    shares = cv2.calcHist([luminance], [0], None, [256], [0, 256])[:, 0] / luminance.size
    return float(np.exp(shares @ np.log(LEVELS / white + OFFSET)) - OFFSET)


def exposed_on_device(small: torch.Tensor) -> torch.Tensor:
    """`exposed` in torch: small [1, 3, S, S] float32 RGB in [0, 255] → the same in [0, 1]. Waits for no device."""
    small = _without_grain_on_device(small)
    brightest = small.amax().clamp(min=1)
    lift = (np.log(KEY) / _key_on_device(small, brightest).clamp(1e-3, 0.999).log()).clamp(STRONGEST_LIFT, 1)
    exposed: torch.Tensor = (small / brightest) ** lift
    return exposed


def _without_grain_on_device(small: torch.Tensor) -> torch.Tensor:
    import torch.nn.functional as F

    amount = ((GRAIN_BELOW - _key_on_device(small, 255)) / (GRAIN_BELOW - ALL_GRAIN_BELOW)).clamp(0, 1)
    padded = F.pad(small, (1, 1, 1, 1), mode="reflect")
    rows = (padded[:, :, :-2] + 2 * padded[:, :, 1:-1] + padded[:, :, 2:]) / 4
    smooth = (rows[..., :-2] + 2 * rows[..., 1:-1] + rows[..., 2:]) / 4
    return small + amount * (smooth - small)


def _key_on_device(small: torch.Tensor, white: torch.Tensor | int) -> torch.Tensor:
    luminance = RED * small[:, 0] + GREEN * small[:, 1] + BLUE * small[:, 2]
    return (luminance / white + OFFSET).log().mean().exp() - OFFSET
