"""Smooth fields at a small size: the blurred room, light that wraps round the subject, the subject's colour spread outward.

These are normalised convolutions (Knutsson and Westin, "Normalized and differential convolution", CVPR 1993): each pixel
carries a weight saying how far it may be believed, and a blur of colour × weight is divided by the blur of the weights. What
the weights leave out entirely is filled from ever coarser levels, as in push–pull (Gortler et al., "The Lumigraph", 1996).
This module holds the figures on which the NumPy and the torch version agree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from u2live.types import Size

FILL = 0.02
"""The weight of the coarser level: large enough to fill a hole, too small to be seen where there are believed pixels."""
LEAST_WEIGHT = 1e-12
FAINT_TRUST = 1e-4
"""What a half-covered pixel still counts: only felt where no pixel tells more."""
ROOM_SLOPE = 4.0
"""A pixel covered by more than a quarter is not believed to show the room."""
SOLID_SLOPE = 4.0
"""A pixel covered by less than three quarters is not believed to show the subject's own colour."""
ROOM_MARGIN = 0.008
"""How far around the subject the room is not believed, in parts of the height: hair that the matte missed lies there."""
WRAP_SIGMA = 0.012
SPREAD_SIGMA = 0.012
TRUSTED_ALPHA = 0.25
"""From this alpha on a transparent composite shows the pixel's own colour; below, ever more of the subject's nearby."""
WRAP_GAIN = 0.9


@dataclass(frozen=True, slots=True)
class Plan:
    """How a blur with a σ of so many pixels is done at a smaller size. `sigma` is in the small size's pixels."""

    small: Size
    sigma: float
    margin: int


def plan_for(size: Size, sigma_in_heights: float) -> Plan:
    """The smallest size at which the blur still looks the same."""
    sigma = sigma_in_heights * size.height
    factor = next(power for power in (8, 4, 2, 1) if power <= sigma or power == 1)  # see halvings
    small = Size(-(-size.width // factor), -(-size.height // factor))
    return Plan(small, sigma / factor, math.ceil(ROOM_MARGIN * size.height / factor))


def halvings(size: Size, small: Size) -> int:
    """How often `size` is cut in half, exactly, on the way down to `small`: OpenCV is ten times quicker at it."""
    times = 0
    width, height = size.width, size.height
    while width % 2 == 0 and height % 2 == 0 and width // 2 >= small.width and height // 2 >= small.height:
        width, height, times = width // 2, height // 2, times + 1
    return times


def kernel_side(sigma: float) -> int:
    """How many taps the Gaussian has: odd, three σ to each side."""
    return 2 * max(1, round(3 * sigma)) + 1


def levels_of(small: Size) -> list[Size]:
    """The sizes of the pyramid below `small`, each half of the one before, down to one pixel that has seen everything."""
    sizes: list[Size] = []
    width, height = small.width, small.height
    while max(width, height) > 1:
        width, height = -(-width // 2), -(-height // 2)
        sizes.append(Size(width, height))
    return sizes
