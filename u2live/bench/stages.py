"""How long each stage takes for one frame of the demo, one after the other in one thread, and what that means live."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np

from u2live.capture.demo import DemoSource
from u2live.compose.compositor import make_compositor
from u2live.compose.factory import open_background
from u2live.matting.engine import Engine, EngineAround
from u2live.matting.matter import Matter
from u2live.matting.pace import MOST
from u2live.pipeline.fitting import interval_for
from u2live.settings import BackgroundSettings, MatteSettings
from u2live.types import Array, Frame, MattedFrame, Size

T = TypeVar("T")

BACKGROUNDS = ("color:#00b140", "blur:60", "transparent")
RATE = 30.0
WARM_UP = 3
NETWORK, AFTER, PROPAGATED = "network", "smoothing, refinement, colours", "matte propagated, no network"


@dataclass(frozen=True, slots=True)
class StageTiming:
    """Milliseconds a stage takes for one frame, its share of the time between two frames at 30 fps, and the processor's
    time of all threads: that is what warms the laptop.
    """

    stage: str
    p50_ms: float
    p95_ms: float
    share: float
    cpu_ms: float


@dataclass(frozen=True, slots=True)
class LiveEstimate:
    """What a live picture with a blurred background asks of this machine, from the stages' medians.

    The network runs on one frame in `keyframe_interval` (0: it is too slow even so, and `auto` takes the faster network);
    `cpu_ms` is processor time a frame without drawing or capturing, `cores` the processors this keeps busy at `rate` fps.
    """

    rate: float
    keyframe_interval: int
    cpu_ms: float
    cores: float


@dataclass(frozen=True, slots=True)
class _Took:
    """Wall time and processor time of one call, in seconds."""

    wall_s: float
    cpu_s: float


def time_stages(engine: Engine, size: Size, rounds: int) -> tuple[list[StageTiming], LiveEstimate]:
    """The demo's drawing, the network on `engine`, which is closed in the end, everything else that makes the matte, and
    compositing before each background.
    """
    demo = DemoSource(size)
    frames = [Frame(index, index * 33_333_333, demo.render(index)[0]) for index in range(WARM_UP + rounds)]
    timings = [_timing("drawing the demo", [_taken(partial(demo.render, index))[0] for index in range(rounds)])]
    settings = MatteSettings()
    timed = _TimedEngine(engine)
    matter = Matter(timed)
    try:
        whole, matted = _matte_all(matter, frames, settings)
        network = timed.took[-len(whole) :]
        after = [_Took(a.wall_s - n.wall_s, a.cpu_s - n.cpu_s) for a, n in zip(whole, network, strict=True)]
        timings += [_timing(NETWORK, network[WARM_UP:]), _timing(AFTER, after[WARM_UP:])]
        timings.append(_timing("matte in all", whole[WARM_UP:]))
        between, moved = _matte_all(Matter(timed, keyframe_interval=len(frames) + 1), frames, settings)
        propagated = [took for took, frame in zip(between, moved, strict=True) if not frame.keyframe]
        timings.append(_timing(PROPAGATED, propagated or between))
        for choice in BACKGROUNDS:
            background = open_background(BackgroundSettings(choice), size)
            compositor = make_compositor("auto")
            took = [_taken(partial(compositor.compose, frame, background, settings))[0] for frame in matted]
            timings.append(_timing(f"compositing: {choice.partition(':')[0]}", took[WARM_UP:]))
            background.close()
    finally:
        matter.close()
    return timings, live_estimate({timing.stage: timing for timing in timings})


def live_estimate(stages: dict[str, StageTiming], rate: float = RATE) -> LiveEstimate:
    """What the stages' medians mean at `rate` frames a second; the interval is chosen as `load_live_matter` does."""
    interval = interval_for(stages[NETWORK].p50_ms, rate)
    matte_ms = stages["matte in all"].cpu_ms + (interval - 1) * stages[PROPAGATED].cpu_ms
    cpu_ms = matte_ms / interval + stages["compositing: blur"].cpu_ms
    return LiveEstimate(rate, interval if interval <= MOST else 0, round(cpu_ms, 1), round(cpu_ms * rate / 1e3, 2))


class _TimedEngine(EngineAround):
    """An engine that remembers how long each picture took, until the device had really finished."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.took: list[_Took] = []

    def infer(self, pixels: np.ndarray) -> Array:
        took, saliency = _taken(lambda: self._engine.infer(pixels))
        self.took.append(took)
        return saliency


def _matte_all(matter: Matter, frames: list[Frame], settings: MatteSettings) -> tuple[list[_Took], list[MattedFrame]]:
    took, matted = [], []
    for frame in frames:
        one, result = _taken(partial(matter.matte, frame, settings))
        took.append(one)
        matted.append(result)
    return took, matted


def _taken(call: Callable[[], T]) -> tuple[_Took, T]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = call()
    _wait(result)
    return _Took(time.perf_counter() - wall, time.process_time() - cpu), result


def _wait(result: object) -> None:
    """Until the device has really finished."""
    array = result.alpha if isinstance(result, MattedFrame) else result
    if hasattr(array, "cpu"):
        array.cpu()


def _timing(stage: str, took: list[_Took]) -> StageTiming:
    p50, p95 = (float(value) * 1e3 for value in np.percentile([one.wall_s for one in took], (50, 95)))
    cpu_ms = float(np.median([one.cpu_s for one in took])) * 1e3
    return StageTiming(stage, round(p50, 2), round(p95, 2), round(p50 / (1e3 / RATE), 3), round(cpu_ms, 2))
