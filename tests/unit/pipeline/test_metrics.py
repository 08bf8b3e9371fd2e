"""The numbers that are shown are the numbers that happened."""

from __future__ import annotations

import time

import pytest

from u2live.pipeline.metrics import RECENT, MetricsCollector, SinkCount


def test_an_empty_reading() -> None:
    reading = MetricsCollector().snapshot()
    assert (reading.frames_in, reading.frames_out, reading.dropped, reading.keyframes) == (0, 0, 0, 0)
    assert (reading.rate_in, reading.rate_out) == (0.0, 0.0)
    assert reading.stages == {}


def test_percentiles_are_over_the_newest_durations_only() -> None:
    collector = MetricsCollector()
    for _ in range(RECENT):
        collector.took("matte", 1_000_000_000)
    for milliseconds in range(1, RECENT + 1):
        collector.took("matte", milliseconds * 1_000_000)
    latency = collector.snapshot().stages["matte"]
    assert latency.p50_ms == pytest.approx((RECENT + 1) / 2)
    assert latency.p95_ms == pytest.approx(1 + 0.95 * (RECENT - 1), abs=0.01)


def test_the_delay_is_no_stage() -> None:
    collector = MetricsCollector()
    collector.took("delay", 40_000_000)
    reading = collector.snapshot()
    assert reading.delay.p50_ms == 40
    assert "delay" not in reading.stages


def test_a_rate_follows_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 10_000_000_000
    monkeypatch.setattr(time, "monotonic_ns", lambda: now)
    collector = MetricsCollector()
    for _ in range(100):
        now += 40_000_000
        collector.count("frames_out")
    assert collector.snapshot().rate_out == pytest.approx(25, abs=0.1)
    now += 1_500_000_000
    assert collector.snapshot().rate_out < 15, "a stalled stream slows down on the display"
    now += 1_000_000_000
    assert collector.snapshot().rate_out == 0


def test_counts_and_sinks() -> None:
    collector = MetricsCollector()
    collector.count("dropped", 3)
    collector.count("keyframes")
    collector.set_sink("recorder", SinkCount(7, 2))
    reading = collector.snapshot().as_dict()
    assert (reading["dropped"], reading["keyframes"]) == (3, 1)
    assert reading["sinks"] == {"recorder": {"written": 7, "dropped": 2}}
