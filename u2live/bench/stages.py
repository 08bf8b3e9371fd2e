"""How long each stage takes for one frame of the demo, one after the other in one thread."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from u2live.capture.demo import DemoSource
from u2live.compose.backgrounds import open_background
from u2live.compose.compositor import make_compositor
from u2live.matting.ladder import open_engine
from u2live.matting.matter import Matter
from u2live.model.weights import Weights
from u2live.settings import BackgroundSettings, MatteSettings
from u2live.types import Frame, Size

BACKGROUNDS = ("color:#00b140", "blur:60", "transparent")
WARM_UP = 3


@dataclass(frozen=True, slots=True)
class StageTiming:
    """Milliseconds a stage takes for one frame, and its share of the time between two frames at 30 fps."""

    stage: str
    p50_ms: float
    p95_ms: float
    share: float


def time_stages(weights: Weights, engine: str, size: Size, rounds: int) -> list[StageTiming]:
    """The demo's drawing, the network, everything else that makes the matte, and compositing before each background."""
    demo = DemoSource(size)
    frames = [Frame(index, index * 33_333_333, demo.render(index)[0]) for index in range(WARM_UP + rounds)]
    timings = [_timing("drawing the demo", [_timed(lambda n=n: demo.render(n)) for n in range(rounds)])]

    opened = open_engine(engine, weights, notify=lambda _notice: None)
    matter = Matter(opened)
    settings = MatteSettings()
    try:
        network = [_timed(lambda f=f: _wait(opened.infer(f.pixels))) for f in frames]
        whole, matted = [], []
        for frame in frames:
            start = time.perf_counter()
            matted.append(matter.matte(frame, settings))
            _wait(matted[-1].alpha)
            whole.append((time.perf_counter() - start) * 1e3)
        timings.append(_timing("network", network[WARM_UP:]))
        rest = max(0.0, float(np.median(whole[WARM_UP:])) - timings[-1].p50_ms)
        timings.append(StageTiming("smoothing, refinement, colours", round(rest, 2), 0.0, round(rest / (1e3 / 30), 3)))
        timings.append(_timing("matte in all", whole[WARM_UP:]))
        for choice in BACKGROUNDS:
            background = open_background(BackgroundSettings(choice), size)
            compositor = make_compositor("auto")
            took = [_timed(lambda m=m: compositor.compose(m, background, settings)) for m in matted]  # noqa: B023
            timings.append(_timing(f"compositing: {choice.partition(':')[0]}", took[WARM_UP:]))
            background.close()
    finally:
        matter.close()
    return timings


def _timed(call: object) -> float:
    start = time.perf_counter()
    call()  # type: ignore[operator]
    return (time.perf_counter() - start) * 1e3


def _wait(array: object) -> None:
    """Until the device has really finished."""
    if not isinstance(array, np.ndarray):
        array.cpu()  # type: ignore[attr-defined]


def _timing(stage: str, durations_ms: list[float]) -> StageTiming:
    p50, p95 = (float(value) for value in np.percentile(durations_ms, (50, 95)))
    return StageTiming(stage, round(p50, 2), round(p95, 2), round(p50 / (1e3 / 30), 3))
