"""The pipeline fails closed: what is missing, lost or broken is told, and nothing raw leaves."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from tests.integration.numbered import (
    RED,
    Collector,
    Numbered,
    NumberMatter,
    carries_its_own_matte,
    shows_the_room,
    until,
)
from u2live.errors import EngineError, SinkError, SourceError, UsageError
from u2live.pipeline.events import State
from u2live.pipeline.pipeline import Pipeline
from u2live.settings import with_value
from u2live.sinks.sink import Delivery
from u2live.types import Level, Notice


def test_until_a_matte_exists_outputs_carry_the_placeholder(make: Callable[..., Pipeline]) -> None:
    """And a recording does not begin before the first real picture."""
    loaded = threading.Event()
    live, recording = Collector("camera", Delivery.LATEST), Collector("recording")

    def load(_model: Any, _notify: Any) -> NumberMatter:
        loaded.wait(10)
        return NumberMatter()

    pipeline = make(load_matter=load, source=Numbered(None, live=True), sinks=[live, recording])
    pipeline.start()
    until(lambda: live.composites, "a placeholder")
    time.sleep(0.1)
    assert not any(map(shows_the_room, live.composites))
    assert not recording.composites
    loaded.set()
    until(lambda: len(recording.composites) > 3, "composites")
    assert all(map(carries_its_own_matte, recording.composites))


def test_a_lost_camera_shows_the_placeholder_and_comes_back(make: Callable[..., Pipeline]) -> None:
    notices: list[Notice] = []
    source, matter, sink = Numbered(None, live=True, lose_at=20), NumberMatter(), Collector()
    pipeline = make(matter=matter, source=source, sinks=[sink], notify=notices.append)
    pipeline.start()
    until(lambda: pipeline.state is State.WAITING, "waiting for the camera")
    until(lambda: any(not carries_its_own_matte(composite) for composite in sink.composites), "a placeholder")
    assert "unplugged" in notices[-1].message or "plug" in notices[-1].message
    assert matter.resets > 0, "what was smoothed before the gap must not reach across it"
    before = len(sink.composites)
    source.absent = False
    until(lambda: pipeline.state is State.RUNNING, "the camera is back")
    until(lambda: len(sink.composites) > before + 5, "pictures again")
    assert any("back" in notice.message for notice in notices)
    assert not any(map(shows_the_room, sink.composites))


def test_a_missing_camera_ends_a_command_but_not_a_window(make: Callable[..., Pipeline]) -> None:
    source = Numbered(None, live=True)
    source.absent = True
    command = make(source=source)
    command.start()
    assert command.wait(10)
    assert command.state is State.FAILED
    assert isinstance(command.error, SourceError)

    window = make(source=source, patient=True)
    window.start()
    until(lambda: window.state is State.WAITING, "the window waits")
    source.absent = False
    until(lambda: window.state is State.RUNNING, "the window goes on")


def test_a_source_that_means_nothing_waits_for_another(make: Callable[..., Pipeline]) -> None:
    def make_source(camera: Any, _notify: Any) -> Numbered:
        if camera.source == "nonsense":
            raise UsageError("there is no source nonsense: choose a camera, a file, or demo")
        return Numbered(None, live=True)

    window = make(with_value(RED, "camera.source", "nonsense"), make_source=make_source, patient=True)
    window.start()
    until(lambda: window.state is State.WAITING, "the window waits")
    window.apply(with_value(RED, "camera.source", "demo"))
    until(lambda: window.state is State.RUNNING, "the other source runs")


def test_a_failing_stage_ends_everything_with_its_own_error(make: Callable[..., Pipeline]) -> None:
    source, sink = Numbered(None, live=True), Collector()
    matter = NumberMatter(fail_at=7)
    pipeline = make(matter=matter, source=source, sinks=[sink])
    pipeline.start()
    assert pipeline.wait(10)
    assert pipeline.state is State.FAILED
    assert isinstance(pipeline.error, EngineError)
    assert "matte" in [frame.name for frame in _traceback(pipeline.error)]
    assert sink.closed == 1
    assert source.closed >= 1
    assert matter.closed
    assert not any(map(shows_the_room, sink.composites))


def _traceback(error: BaseException) -> Any:
    import traceback

    return traceback.extract_tb(error.__traceback__)


def test_a_failing_sink_is_detached_and_the_rest_goes_on(make: Callable[..., Pipeline]) -> None:
    broken, good, notices = Collector("broken"), Collector("good"), list[Notice]()
    broken.fail_at = 5
    pipeline = make(source=Numbered(None, live=True), sinks=[broken, good], notify=notices.append)
    pipeline.start()
    until(lambda: pipeline.sink_errors, "the broken sink is detached")
    count = len(good.composites)
    until(lambda: len(good.composites) > count + 10, "the good sink goes on")
    assert pipeline.sink_names() == ("good",)
    assert broken.closed == 1
    assert [(n.level, n.topic) for n in notices] == [(Level.ERROR, "sink:broken")]


def test_what_a_sink_failed_of_is_told_not_what_failed_when_it_was_closed(make: Callable[..., Pipeline]) -> None:
    broken, notices = Collector("broken"), list[Notice]()
    broken.fail_at = 5

    def close() -> None:
        raise SinkError("it cannot be closed either")

    broken.close = close  # type: ignore[method-assign]
    pipeline = make(source=Numbered(None, live=True), sinks=[broken], notify=notices.append)
    pipeline.start()
    until(lambda: pipeline.sink_errors, "the broken sink is detached")
    ((name, error),) = pipeline.sink_errors
    assert (name, str(error)) == ("broken", "the disk is full: make room")
    assert [notice.topic for notice in notices] == ["sink:broken"]


def test_a_file_whose_sink_fails_ends_with_that_error(make: Callable[..., Pipeline]) -> None:
    sink = Collector()
    sink.fail_at = 5
    pipeline = make(source=Numbered(10_000, live=False), sinks=[sink])
    pipeline.start()
    assert pipeline.wait(10)
    assert isinstance(pipeline.error, SinkError)


def test_a_hanging_camera_does_not_hang_the_program(make: Callable[..., Pipeline]) -> None:
    source = Numbered(None, live=True)
    released = threading.Event()
    source.read = lambda: (released.wait(30), None)[1]  # type: ignore[method-assign]
    pipeline = make(source=source)
    pipeline.start()
    time.sleep(0.1)
    started = time.monotonic()
    assert pipeline.stop(10)
    assert time.monotonic() - started < 6
    assert any("does not answer" in notice.message for notice in pipeline.notices.recent())
    released.set()


def test_a_wrong_background_ends_a_command_and_a_window_shows_a_blur(make: Callable[..., Pipeline]) -> None:
    wrong = with_value(RED, "background.choice", "plaid")
    command = make(wrong, source=Numbered(None, live=True))
    command.start()
    assert command.wait(10)
    assert isinstance(command.error, UsageError)
    sink = Collector()
    window = make(wrong, source=Numbered(None, live=True), sinks=[sink], patient=True)
    window.start()
    until(lambda: len(sink.composites) > 3, "composites")
    assert any("plaid" in notice.message for notice in window.notices.recent())


def test_stopping_at_any_moment_ends_in_time(make: Callable[..., Pipeline]) -> None:
    for delay in (0.0, 0.001, 0.01, 0.05):
        sink = Collector()
        pipeline = make(matter=NumberMatter(0.01), source=Numbered(None, live=delay > 0), sinks=[sink])
        pipeline.start()
        time.sleep(delay)
        assert pipeline.stop(10)
        assert pipeline.state is State.STOPPED
        assert sink.closed == 1
