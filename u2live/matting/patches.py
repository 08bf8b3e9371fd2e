"""The parts of a frame in which alpha is neither 0 nor 1 for sure: the only ones whose own pixels need to be looked at.

On the CPU these are the tiles along the outline, a sixth of a usual frame, laid side by side so that each step is still one
call over long rows; on a device everything at once is quicker than picking.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.lib.stride_tricks import as_strided

from u2live.matting.array_ops import ArrayOps, NumpyOps, Stack
from u2live.matting.region import Region

TILE = 8  # side of a tile in working pixels: smaller ones hug the outline, but each needs a border of one


class Patches(Protocol):
    """A picture H×W×3 uint8 by those of its parts that matter. "Laid out": of these alone, in some order, [C, m, n]."""

    def planes(self) -> Stack:
        """The picture itself, laid out, [3, m, n] in [0, 1]."""
        ...

    def enlarged(self, stack: Stack) -> Stack:
        """A stack [C, h, w] over the region, bilinear between its pixels, laid out."""
        ...

    def part(self, whole: Stack) -> Stack:
        """A stack [1, H, W], laid out."""
        ...

    def whole_alpha(self, laid_out: Stack) -> Stack:
        """The laid out [1, m, n] in its places, [1, H, W]; elsewhere 0 or 1, as is sure."""
        ...

    def whole_pixels(self, planes: Sequence[Any]) -> Any:
        """Three laid out planes [m, n] in their places, H×W×3 as `ArrayOps.pixels` gives it; elsewhere the picture."""
        ...


def patches_of(ops: ArrayOps, pixels: Any, lowest: Stack, highest: Stack, region: Region) -> Patches:
    """The parts of `pixels` where alpha, between `lowest` and `highest` ([1, h, w], of the region), is not surely 0 or 1."""
    if isinstance(pixels, np.ndarray) and region.factor:
        return EdgeTiles(pixels, (lowest[0] < 1) & (highest[0] > 0), lowest[0] >= 1, region)
    return Everything(ops, pixels)


class Everything:
    """The whole picture as one patch."""

    def __init__(self, ops: ArrayOps, pixels: Any) -> None:
        self._ops = ops
        self._pixels = pixels

    def planes(self) -> Stack:
        return self._ops.planes(self._pixels)

    def enlarged(self, stack: Stack) -> Stack:
        return self._ops.resize(stack, *self._pixels.shape[:2])

    def part(self, whole: Stack) -> Stack:
        return whole

    def whole_alpha(self, laid_out: Stack) -> Stack:
        return laid_out

    def whole_pixels(self, planes: Sequence[Any]) -> Any:
        return self._ops.pixels(planes)


class EdgeTiles:
    """Tiles of a NumPy picture where something in `region` is `unsure`; where nothing is, alpha is whatever `inside` says.

    Both are bool [h, w] over the region. One tile beside the other, [C, t, n·t].
    """

    def __init__(self, pixels: np.ndarray, unsure: np.ndarray, inside: np.ndarray, region: Region) -> None:
        self._pixels = np.ascontiguousarray(pixels)
        self._factor = region.factor
        self._tile = min(TILE, *unsure.shape)
        self._side = self._tile * self._factor
        self._rows, self._columns = region.working
        # What is enlarged reaches one working pixel further.
        reached = cv2.dilate(unsure.astype(np.uint8), np.ones((3, 3), np.uint8))
        tops, lefts = (np.arange(0, size, self._tile) for size in unsure.shape)
        busy = _any_in_tiles(reached, tops, lefts)
        # The last ones overlap those before rather than reach beyond the picture.
        tops, lefts = (np.minimum(at, size - self._tile) for at, size in zip((tops, lefts), unsure.shape, strict=True))
        # A tile without an unsure pixel is all inside or all outside: one pixel speaks for it.
        solid = inside[np.ix_(tops, lefts)] & ~busy
        self._places = tops[np.nonzero(busy)[0]], lefts[np.nonzero(busy)[1]]
        self._solid = tops[np.nonzero(solid)[0]], lefts[np.nonzero(solid)[1]]

    def planes(self) -> Stack:
        if not len(self._places[0]):
            return np.empty((3, *self._shape), np.float32)
        return NumpyOps().planes(self._side_by_side(self._pixels))

    def enlarged(self, stack: Stack) -> Stack:
        depth, count, factor, outer = len(stack), len(self._places[0]), self._factor, self._tile + 2
        out = np.empty((depth, *self._shape), np.float32)
        if not count:
            return out
        small = np.empty((depth, outer, count, outer), np.float32)
        for plane, place in zip(stack, small, strict=True):
            padded = cv2.copyMakeBorder(plane, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
            place[:] = _windows(padded, outer)[self._places].swapaxes(0, 1)
        size = (count * outer * factor, depth * outer * factor)
        large = cv2.resize(small.reshape(depth * outer, count * outer), size, interpolation=cv2.INTER_LINEAR)
        tiles = large.reshape(depth, outer * factor, count, outer * factor)
        out.reshape(depth, self._side, count, self._side)[:] = tiles[:, factor:-factor, :, factor:-factor]
        return out

    def part(self, whole: Stack) -> Stack:
        return self._side_by_side(whole[0])[None]

    def whole_alpha(self, laid_out: Stack) -> Stack:
        whole = np.zeros(self._pixels.shape[:2], np.float32)
        places = _windows(whole, self._side, writeable=True)
        places[self._in_frame(self._solid)] = 1
        self._put(laid_out[0], places)
        return whole[None]

    def whole_pixels(self, planes: Sequence[Any]) -> np.ndarray:
        whole = self._pixels.copy()
        if len(self._places[0]):
            self._put(NumpyOps().pixels(planes), _windows(whole, self._side, writeable=True))
        return whole

    @property
    def _shape(self) -> tuple[int, int]:
        return self._side, len(self._places[0]) * self._side

    def _in_frame(self, places: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        tops, lefts = places
        return (tops + self._rows.start) * self._factor, (lefts + self._columns.start) * self._factor

    def _side_by_side(self, picture: np.ndarray) -> np.ndarray:
        """The tiles of a picture [H, W] or [H, W, 3] → [t, n·t] or [t, n·t, 3]."""
        tiles = _windows(picture, self._side)[self._in_frame(self._places)]
        return np.ascontiguousarray(tiles.swapaxes(0, 1)).reshape(*self._shape, *picture.shape[2:])

    def _put(self, laid_out: np.ndarray, places: np.ndarray) -> None:
        tiles = laid_out.reshape(self._side, -1, places.shape[3]).swapaxes(0, 1)
        places[self._in_frame(self._places)] = tiles


def _any_in_tiles(plane: np.ndarray, tops: np.ndarray, lefts: np.ndarray) -> np.ndarray:
    """Which tiles of the grid of `tops` and `lefts` over `plane` [h, w] have something in them."""
    found: np.ndarray = np.maximum.reduceat(np.maximum.reduceat(plane, tops, axis=0), lefts, axis=1) > 0
    return found


def _windows(picture: np.ndarray, side: int, *, writeable: bool = False) -> np.ndarray:
    """Every window of a contiguous picture [H, W] or [H, W, 3]: [H - side + 1, W - side + 1, side, side (·3)], not copied.

    A pixel's colours lie in one row with its neighbours': NumPy copies runs of memory far quicker than threes of bytes.
    """
    height, width, *depth = picture.shape
    down, across, *_ = picture.strides
    row = side * (depth[0] if depth else 1)
    shape = (height - side + 1, width - side + 1, side, row)
    return as_strided(picture, shape, (down, across, down, picture.itemsize), writeable=writeable)
