"""Takes small lifeless pieces out of the matte: a bit of screen at the picture's edge, the arm of a chair.

A network for people now and then takes a piece of furniture for part of one. What tells them apart is not shape but life:
nobody holds a hand quite still for long. So a small piece away from everything else is shown only while something in it
has moved of late; a large one, and whatever lies close to one that is shown, always is.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from u2live.matting.array_ops import ArrayOps, Stack

THERE = 0.1  # a matte above this is seen (see refine)
LARGE = 0.03  # share of the picture from which a piece is somebody, whatever it does
CLOSE = 0.05  # of the picture's height: a piece no further from one that is shown belongs to it, as a hand to its arm
ALIVE_NS = 8_000_000_000  # how long after its last movement a piece still is taken to be alive
LOOK_BACK_NS = 400_000_000  # movement is seen against a picture at least this old
MOVED = 0.04  # luma difference, at half the map's size, the change of the whole picture taken out
MOVED_SHARE = 0.06  # of a piece's pixels
FADE_NS = 300_000_000  # how long a piece takes to go; it comes back at once
GAP_NS = 2_000_000_000  # after which nothing of what was seen counts


@dataclass(slots=True)
class _Seen:
    luma: np.ndarray
    timestamp_ns: int


class Islands:
    """Watches one stream of mattes. `reset` after a cut.

    The very first matte is left as it is: a still picture shows no movement at all.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._older: _Seen | None = None
        self._newer: _Seen | None = None
        self._last_ns = 0
        self._alive_until = np.empty((0, 0), np.int64)  # per pixel, at half the size as all that follows
        self._hidden = np.empty((0, 0), np.float32)  # 0 shown … 1 gone

    def cleared(self, ops: ArrayOps, matte: Stack, luma: Stack, timestamp_ns: int) -> Stack:
        """matte and luma [1, S, S] of one frame → the matte without lifeless islands. Nothing else of it changes."""
        height, width = luma.shape[1:]
        half = -(-width // 2), -(-height // 2)  # pieces are large enough to be told apart at half the size
        seen = cv2.resize(ops.on_host(luma)[0], half, interpolation=cv2.INTER_AREA)
        if not 0 <= timestamp_ns - self._last_ns <= GAP_NS or self._hidden.shape != seen.shape:
            self.reset()
        if self._older is None:
            self._begin(seen, timestamp_ns)
            return matte
        elapsed_ns, self._last_ns = timestamp_ns - self._last_ns, timestamp_ns
        self._notice_movement(seen, timestamp_ns)
        small = cv2.resize(ops.on_host(matte)[0], half, interpolation=cv2.INTER_AREA)
        lifeless = self._lifeless(small, timestamp_ns)
        if lifeless is None:
            self._hidden[:] = 0
            return matte
        self._hidden += np.float32(elapsed_ns / FADE_NS)
        np.minimum(self._hidden, lifeless, out=self._hidden)
        shown = cv2.resize(1 - self._hidden, (width, height), interpolation=cv2.INTER_LINEAR)
        return matte * ops.from_host(shown[None], matte)

    def _begin(self, luma: np.ndarray, timestamp_ns: int) -> None:
        self._older = self._newer = _Seen(luma, timestamp_ns)
        self._last_ns = timestamp_ns
        self._alive_until = np.zeros(luma.shape, np.int64)
        self._hidden = np.zeros(luma.shape, np.float32)

    def _notice_movement(self, luma: np.ndarray, timestamp_ns: int) -> None:
        assert self._older is not None
        assert self._newer is not None
        change = luma - self._older.luma
        change -= np.median(change[::4, ::4])  # a lamp switched on moves nothing
        moved = np.abs(change) > MOVED
        self._alive_until[moved] = timestamp_ns + ALIVE_NS
        if timestamp_ns - self._newer.timestamp_ns >= LOOK_BACK_NS:
            self._older, self._newer = self._newer, _Seen(luma, timestamp_ns)

    def _lifeless(self, matte: np.ndarray, timestamp_ns: int) -> np.ndarray | None:
        """Where lifeless islands lie, with some room around them: 1 there and 0 elsewhere, or None when there are none."""
        count, labels, stats, _ = cv2.connectedComponentsWithStats((matte > THERE).astype(np.uint8))
        if count == 1:
            return None
        areas = stats[:, cv2.CC_STAT_AREA]
        alive = self._alive_until > timestamp_ns
        moved = np.bincount(labels[alive], minlength=count) if alive.any() else np.zeros(count)
        shown = (areas >= LARGE * matte.size) | (moved >= MOVED_SHARE * areas)
        shown[0] = False
        if shown[1:].all():
            return None
        # What is close to something shown belongs to it.
        reach = round(CLOSE * len(matte))
        near = cv2.dilate(shown[labels].astype(np.uint8), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
        shown[np.unique(labels[near > 0])] = True
        shown[0] = True
        if shown.all():
            return None
        # Below THERE a matte has a rim that must not stay behind.
        lifeless = cv2.dilate((~shown)[labels].astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        return np.asarray(lifeless & ~(shown[labels] & (labels > 0)), np.float32)
