"""Steadies the matte over time without trailing."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from u2live.matting.array_ops import ArrayOps, Stack

LONGEST_GAP_NS = 500_000_000  # after half a second nothing of the past is worth keeping
SCENE_CUT = 0.2  # mean difference of two pictures' luma, the change of overall brightness taken out
PICTURE_NOISE = 0.015  # luma differences below are the camera's noise
PICTURE_MOVED = 0.1  # above, something moved
MATTE_AGREES = 0.12  # disagreement at which trust in a moving past has fallen to exp(-1)
LONGEST_MEMORY = 0.85  # weight of the past at steadiness 1 where nothing moves: a time constant of six frames


@dataclass(frozen=True, slots=True)
class _Past:
    matte: Stack
    luma: Stack
    timestamp_ns: int


class Smoother:
    """Mixes each matte with the steadied one before it, pixel by pixel.

    The past weighs `steadiness` where the picture stands still; where the picture moved, the past counts only as far as
    the new matte agrees with it. So indecision of the network on a still picture fades out, and a hand that moves on
    leaves nothing behind. A scene cut, a gap in time, or another size forgets the past.
    """

    def __init__(self) -> None:
        self._past: _Past | None = None
        self._motion: MotionCarrier | None = None

    def reset(self) -> None:
        self._past = None

    def steady(self, ops: ArrayOps, matte: Stack, luma: Stack, timestamp_ns: int, steadiness: float) -> Stack:
        """matte and luma [1, S, S] in [0, 1] of one frame → the steadied matte, the same. `steadiness` in [0, 1]."""
        past = self._past
        if past is not None and steadiness > 0 and not _broken(past, matte, luma, timestamp_ns):
            weight = past_weight(ops, matte, luma, past.matte, past.luma, steadiness)
            matte = matte + weight * (past.matte - matte)
        self._past = _Past(matte, luma, timestamp_ns)
        return matte

    def hold(self, matte: Stack, luma: Stack, timestamp_ns: int) -> None:
        """A frame with this luma is shown with a matte from before: that is the past of the frame that follows."""
        self._past = _Past(matte, luma, timestamp_ns)

    def propagate(self, ops: ArrayOps, luma: Stack, timestamp_ns: int) -> Stack | None:
        """The last matte carried along the motion to a frame on which no network ran: [1, S, S], or None when there is
        nothing to carry (no frame before, a scene cut, a gap in time). It is the past of the frame that follows.
        """
        past = self._past
        if past is None or _broken(past, past.matte, luma, timestamp_ns):
            return None
        self._motion = self._motion or MotionCarrier()
        moved = self._motion.carried(ops.on_host(past.matte)[0], ops.on_host(past.luma)[0], ops.on_host(luma)[0])
        matte = ops.from_host(moved[None], luma)
        self._past = _Past(matte, luma, timestamp_ns)
        return matte


class MotionCarrier:
    """Moves a matte along the motion between two pictures. One thread at a time: it keeps what the search works in.

    DIS: Kroeger et al., "Fast optical flow using dense inverse search", ECCV 2016, from the new frame back to the old one.
    """

    def __init__(self) -> None:
        self._search = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)  # type: ignore[attr-defined]
        self._search.setFinestScale(1)  # the preset's own scale of 2 loses fingers
        self._search.setPatchStride(6)  # a third less work than its 4, a twenty-fifth more error
        self._places = np.empty((0, 0, 2), np.float32)

    def carried(self, matte: np.ndarray, luma: np.ndarray, next_luma: np.ndarray) -> np.ndarray:
        """`matte` of the frame with `luma`, moved to the frame with `next_luma`; all [S, S] in [0, 1], the result new."""
        pictures = [cv2.convertScaleAbs(plane, alpha=255) for plane in (next_luma, luma)]
        flow = np.asarray(self._search.calc(pictures[0], pictures[1], None))
        places = np.add(flow, self._pixel_places(matte.shape[0]), out=flow)
        # Up to four times in a row: bilinear samples would soften the edge more each time.
        moved: np.ndarray = cv2.remap(matte, places, np.empty(0), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        return moved.clip(0, 1, out=moved)

    def _pixel_places(self, side: int) -> np.ndarray:
        """[S, S, 2]: where each pixel lies, x before y."""
        if len(self._places) != side:
            along = np.arange(side, dtype=np.float32)
            self._places = np.dstack(np.meshgrid(along, along))
        return self._places


def past_weight(ops: ArrayOps, matte: Stack, luma: Stack, past_matte: Stack, past_luma: Stack, steadiness: float) -> Stack:
    """How much the past counts at each pixel, in [0, LONGEST_MEMORY·steadiness]. All [1, S, S]."""
    change = abs(ops.mean(luma - past_luma, 1))
    change = ops.highest(change, 2)  # what moved also changes what lies beside it
    still = ((PICTURE_MOVED - change) * (1 / (PICTURE_MOVED - PICTURE_NOISE))).clip(0, 1)
    disagreement = (matte - past_matte) * (1 / MATTE_AGREES)
    agreement = ops.exp(-disagreement * disagreement)
    trust = 1 - (1 - still) * (1 - agreement)
    return (LONGEST_MEMORY * steadiness) * trust


def _broken(past: _Past, matte: Stack, luma: Stack, timestamp_ns: int) -> bool:
    """Whether what was seen before says nothing about now."""
    if type(past.matte) is not type(matte) or past.matte.shape != matte.shape:
        return True  # another engine took over
    if not 0 <= timestamp_ns - past.timestamp_ns <= LONGEST_GAP_NS:
        return True
    difference = luma[:, ::8, ::8] - past.luma[:, ::8, ::8]
    difference = difference - difference.mean()  # a lamp switched on is no cut
    return bool(abs(difference).mean() > SCENE_CUT)
