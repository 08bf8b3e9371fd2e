"""Honest numbers: what came in, what went out, what was lost, and how long each stage took."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

RECENT = 300
"""How many of the newest durations a percentile is taken over: ten seconds at 30 fps."""
_RATE_WINDOW_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Latency:
    """Percentiles of the newest durations, in milliseconds."""

    p50_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class SinkCount:
    """What one sink took and what it was too slow for."""

    written: int
    dropped: int


@dataclass(frozen=True, slots=True)
class Metrics:
    """One reading. Rates are over the last two seconds, in pictures a second; `delay` is from capture to composite."""

    frames_in: int
    frames_out: int
    dropped: int
    keyframes: int
    rate_in: float
    rate_out: float
    delay: Latency
    stages: dict[str, Latency] = field(default_factory=dict)
    sinks: dict[str, SinkCount] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


class MetricsCollector:
    """Collects from all stages; every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = {"frames_in": 0, "frames_out": 0, "dropped": 0, "keyframes": 0}
        self._durations_ns: dict[str, deque[int]] = {}
        self._arrivals_ns: dict[str, deque[int]] = {"frames_in": deque(maxlen=600), "frames_out": deque(maxlen=600)}
        self._sinks: dict[str, SinkCount] = {}

    def count(self, name: str, by: int = 1) -> None:
        """Add to `frames_in`, `frames_out`, `dropped` or `keyframes`."""
        with self._lock:
            self._counts[name] += by
            if name in self._arrivals_ns:
                self._arrivals_ns[name].append(time.monotonic_ns())

    def took(self, stage: str, duration_ns: int) -> None:
        with self._lock:
            self._durations_ns.setdefault(stage, deque(maxlen=RECENT)).append(duration_ns)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        start = time.perf_counter_ns()
        yield
        self.took(stage, time.perf_counter_ns() - start)

    def set_sink(self, name: str, count: SinkCount) -> None:
        with self._lock:
            self._sinks[name] = count

    def snapshot(self) -> Metrics:
        now = time.monotonic_ns()
        with self._lock:
            latencies = {stage: _latency(durations) for stage, durations in self._durations_ns.items()}
            delay = latencies.pop("delay", Latency(0.0, 0.0))
            rates = {name: _rate(arrivals, now) for name, arrivals in self._arrivals_ns.items()}
            return Metrics(
                **self._counts,
                rate_in=rates["frames_in"],
                rate_out=rates["frames_out"],
                delay=delay,
                stages=latencies,
                sinks=dict(self._sinks),
            )


def _latency(durations_ns: deque[int]) -> Latency:
    p50, p95 = np.percentile(np.fromiter(durations_ns, dtype=np.float64), (50, 95)) / 1e6
    return Latency(round(float(p50), 2), round(float(p95), 2))


def _rate(arrivals_ns: deque[int], now_ns: int) -> float:
    """Pictures a second over the last two seconds, from the gaps between them; 0 when nothing comes any more."""
    recent = [arrival for arrival in arrivals_ns if now_ns - arrival <= _RATE_WINDOW_NS]
    if len(recent) < 2:
        return 0.0
    span = recent[-1] - recent[0]
    stalled = now_ns - recent[-1] > 2 * span / (len(recent) - 1) and now_ns - recent[-1] > _RATE_WINDOW_NS // 4
    if stalled:
        span = now_ns - recent[0]
    return round((len(recent) - 1) / span * 1e9, 2) if span else 0.0
