"""Steadies the matte over time without trailing."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

LONGEST_GAP_NS = 500_000_000  # after half a second nothing of the past is worth keeping
SCENE_CUT = 0.25  # mean difference of two pictures' luma, brightness taken out
PICTURE_NOISE = 0.015  # luma differences below are the camera's noise
PICTURE_MOVED = 0.06  # above, something moved
MATTE_AGREES = 0.12  # disagreement at which trust in a moving past has fallen to exp(-1)
LONGEST_MEMORY = 0.85  # weight of the past at steadiness 1 where nothing moves: a time constant of six frames


@dataclass(frozen=True, slots=True)
class _Past:
    matte: np.ndarray
    luma: np.ndarray
    timestamp_ns: int


class Smoother:
    """Mixes each matte with the steadied one before it, pixel by pixel.

    The past weighs `steadiness` where the picture stands still; where the picture moved, the past counts only as far as
    the new matte agrees with it. So indecision of the network on a still picture fades out, and a hand that moves on
    leaves nothing behind. A scene cut, a gap in time, or another size forgets the past.
    """

    def __init__(self) -> None:
        self._past: _Past | None = None

    def reset(self) -> None:
        self._past = None

    def steady(self, matte: np.ndarray, luma: np.ndarray, timestamp_ns: int, steadiness: float) -> np.ndarray:
        """matte and luma [S, S] float32 in [0, 1] of one frame → the steadied matte, the same. `steadiness` in [0, 1]."""
        past = self._past
        if past is not None and steadiness > 0 and not _broken(past, matte, luma, timestamp_ns):
            weight = past_weight(matte, luma, past.matte, past.luma, steadiness)
            matte = matte + weight * (past.matte - matte)
        self._past = _Past(matte, luma, timestamp_ns)
        return matte


def past_weight(
    matte: np.ndarray, luma: np.ndarray, past_matte: np.ndarray, past_luma: np.ndarray, steadiness: float
) -> np.ndarray:
    """How much the past counts at each pixel, in [0, LONGEST_MEMORY·steadiness]. All [S, S] float32."""
    change = cv2.absdiff(cv2.blur(luma, (3, 3)), cv2.blur(past_luma, (3, 3)))
    change = cv2.dilate(change, np.ones((5, 5), np.uint8))  # what moved also changes what lies beside it
    still = np.clip((PICTURE_MOVED - change) * (1 / (PICTURE_MOVED - PICTURE_NOISE)), 0, 1)
    disagreement = (matte - past_matte) * (1 / MATTE_AGREES)
    agreement = cv2.exp(-disagreement * disagreement)
    weight: np.ndarray = (LONGEST_MEMORY * steadiness) * cv2.max(still, agreement)
    return weight


def _broken(past: _Past, matte: np.ndarray, luma: np.ndarray, timestamp_ns: int) -> bool:
    """Whether what was seen before says nothing about now."""
    if past.matte.shape != matte.shape or not 0 <= timestamp_ns - past.timestamp_ns <= LONGEST_GAP_NS:
        return True
    difference = luma - past.luma
    brightness = float(cv2.mean(difference)[0])  # a lamp switched on is no cut
    return float(cv2.mean(cv2.absdiff(difference, np.full_like(difference, brightness)))[0]) > SCENE_CUT
