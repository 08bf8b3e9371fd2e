"""Auto-framing: a crop that follows the person's matte like a calm camera operator.

The crop moves only once the person has left a dead zone about where it last settled, then eases there as a critically damped
spring (Lowe, "Critically Damped Ease-In/Ease-Out Smoothing", Game Programming Gems 4, 2004). With nobody in the picture it
stays where it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from u2live.settings import FramingSettings

HEADROOM = 0.1
"""Empty space above the head, as a share of the crop's height."""
_NOBODY = 0.004
_STEP = 8
_DEAD_MOVE = 0.06
_DEAD_ZOOM = 0.08
_SLOWEST_S, _QUICKEST_S = 1.8, 0.35


@dataclass(frozen=True, slots=True)
class Crop:
    """The part of the picture that is shown, of the picture's own shape: its centre and its size as shares, 0 … 1."""

    x: float = 0.5
    y: float = 0.5
    size: float = 1.0

    def within(self) -> Crop:
        """Moved so that it lies inside the picture."""
        half = self.size / 2
        return replace(self, x=min(1 - half, max(half, self.x)), y=min(1 - half, max(half, self.y)))


WHOLE = Crop()


def wanted_crop(alpha: np.ndarray, settings: FramingSettings) -> Crop | None:
    """The crop that frames the person of a matte H×W in [0, 1]; None when nobody is there."""
    small = alpha[::_STEP, ::_STEP] > 0.5
    rows, columns = np.flatnonzero(small.any(axis=1)), np.flatnonzero(small.any(axis=0))
    if small.mean() < _NOBODY or not len(rows) or not len(columns):
        return None
    height, width = small.shape
    mass = np.cumsum(small.sum(axis=1))
    # A hand held up or a stray speck is little mass: the head begins where the first hundredth of it is passed.
    top = int(np.searchsorted(mass, 0.01 * mass[-1]))
    bottom = int(np.searchsorted(mass, 0.995 * mass[-1])) + 1
    upper = small[top : top + max(1, round(0.45 * (bottom - top)))]
    across = upper.sum(axis=0)
    middle = float((across * (np.arange(width) + 0.5)).sum() / max(1, across.sum())) / width
    tall = (bottom - top) / height
    size = min(1.0, max(1 / settings.zoom_limit, tall / settings.fill))
    return Crop(middle, top / height - HEADROOM * size + size / 2, size).within()


class Framer:
    """Follows one person over time. `reset` after a cut."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._now = WHOLE
        self._target = WHOLE
        self._speed = (0.0, 0.0, 0.0)
        self._at_ns: int | None = None

    def follow(self, alpha: np.ndarray, timestamp_ns: int, settings: FramingSettings) -> Crop:
        """The crop for a frame with this matte at this time."""
        wanted = wanted_crop(alpha, settings) if settings.auto else WHOLE
        if wanted is not None and (_left(wanted, self._target) or not settings.auto):
            self._target = wanted
        elapsed = 0.0 if self._at_ns is None else (timestamp_ns - self._at_ns) / 1e9
        self._at_ns = timestamp_ns
        self._ease(min(0.1, max(0.0, elapsed)), _SLOWEST_S + (_QUICKEST_S - _SLOWEST_S) * settings.speed)
        return self._now.within()

    def _ease(self, elapsed_s: float, settle_s: float) -> None:
        """One step of the spring towards the target; the size goes in its logarithm, so that zooming looks even."""
        omega = 4 / settle_s
        decay = math.exp(-omega * elapsed_s)
        now = (self._now.x, self._now.y, math.log(self._now.size))
        target = (self._target.x, self._target.y, math.log(self._target.size))
        places, speeds = [], []
        for place, goal, speed in zip(now, target, self._speed, strict=True):
            offset = place - goal
            push = (speed + omega * offset) * elapsed_s
            places.append(goal + (offset + push) * decay)
            speeds.append((speed - omega * push) * decay)
        self._now = Crop(places[0], places[1], min(1.0, math.exp(places[2])))
        self._speed = (speeds[0], speeds[1], speeds[2])


def _left(wanted: Crop, settled: Crop) -> bool:
    """Whether the person left the dead zone: by a share of the crop, or by a factor of its size."""
    moved = max(abs(wanted.x - settled.x), abs(wanted.y - settled.y)) / settled.size
    return moved > _DEAD_MOVE or abs(math.log(wanted.size / settled.size)) > _DEAD_ZOOM
