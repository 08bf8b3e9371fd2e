"""The part of a frame that needs work at all, in two sizes."""

from __future__ import annotations

from dataclasses import dataclass

from u2live.matting.array_ops import ArrayOps, Stack


@dataclass(frozen=True, slots=True)
class Region:
    """Rows and columns of the working picture, and of the frame. `factor` of the frame's pixels, each way, make one of the
    working picture; 0 where that is no whole number.
    """

    working: tuple[slice, slice]
    frame: tuple[slice, slice]
    factor: int


def region_of(ops: ArrayOps, matte: Stack, height: int, width: int, least: float, margin: int) -> Region:
    """Where the matte [1, h, w] of a frame height×width is above `least`, with `margin` working pixels around it.

    It begins on even rows and columns: what is computed at half the size is then the same wherever it begins.
    """
    small_height, small_width = matte.shape[1:]
    factor = height // small_height
    if (height, width) != (small_height * factor, small_width * factor):
        return Region((slice(0, small_height), slice(0, small_width)), (slice(0, height), slice(0, width)), 0)
    found = ops.where_any(matte[0] > least)
    rows, columns = (
        slice(max(part.start - margin, 0) & ~1, min(part.stop + margin, size))
        for part, size in zip(found, (small_height, small_width), strict=True)
    )
    frame = tuple(slice(part.start * factor, part.stop * factor) for part in (rows, columns))
    return Region((rows, columns), (frame[0], frame[1]), factor)
