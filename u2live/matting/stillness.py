"""Tells when the network has nothing new to see: whoever listens sits still, and a laptop may as well rest meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from u2live.matting.array_ops import ArrayOps, Stack

BLOCK = 8  # pixels of the map: the mean over a block has little of the camera's noise left
NOISE_FACTOR, NOISE_FLOOR = 1.8, 0.006  # a block that changed by more than so many medians of all, and that, moved
MOST_NOISE = 0.016  # median change above which it is no noise: the camera moved, or there is too little light to tell
SURE = 0.97  # where the matte is above that all around, what moves (lips, eyes, folds) changes nothing about it
SETTLED = 3  # keyframes in a row without a change before the network may rest: smoothing has done its work by then
LONGEST_REST_NS = 500_000_000  # what a look that comes too late may cost at most


@dataclass(frozen=True, slots=True)
class _Keyframe:
    """`counts` [S/BLOCK, S/BLOCK]: where a change could change the matte."""

    matte: Stack
    luma: np.ndarray
    timestamp_ns: int
    counts: np.ndarray


class Stillness:
    """Compares pictures with that of the last keyframe, so that slow changes add up until they are seen. One stream."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """The next frame comes from somewhere else."""
        self._last: _Keyframe | None = None
        self._in_a_row = 0

    @property
    def settled(self) -> bool:
        """Whether the network could do without the next frame if nothing moves."""
        return self._in_a_row >= SETTLED

    def keyframe(self, ops: ArrayOps, matte: Stack, luma: Stack, timestamp_ns: int) -> None:
        """The network has run on a frame: its steadied matte and its luma, [1, S, S] in [0, 1]."""
        seen = ops.on_host(luma)[0]
        self._in_a_row = self._in_a_row + 1 if self._last is not None and _same(self._last, seen) else 0
        sure = (ops.on_host(matte)[0] > SURE).astype(np.uint8)
        around = np.ones((2 * BLOCK + 1, 2 * BLOCK + 1), np.uint8)
        # Nothing is sure at the picture's edge: who fills it and leans away lets the room in from there.
        sure = cv2.erode(sure, around, borderType=cv2.BORDER_CONSTANT, borderValue=0)
        self._last = _Keyframe(matte, seen, timestamp_ns, _by_blocks(sure).min(axis=(1, 3)) == 0)

    def held(self, ops: ArrayOps, luma: Stack, timestamp_ns: int) -> Stack | None:
        """The last keyframe's matte for a frame with this luma [1, S, S], where nothing that counts has changed since."""
        last = self._last
        if last is None or not 0 <= timestamp_ns - last.timestamp_ns <= LONGEST_REST_NS:
            return None
        return last.matte if _same(last, ops.on_host(luma)[0]) else None


def _same(last: _Keyframe, luma: np.ndarray) -> bool:
    if luma.shape != last.luma.shape:
        return False  # another engine took over
    difference = luma - last.luma
    difference -= difference.mean()  # a cloud before the sun moves nothing
    changes = _by_blocks(np.abs(difference, out=difference)).mean(axis=(1, 3))
    noise = float(np.median(changes))
    seen = changes[last.counts]
    return noise <= MOST_NOISE and (seen.size == 0 or float(seen.max()) <= NOISE_FACTOR * noise + NOISE_FLOOR)


def _by_blocks(plane: np.ndarray) -> np.ndarray:
    """[S, S] → [S/BLOCK, BLOCK, S/BLOCK, BLOCK], a view. Inputs are multiples of 32."""
    count = plane.shape[0] // BLOCK
    return plane[: count * BLOCK, : count * BLOCK].reshape(count, BLOCK, count, BLOCK)
