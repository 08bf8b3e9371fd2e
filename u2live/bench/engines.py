"""How long each engine takes for one picture, beside a baseline measured in the same process."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

import numpy as np

from u2live.errors import EngineError
from u2live.matting.engine import Engine
from u2live.model.weights import Weights

ENGINES = ("cuda", "openvino", "torch")
WARM_UP = 3


@dataclass(frozen=True, slots=True)
class EngineTiming:
    """Milliseconds for one picture, upload and preprocessing included; `error` says why there are none.

    `ratio` is the median over that of the same network in torch fp32 on the CPU: machines differ, ratios less.
    """

    engine: str
    device: str
    precision: str
    input_size: int
    p50_ms: float
    p95_ms: float
    ratio: float
    load_s: float
    error: str = ""


def time_engines(weights: Weights, pictures: list[np.ndarray], rounds: int) -> list[EngineTiming]:
    """Every engine of the ladder over `pictures` (H×W×3 uint8 BGR), `rounds` inferences each."""
    baseline_ms = _baseline(weights, pictures, rounds)
    return [_time_engine(name, weights, pictures, rounds, baseline_ms) for name in ENGINES]


def _baseline(weights: Weights, pictures: list[np.ndarray], rounds: int) -> float:
    from u2live.matting.torch_engine import TorchEngine

    engine = TorchEngine(weights, 0, device="cpu", reason="the baseline")
    try:
        return statistics.median(_durations_ms(engine, pictures, rounds))
    finally:
        engine.close()


def _time_engine(name: str, weights: Weights, pictures: list[np.ndarray], rounds: int, baseline_ms: float) -> EngineTiming:
    from u2live.matting.ladder import open_engine

    started = time.perf_counter()
    try:
        engine = open_engine(name, weights, notify=lambda _notice: None)
    except EngineError as error:
        return EngineTiming(name, "", "", weights.input_size, 0.0, 0.0, 0.0, 0.0, str(error))
    try:
        engine.infer(pictures[0])
        load_s = time.perf_counter() - started
        durations = _durations_ms(engine, pictures, rounds)
        info = engine.info
    finally:
        engine.close()
    p50, p95 = np.percentile(durations, (50, 95))
    return EngineTiming(
        info.name,
        info.device,
        info.precision,
        info.input_size,
        round(float(p50), 2),
        round(float(p95), 2),
        round(float(p50) / baseline_ms, 3),
        round(load_s, 2),
    )


def _durations_ms(engine: Engine, pictures: list[np.ndarray], rounds: int) -> list[float]:
    durations = []
    for number in range(WARM_UP + rounds):
        start = time.perf_counter()
        np.asarray(_on_host(engine.infer(pictures[number % len(pictures)])))
        durations.append((time.perf_counter() - start) * 1e3)
    return durations[WARM_UP:]


def _on_host(saliency: object) -> object:
    """The map on the CPU, so that the device has really finished."""
    return saliency if isinstance(saliency, np.ndarray) else saliency.cpu()  # type: ignore[attr-defined]
