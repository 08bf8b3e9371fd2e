"""How a pipeline ends when something is out of order: too early, too late, or with a stage that hangs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.numbered import RED, Collector, Numbered, NumberMatter, until
from u2live.errors import SourceError
from u2live.pipeline.events import State
from u2live.pipeline.pipeline import Pipeline
from u2live.settings import with_value
from u2live.sinks.sink import Delivery


def test_stopped_before_it_began_it_never_begins(make: Callable[..., Pipeline]) -> None:
    source, sink = Numbered(None, live=True), Collector()
    pipeline = make(source=source, sinks=[sink])
    assert pipeline.stop(timeout_s=1)
    pipeline.start()
    assert pipeline.state is State.STOPPED
    assert source.opened == 0
    assert sink.opened is None


def test_a_sink_attached_after_the_end_is_closed(make: Callable[..., Pipeline]) -> None:
    """Between the last look at the sinks and the end nobody would ever tell it to close."""
    pipeline = make(source=Numbered(3, live=False))
    pipeline.start()
    assert pipeline.wait(10)
    late = Collector("late")
    pipeline.attach(late)
    until(lambda: late.closed, "the sink is closed")
    until(lambda: not pipeline.sink_names(), "and forgotten")


def test_sinks_that_are_attached_while_it_stops_are_closed_one_and_all(make: Callable[..., Pipeline]) -> None:
    pipeline = make(source=Numbered(None, live=True))
    pipeline.start()
    until(lambda: pipeline.metrics.snapshot().frames_out > 3, "pictures")
    sinks = [Collector(f"late {number}") for number in range(200)]
    stopper = threading.Thread(target=pipeline.stop)
    stopper.start()
    for sink in sinks:
        pipeline.attach(sink)
        time.sleep(0.001)
    stopper.join(10)
    until(lambda: all(sink.closed == 1 for sink in sinks), "every sink is closed")


def test_a_network_that_hangs_does_not_keep_a_recording_open(
    make: Callable[..., Pipeline], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("u2live.pipeline.pipeline._STAGE_GRACE_S", 0.2)
    hangs, released = threading.Event(), threading.Event()

    class Hanging(NumberMatter):
        def matte(self, frame: Any, settings: Any) -> Any:
            if frame.index > 20:
                hangs.set()
                released.wait(20)
            return super().matte(frame, settings)

    recording, matter = Collector("recording"), Hanging()
    pipeline = make(source=Numbered(None, live=True), matter=matter, sinks=[recording])
    pipeline.start()
    assert hangs.wait(10)
    assert pipeline.stop(timeout_s=5)
    assert recording.closed == 1
    assert any("does not answer" in notice.message for notice in pipeline.notices.recent())
    released.set()
    until(lambda: matter.closed, "the network is released once it answers")


@pytest.mark.parametrize("alone", [True, False])
def test_stopping_waits_for_a_load_only_where_somebody_else_wants_it(
    make: Callable[..., Pipeline], monkeypatch: pytest.MonkeyPatch, alone: bool
) -> None:
    begun, finished, matter = threading.Event(), threading.Event(), NumberMatter()

    def load(_settings: Any, _notify: Any) -> NumberMatter:
        begun.set()
        finished.wait(20)
        return matter

    if alone:
        monkeypatch.setattr("u2live.pipeline.pipeline.load_live_matter", load)
    camera, recording = Collector("camera", Delivery.LATEST), Collector("recording")
    pipeline = make(source=Numbered(None, live=True), load_matter=load, sinks=[camera, recording])
    pipeline.start()
    assert begun.wait(10)
    until(lambda: camera.composites, "a placeholder")
    assert pipeline.stop(timeout_s=1) is alone
    assert camera.closed == recording.closed == int(alone)
    finished.set()
    assert pipeline.wait(10)
    until(lambda: matter.closed, "what was loaded in vain is released")
    assert camera.closed == recording.closed == 1


@pytest.mark.parametrize("in_time", [True, False])
def test_a_network_loaded_beside_the_running_one_is_released_too(make: Callable[..., Pipeline], in_time: bool) -> None:
    """Whether it is there, but no frame came that would have taken it over, or still loading when the pipeline has ended."""
    begun, finished = threading.Event(), threading.Event()
    matters: list[NumberMatter] = []

    class Held(Numbered):
        def read(self) -> Any:
            if begun.is_set():  # no further frame
                gone.wait(20)
                return None
            return super().read()

    def load(_settings: Any, _notify: Any) -> NumberMatter:
        if matters:
            begun.set()
            finished.wait(20)
        matters.append(NumberMatter())
        return matters[-1]

    gone = threading.Event()
    pipeline = make(source=Held(None, live=True), load_matter=load)
    pipeline.start()
    until(lambda: pipeline.metrics.snapshot().frames_out > 3, "pictures")
    pipeline.apply(with_value(RED, "model.weights", "u2netp"))
    assert begun.wait(10)
    if in_time:
        finished.set()
        until(lambda: len(matters) == 2, "it is loaded")
    gone.set()
    assert pipeline.wait(10)
    finished.set()
    until(lambda: len(matters) == 2, "it is loaded")
    until(lambda: all(matter.closed for matter in matters), "both are released")


def test_the_first_failure_is_the_one_that_is_told(make: Callable[..., Pipeline]) -> None:
    source = Numbered(None, live=False, lose_at=5)
    sink = Collector()
    sink.fail_at = 1000
    pipeline = make(source=source, sinks=[sink])
    pipeline.start()
    assert pipeline.wait(10)
    pipeline._fail(RuntimeError("a consequence"))
    assert isinstance(pipeline.error, SourceError)
