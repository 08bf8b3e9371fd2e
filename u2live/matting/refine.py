"""Carries the small matte to the frame along the picture's own edges."""

from __future__ import annotations

import math

from u2live.matting.array_ops import ArrayOps, Stack
from u2live.matting.guided_filter import RADIUS, GuidedFilter
from u2live.matting.patches import Patches
from u2live.settings import MatteSettings

WORKING_SIDE = 384  # the longer side of the working picture is at most this: where matte and colours are related
PASSES = 2  # the second one sees a matte that already follows the picture
REACH = 2  # how far off the network may be at an edge, in working pixels
SURELY_OUT, SURELY_IN = 0.1, 0.9  # neither the network's matte nor the filter's quite reaches 0 and 1: taken as such
FLAT_OUT, FLAT_IN = 0.25, 0.75  # the same where there is no edge within reach, but only indecision
SAID_IN, NO_DOUBT = 0.8, 0.95  # from the first on the network's word at a place counts, at the second nothing overrules it
MARGIN = RADIUS * PASSES + REACH


def working_factor(height: int, width: int) -> int:
    """How many of the frame's pixels, each way, make one of the working picture.

    A number near the least that divides both sides, where there is one: only then may `patches` pick tiles.
    """
    least = -(-max(height, width) // WORKING_SIDE)
    near = range(least, least + least // 2 + 1)
    return next((factor for factor in near if height % factor == 0 == width % factor), least)


def margin_for(height: int, settings: MatteSettings) -> int:
    """How far around a matte `height` pixels high what is done with it reaches."""
    return MARGIN + math.ceil((max(settings.grow, 0) + settings.softness) / 1000 * height)


def bounds_of(ops: ArrayOps, matte: Stack) -> tuple[Stack, Stack]:
    """matte [1, h, w] → the lowest and the highest that alpha may be: never far from what the matte says within reach, so
    that nothing can glow in flat places, and never below what the network is sure of at that very place, or white print on
    a sleeve before a white wall would be cut out. Both [1, h, w].
    """
    sure = _stretched(matte * 1, SAID_IN, NO_DOUBT)
    lowest = _stretched(ops.lowest(matte, REACH), FLAT_OUT, FLAT_IN).clip(sure, None)
    return lowest, _stretched(ops.highest(matte, REACH), FLAT_OUT, FLAT_IN).clip(lowest, None)


def refine(
    ops: ArrayOps,
    matte: Stack,
    picture: Stack,
    bounds: tuple[Stack, Stack],
    patches: Patches,
    planes: Stack,
    detail: float,
) -> Stack:
    """matte [1, h, w] and its bounds, working picture [3, h, w], the frame's patches laid out as `planes` → alpha [1, H, W].

    The guided filter's coefficients are found on the working picture and applied to the frame's own pixels, which only
    the patches need. `detail` 0 keeps the network's own edge, 1 follows the picture.
    """
    lowest, highest = bounds
    share = 1 - (1 - detail) ** 2  # most of what the picture can tell is told by the middle of the scale
    guide = GuidedFilter(ops, picture)
    guided = matte
    for _ in range(PASSES - 1):
        slopes, offset = guide.coefficients(guided)
        explained = slopes * picture
        followed = explained[0] + explained[1] + explained[2] + offset[0]
        guided = _stretched(followed.clip(lowest[0], highest[0])[None], SURELY_OUT, SURELY_IN)
    slopes, offset = guide.coefficients(guided)
    slopes, offset = share * slopes, share * offset + (1 - share) * matte
    # Plane by plane and in place, which keeps a processor's cache warm.
    alpha = patches.enlarged(offset)
    for number, plane in enumerate(planes):
        slope = patches.enlarged(slopes[number : number + 1])
        slope *= plane
        alpha += slope
    alpha = alpha.clip(patches.enlarged(lowest), patches.enlarged(highest))
    return patches.whole_alpha(_stretched(alpha, SURELY_OUT, SURELY_IN))


def extremes(ops: ArrayOps, alpha: Stack, height: int, width: int) -> tuple[Stack, Stack]:
    """The least and the most of alpha [1, H, W] about each pixel of a working picture, [1, height, width]."""
    factor = max(-(-alpha.shape[1] // height), -(-alpha.shape[2] // width))
    places = (slice(None), slice(factor // 2, None, factor), slice(factor // 2, None, factor))
    return ops.lowest(alpha, factor)[places], ops.highest(alpha, factor)[places]


def move_edge(ops: ArrayOps, alpha: Stack, pixels: float) -> Stack:
    """alpha [1, H, W] with its edge `pixels` further out, or in when negative; what lies deeper keeps its softness."""
    if pixels == 0:
        return alpha
    radius = math.ceil(abs(pixels)) + 1
    # A mean turns the edge into a ramp of known slope: another level of it lies where the edge shall be.
    level = 0.5 - pixels / (2 * radius + 1)
    moved = ((ops.mean(alpha, radius) - level) * radius + 0.5).clip(0, 1)
    return moved.clip(alpha, None) if pixels > 0 else moved.clip(None, alpha)


def feather(ops: ArrayOps, alpha: Stack, pixels: float) -> Stack:
    """alpha [1, H, W] fading out over `pixels` beyond its edge; nothing inside becomes less opaque."""
    radius = round(pixels / 2)
    if radius < 1:
        return alpha
    ramp = 2 * ops.mean(ops.mean(alpha, radius), radius)
    return ramp.clip(alpha, None).clip(None, 1)


def _stretched(stack: Stack, low: float, high: float) -> Stack:
    """What lies between `low` and `high` over the whole of [0, 1]. Changes `stack`."""
    stack -= low
    stack *= 1 / (high - low)
    return stack.clip(0, 1)
