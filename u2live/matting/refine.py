"""Carries the small matte to the frame along the picture's own edges."""

from __future__ import annotations

import math
from dataclasses import dataclass

from u2live.matting.array_ops import ArrayOps, Stack
from u2live.matting.guided_filter import RADIUS, GuidedFilter
from u2live.settings import MatteSettings

WORKING_SIDE = 384  # the longer side of the working picture is at most this: where matte and colours are related
PASSES = 2  # the second one sees a matte that already follows the picture
REACH = 2  # how far off the network may be at an edge, in working pixels
SURELY_OUT, SURELY_IN = 0.1, 0.9  # neither the network's matte nor the filter's quite reaches 0 and 1: taken as such
FLAT_OUT, FLAT_IN = 0.25, 0.75  # the same where there is no edge within reach, but only indecision
MARGIN = RADIUS * PASSES + REACH


def working_factor(height: int, width: int) -> int:
    """How many of the frame's pixels, each way, make one of the working picture."""
    return -(-max(height, width) // WORKING_SIDE)


@dataclass(frozen=True, slots=True)
class Region:
    """The part of the frame that needs work, as rows and columns of the working picture and of the frame."""

    working: tuple[slice, slice]
    frame: tuple[slice, slice]


def busy_region(ops: ArrayOps, matte: Stack, height: int, width: int, settings: MatteSettings) -> Region:
    """Where the matte [1, h, w] of a frame height×width is not simply empty, with room for every window around it."""
    small_height, small_width = matte.shape[1:]
    everything = Region((slice(0, small_height), slice(0, small_width)), (slice(0, height), slice(0, width)))
    if height % small_height or width % small_width:
        return everything  # the working picture's pixels would not begin at the frame's
    found = ops.where_any(matte[0] > SURELY_OUT)
    margin = MARGIN + math.ceil((max(settings.grow, 0) + settings.softness) / 1000 * small_height)
    rows, columns = (
        slice(max(part.start - margin, 0), min(part.stop + margin, size))
        for part, size in zip(found, (small_height, small_width), strict=True)
    )
    down, across = height // small_height, width // small_width
    return Region(
        (rows, columns),
        (slice(rows.start * down, rows.stop * down), slice(columns.start * across, columns.stop * across)),
    )


def refine(ops: ArrayOps, matte: Stack, picture: Stack, planes: Stack, detail: float) -> Stack:
    """matte [1, h, w], working picture [3, h, w], the frame's planes [3, H, W] → alpha [1, H, W]; all in [0, 1].

    The guided filter's coefficients are found on the working picture and applied to the frame's own pixels. Alpha never
    leaves what the matte says within reach, so nothing can glow in flat places. `detail` 0 keeps the network's own edge,
    1 follows the picture.
    """
    height, width = planes.shape[1:]
    lowest = _stretched(ops.lowest(matte, REACH), FLAT_OUT, FLAT_IN)
    highest = _stretched(ops.highest(matte, REACH), FLAT_OUT, FLAT_IN)
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
    alpha = ops.resize(offset, height, width)
    for number, plane in enumerate(planes):
        slope = ops.resize(slopes[number : number + 1], height, width)
        slope *= plane
        alpha += slope
    alpha = alpha.clip(ops.resize(lowest, height, width), ops.resize(highest, height, width))
    return _stretched(alpha, SURELY_OUT, SURELY_IN)


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
