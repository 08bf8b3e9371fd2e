"""Which network runs where, by how long it takes: engines of a known speed stand for machines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from u2live.matting.engine import EngineInfo
from u2live.pipeline import loading
from u2live.settings import Settings, with_value
from u2live.types import Notice

BETTER, FASTER = "u2netp-person", "u2netn-person"


class Clock:
    """What `loading` measures by, so that a busy machine changes nothing."""

    now_s = 0.0

    def perf_counter(self) -> float:
        return self.now_s


class Timed:
    """An engine that takes its time for each map, on `clock`."""

    picture = None

    def __init__(self, name: str, took_s: float, clock: Clock) -> None:
        self.clock = clock
        self.info = EngineInfo("torch", name, "fp32", 32)
        self.took_s = took_s
        self.runs = 0
        self.closed = False

    def infer(self, pixels: np.ndarray) -> np.ndarray:
        self.clock.now_s += self.took_s
        self.runs += 1
        return np.zeros((32, 32), np.float32)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Timed]:
    """The engines in the order they were opened; the better network takes `speed[BETTER]` seconds."""
    engines: list[Timed] = []
    clock = Clock()

    def open_timed(_settings: Settings, name: str, _notify: Any) -> Timed:
        engines.append(Timed(name, speed.get(name, 0.0), clock))
        return engines[-1]

    monkeypatch.setattr(loading, "_engine", open_timed)
    monkeypatch.setattr(loading, "time", clock)
    monkeypatch.setattr("u2live.model.registry.person_weights", lambda: {BETTER: None, FASTER: None})
    speed.clear()
    return engines


speed: dict[str, float] = {}


def chosen(opened: list[Timed], frame_rate: float, **changes: Any) -> tuple[str, list[Notice]]:
    notices: list[Notice] = []
    settings = with_value(Settings(), "camera.frame_rate", frame_rate)
    for key, value in changes.items():
        settings = with_value(settings, key.replace("__", "."), value)
    matter = loading.load_live_matter(settings, notices.append)
    return matter.info.device, notices


def test_the_better_network_runs_where_it_keeps_up(opened: list[Timed]) -> None:
    name, notices = chosen(opened, 5)
    assert name == BETTER
    assert [engine.info.device for engine in opened] == [BETTER], "the other one is not even loaded"
    assert "every frame" in notices[0].message


def test_where_it_nearly_does_its_matte_is_propagated(opened: list[Timed]) -> None:
    speed[BETTER] = 0.15
    name, notices = chosen(opened, 10)  # 60 ms a frame: one run for three of them
    assert name == BETTER
    assert "one frame in 3" in notices[0].message


def test_where_it_is_far_too_slow_the_faster_one_runs(opened: list[Timed]) -> None:
    speed[BETTER] = 0.15
    name, notices = chosen(opened, 60)
    assert name == FASTER
    assert opened[0].closed
    assert "too long" in notices[0].message


def test_weights_that_were_named_are_taken_unmeasured(opened: list[Timed]) -> None:
    name, notices = chosen(opened, 60, model__weights="u2netp")
    assert name == "u2netp"
    assert notices == []
    assert opened[0].runs == 0


def test_files_take_the_better_one_whatever_it_costs(opened: list[Timed]) -> None:
    speed[BETTER] = 0.2
    assert loading.load_best_matter(Settings(), lambda _notice: None).info.device == BETTER
    assert [engine.info.device for engine in opened] == [BETTER]


def test_only_the_automatic_choice_depends_on_the_rate() -> None:
    at_30, at_60 = (with_value(Settings(), "camera.frame_rate", rate) for rate in (30.0, 60.0))
    assert loading.asks_for(at_30) != loading.asks_for(at_60)
    named = [with_value(settings, "model.weights", "u2netp") for settings in (at_30, at_60)]
    assert loading.asks_for(named[0]) == loading.asks_for(named[1])
    assert loading.asks_for(at_30) != loading.asks_for(named[0])
