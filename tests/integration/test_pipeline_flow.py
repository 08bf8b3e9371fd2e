"""What goes through the pipeline: which frames, in which order, with which matte, to whom."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from tests.integration.numbered import (
    SIZE,
    Collector,
    Numbered,
    NumberMatter,
    carries_its_own_matte,
    until,
)
from u2live.capture.source import SourceInfo
from u2live.pipeline.events import State
from u2live.pipeline.pipeline import Pipeline
from u2live.sinks.sink import Delivery


def test_a_file_gives_exactly_its_frames_each_with_its_own_matte(make: Callable[..., Pipeline]) -> None:
    sink = Collector(slow_s=0.001)
    pipeline = make(source=Numbered(120, live=False), sinks=[sink])
    pipeline.start()
    assert pipeline.wait(30)
    assert pipeline.state is State.STOPPED
    assert pipeline.error is None
    assert [composite.index for composite in sink.composites] == list(range(120))
    assert [composite.timestamp_ns for composite in sink.composites] == [n * 33_000_000 for n in range(120)]
    assert all(map(carries_its_own_matte, sink.composites))
    assert sink.opened == (SIZE, Fraction(30))
    assert sink.closed == 1
    metrics = pipeline.metrics.snapshot()
    assert (metrics.frames_in, metrics.dropped, metrics.keyframes) == (120, 0, 120)
    assert metrics.sinks["collector"].written == 120


def test_a_live_source_drops_at_the_door_only_and_counts_it(make: Callable[..., Pipeline]) -> None:
    sink = Collector()
    pipeline = make(matter=NumberMatter(delay_s=0.02), source=Numbered(None, live=True), sinks=[sink])
    pipeline.start()
    until(lambda: len(sink.composites) > 20, "twenty composites")
    pipeline.stop()
    metrics = pipeline.metrics.snapshot()
    assert metrics.dropped > 20
    real = [composite for composite in sink.composites if composite.index > 0]
    assert all(map(carries_its_own_matte, real))
    assert metrics.frames_in == metrics.dropped + metrics.keyframes
    indices = [composite.index for composite in real]
    assert indices == sorted(set(indices))


def test_duration_ends_the_stream_by_the_frames_own_clock(make: Callable[..., Pipeline]) -> None:
    sink = Collector()
    pipeline = make(source=Numbered(None, live=False), sinks=[sink], duration_s=0.33)
    pipeline.start()
    assert pipeline.wait(10)
    assert len(sink.composites) == 10


def test_a_slow_sink_holds_up_neither_the_others_nor_the_pipeline(make: Callable[..., Pipeline]) -> None:
    slow, fast = Collector("slow", Delivery.LATEST, slow_s=0.2), Collector("fast")
    pipeline = make(source=Numbered(None, live=True), sinks=[slow, fast])
    pipeline.start()
    until(lambda: len(fast.composites) > 100, "a hundred composites", 20)
    pipeline.stop()
    assert len(slow.composites) < len(fast.composites) / 4
    assert pipeline.metrics.snapshot().sinks["fast"].dropped == 0


def test_a_recorder_that_falls_behind_a_live_source_drops_and_counts(make: Callable[..., Pipeline]) -> None:
    sink = Collector(slow_s=0.05)
    pipeline = make(source=Numbered(None, live=True), sinks=[sink])
    pipeline.start()
    until(
        lambda: (
            pipeline.metrics.snapshot().sinks.get("collector")
            and pipeline.metrics.snapshot().sinks["collector"].dropped > 10
        ),
        "drops",
        20,
    )
    pipeline.stop()
    count = pipeline.metrics.snapshot().sinks["collector"]
    assert count.written == len(sink.composites)


def test_a_window_plays_a_file_again_with_time_going_on(make: Callable[..., Pipeline]) -> None:
    sink = Collector()

    def make_source(_camera: Any, _notify: Any) -> Numbered:
        source = Numbered(20, live=False)
        opened = source.open

        def reopen() -> SourceInfo:
            source._index = 0
            return opened()

        source.open = reopen  # type: ignore[method-assign]
        return source

    pipeline = make(make_source=make_source, sinks=[sink], patient=True)
    pipeline.start()
    until(lambda: len(sink.composites) > 50, "three rounds")
    stamps = [composite.timestamp_ns for composite in sink.composites]
    assert stamps == sorted(set(stamps))


def test_the_preview_is_what_the_sinks_get(make: Callable[..., Pipeline]) -> None:
    sink = Collector()
    pipeline = make(source=Numbered(3, live=False), sinks=[sink])
    pipeline.start()
    assert pipeline.wait(10)
    preview = pipeline.preview.take(0)
    assert preview is not None
    assert preview.composite is sink.composites[-1]
    assert preview.matted is not None
    assert preview.matted.frame.index == preview.composite.index
