"""Frame → MattedFrame: the network, smoothing over time, refinement, foreground colours, in this order."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from u2live.matting.array_ops import BLUE, GREEN, RED, ArrayOps, Stack, ops_for
from u2live.matting.engine import Engine, EngineInfo
from u2live.matting.foreground import estimate_foreground
from u2live.matting.islands import Islands
from u2live.matting.pace import Pace
from u2live.matting.patches import patches_of
from u2live.matting.refine import SURELY_OUT, bounds_of, extremes, feather, margin_for, move_edge, refine, working_factor
from u2live.matting.region import region_of
from u2live.matting.stillness import Stillness
from u2live.matting.temporal import Smoother
from u2live.settings import MatteSettings
from u2live.types import Array, Frame, MattedFrame


class Matter:
    """Mattes one stream of frames on one engine, which it owns. One thread uses it.

    Everything happens where the engine leaves its map: in NumPy, or in torch on the engine's device. With a
    `keyframe_interval` above 1 the network runs on every so many frames and the mattes between are propagated; on more of
    them while a live picture would lose frames otherwise (see Pace). With a `stillness` it rests while nothing moves.
    """

    def __init__(self, engine: Engine, *, keyframe_interval: int = 1, stillness: Stillness | None = None) -> None:
        self._engine = engine
        self._stillness = stillness
        self._pace = Pace(keyframe_interval)
        self._smoother = Smoother()
        self._islands = Islands()
        self._since_keyframe = 0
        self._place: Stack | None = None  # the last map: where arrays lie on this engine, and how large maps are

    @property
    def engine(self) -> Engine:
        """What runs the network, still owned by this matter: for whoever mattes with look-ahead instead."""
        return self._engine

    @property
    def info(self) -> EngineInfo:
        """Which engine runs now; it changes when one failed and the next took over."""
        return self._engine.info

    def matte(self, frame: Frame, settings: MatteSettings) -> MattedFrame:
        """The matte of this very frame. Raises EngineError when no engine works any more."""
        began_s = time.perf_counter()
        matted = self._matted(frame, settings)
        self._pace.took(frame.index, frame.timestamp_ns, matted.keyframe, time.perf_counter() - began_s)
        return matted

    def _matted(self, frame: Frame, settings: MatteSettings) -> MattedFrame:
        self._since_keyframe += 1
        if self._place is not None and (self._since_keyframe < self._pace.interval or self._may_rest):
            matted = self._without_network(frame, settings, self._place)
            if matted is not None:
                return matted
        self._since_keyframe = 0
        saliency = self._engine.infer(frame.pixels)
        self._place = saliency
        ops = ops_for(saliency)
        saliency = ops.finite(saliency)  # a failing device must neither show the room nor stay in the smoothed past
        uploaded = self._engine.picture
        pixels = frame.pixels if uploaded is None else uploaded
        picture, luma = small_views(ops, pixels, len(saliency))
        steady = self._smoother.steady(ops, saliency[None], luma, frame.timestamp_ns, settings.steadiness)
        if self._stillness is not None:
            self._stillness.keyframe(ops, steady, luma, frame.timestamp_ns)
        steady = self._islands.cleared(ops, steady, luma, frame.timestamp_ns)
        return MattedFrame(frame, *finish(ops, steady, picture, pixels, settings))

    @property
    def _may_rest(self) -> bool:
        return self._stillness is not None and self._stillness.settled

    def _without_network(self, frame: Frame, settings: MatteSettings, place: Stack) -> MattedFrame | None:
        """The last keyframe's matte where nothing moved, or one carried along the motion; None where the network is due."""
        ops = ops_for(place)
        pixels = ops.from_host(np.ascontiguousarray(frame.pixels), place)
        picture, luma = small_views(ops, pixels, len(place))
        matte = None if self._stillness is None else self._stillness.held(ops, luma, frame.timestamp_ns)
        if matte is not None:
            self._smoother.hold(matte, luma, frame.timestamp_ns)
        elif self._since_keyframe < self._pace.interval:
            matte = self._smoother.propagate(ops, luma, frame.timestamp_ns)
        if matte is None:
            return None
        matte = self._islands.cleared(ops, matte, luma, frame.timestamp_ns)
        return MattedFrame(frame, *finish(ops, matte, picture, pixels, settings), keyframe=False)

    def reset(self) -> None:
        """Forget the frames before: the next one comes from somewhere else."""
        self._smoother.reset()
        self._islands.reset()
        self._pace.reset()
        if self._stillness is not None:
            self._stillness.reset()

    def close(self) -> None:
        """Release the engine. Harmless when called twice."""
        self._engine.close()


def small_views(ops: ArrayOps, pixels: Any, size: int) -> tuple[Stack, Stack]:
    """pixels H×W×3 uint8 → its working picture [3, h, w], and its luma where a map of `size` lies, [1, size, size]."""
    picture = ops.shrink(pixels, working_factor(*pixels.shape[:2]))
    b, g, r = picture
    return picture, ops.resize((BLUE * b + GREEN * g + RED * r)[None], size, size)


def finish(ops: ArrayOps, matte: Stack, picture: Stack, pixels: Any, settings: MatteSettings) -> tuple[Array, Array]:
    """matte [1, S, S], working picture [3, h, w], pixels H×W×3 uint8 → alpha H×W and foreground H×W×3, as in MattedFrame."""
    height, width = pixels.shape[:2]
    matte = ops.resize(matte, *picture.shape[1:])
    region = region_of(ops, matte, height, width, SURELY_OUT, margin_for(picture.shape[1], settings))
    near = (slice(None), *region.working)
    matte, picture = matte[near], picture[near]
    bounds = bounds_of(ops, matte)
    patches = patches_of(ops, pixels, *bounds, region)
    planes = patches.planes()
    alpha = refine(ops, matte, picture, bounds, patches, planes, settings.detail)
    part = (slice(None), *region.frame)
    if settings.grow or settings.softness:
        moved = move_edge(ops, alpha[part], settings.grow / 1000 * height)
        alpha[part] = feather(ops, moved, settings.softness / 1000 * height)
        # The edge lies somewhere else now.
        patches = patches_of(ops, pixels, *extremes(ops, alpha[part], *matte.shape[1:]), region)
        planes = patches.planes()
    small = ops.resize(alpha[part], *matte.shape[1:])
    return alpha[0], estimate_foreground(ops, picture, patches, planes, alpha, small, settings.spill)
