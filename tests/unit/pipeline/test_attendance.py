"""Asleep while nobody looks: the decision with a clock of the test's, and what it does to a pipeline."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from u2live.pipeline.attendance import STEADY_S, Attendance, Vigil
from u2live.settings import Settings, with_value
from u2live.types import Notice

AFTER_S = 5.0


def looks(vigil: Vigil, *spans: tuple[float, bool]) -> list[bool]:
    """What the vigil says at the end of each (seconds, watched) span, looked at ten times a second."""
    now_s = getattr(looks, "now_s", 0.0)
    answers = []
    for seconds, watched in spans:
        for _ in range(round(seconds * 10)):
            now_s += 0.1
            vigil.look(now_s, watched, AFTER_S)
        answers.append(vigil.awake)
    looks.now_s = now_s  # type: ignore[attr-defined]
    return answers


def test_sleeps_only_after_some_seconds() -> None:
    assert looks(Vigil(), (1, True), (4.5, False), (1, False)) == [True, True, False]


def test_wakes_within_half_a_second() -> None:
    assert STEADY_S <= 0.3
    assert looks(Vigil(), (7, False), (0.4, True)) == [False, True]


def test_short_looks_do_not_wake() -> None:
    vigil = Vigil()
    looks(vigil, (7, False))
    for _ in range(20):
        assert looks(vigil, (0.1, True), (2.9, False)) == [False, False]


def test_short_looks_do_not_keep_awake() -> None:
    """A program that lists cameras every three seconds must not hold the light on."""
    vigil = Vigil()
    assert looks(vigil, (1, True), (2.9, False), (0.1, True), (2.9, False), (0.1, True))[-1] is False


def test_a_viewer_who_stays_keeps_awake() -> None:
    assert looks(Vigil(), (1, True), (3, False), (1, True), (4, False), (60, True)) == [True] * 5


@dataclass
class FakePipeline:
    """The part of a pipeline that attendance sees."""

    settings: Settings = field(default_factory=lambda: with_value(Settings(), "virtual_camera.sleep_after", 1.0))
    source_info: Any = field(default_factory=lambda: SimpleNamespace(live=True, frame_rate=Fraction(30)))
    others: tuple[str, ...] = ()
    asleep: bool = False
    told: list[str] = field(default_factory=list)

    def sink_names(self) -> tuple[str, ...]:
        return ("virtual camera", *self.others)

    def sleep(self) -> None:
        self.asleep = True

    def wake(self) -> None:
        self.asleep = False

    def notices(self, notice: Notice) -> None:
        self.told.append(notice.message)


@dataclass
class FakeSink:
    count: int | None = 0
    name: str = "virtual camera"

    def viewers(self) -> int | None:
        return self.count


def settled(pipeline: FakePipeline, sink: FakeSink, **more: Any) -> Attendance:
    attendance = Attendance(pipeline, sink, **more)  # type: ignore[arg-type]
    attendance.start()
    return attendance


def wait_for(condition: Any) -> None:
    until_s = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until_s, "did not happen in time"
        time.sleep(0.01)


def test_sleeps_wakes_and_leaves_it_awake() -> None:
    pipeline, sink = FakePipeline(), FakeSink()
    attendance = settled(pipeline, sink)
    wait_for(lambda: pipeline.asleep)
    sink.count = 1
    wait_for(lambda: not pipeline.asleep)
    sink.count = 0
    wait_for(lambda: pipeline.asleep)
    attendance.stop()
    assert not pipeline.asleep
    assert len(pipeline.told) == 3, "one line each time"


def test_what_keeps_it_awake() -> None:
    """All beside each other: each takes its second and a half."""
    awake = {
        "recording": (FakePipeline(others=("recorder",)), FakeSink(), False),
        "switched off": (FakePipeline(settings=with_value(Settings(), "virtual_camera.sleep", False)), FakeSink(), False),
        "a file": (FakePipeline(source_info=SimpleNamespace(live=False)), FakeSink(), False),
        "not yet open": (FakePipeline(source_info=None), FakeSink(), False),
        "nobody can tell": (FakePipeline(), FakeSink(None), False),
        "a window shows it": (FakePipeline(), FakeSink(), True),
    }
    control = FakePipeline()
    attendances = [settled(control, FakeSink())]
    for pipeline, sink, needed in awake.values():
        pipeline.settings = with_value(pipeline.settings, "virtual_camera.sleep_after", 1.0)
        attendances.append(settled(pipeline, sink, needed=lambda needed=needed: needed))
    wait_for(lambda: control.asleep)
    time.sleep(0.5)
    assert [name for name, (pipeline, _, _) in awake.items() if pipeline.asleep] == []
    for attendance in attendances:
        attendance.stop()
