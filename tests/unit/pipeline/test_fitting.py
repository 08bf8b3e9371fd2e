"""Which network runs, how large and how often, by how long it takes: engines of a known speed stand for machines."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from u2live.matting.engine import EngineInfo
from u2live.matting.pace import MOST
from u2live.pipeline import fitting as module
from u2live.pipeline.fitting import Fitting, Model, fitting, interval_for
from u2live.types import Size

FINE, COARSE = Model("student", 256), Model("student", 192)
BEST, TWICE = Model("best"), Model("best", looks=2)


@dataclass
class Machine:
    """Opens engines that take their time on a clock of their own, so that a busy machine changes nothing."""

    finest_ms: float
    by_size: float = 2.0  # how the time grows with the side: 2 where every pixel costs, 0 where only starting does
    best: float = 2.0  # how many times as long the best network takes
    twice: float = 3.0  # and with two looks
    engine: str = "torch"
    now_s: float = 0.0
    opened: list[Timed] = field(default_factory=list)

    def open(self, model: Model) -> Timed:
        fixed = {BEST: self.best, TWICE: self.twice}
        share = fixed.get(model) or (model.input_size / FINE.input_size) ** self.by_size
        self.opened.append(Timed(model, self, self.finest_ms * share))
        return self.opened[-1]

    def perf_counter(self) -> float:
        return self.now_s

    def fit(self, rate: float, *models: Model) -> Fitting:
        return fitting(models or (FINE, COARSE), rate, Size(32, 32), self.open)


class Timed:
    picture = None

    def __init__(self, model: Model, machine: Machine, took_ms: float) -> None:
        self.model, self.machine, self.took_ms = model, machine, took_ms
        self.info = EngineInfo(machine.engine, "a machine", "fp32", model.input_size)
        self.closed = False

    def infer(self, pixels: np.ndarray) -> np.ndarray:
        self.machine.now_s += self.took_ms / 1e3
        return np.zeros((32, 32), np.float32)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine(0.0)
    monkeypatch.setattr(module, "time", machine)
    return machine


def running(machine: Machine, found: Fitting) -> Model:
    """What runs; everything else that was opened has been closed again."""
    (left,) = [engine for engine in machine.opened if not engine.closed]
    assert found.engine is left
    return left.model


@pytest.mark.parametrize(
    ("finest_ms", "model", "interval"),
    [
        (19.0, FINE, 1),  # 20 ms a frame is there at 30 fps
        (39.0, FINE, 2),
        (49.0, FINE, 3),  # a frame and a half
        (51.0, COARSE, 2),
        (76.0, COARSE, 3),
        (177.0, COARSE, MOST),
        (1200.0, COARSE, MOST),
    ],
)
def test_the_finest_that_keeps_up_runs(machine: Machine, finest_ms: float, model: Model, interval: int) -> None:
    machine.finest_ms = finest_ms
    found = machine.fit(30)
    assert (running(machine, found), found.interval) == (model, interval)
    assert str(model) in found.why


@pytest.mark.parametrize(
    ("finest_ms", "best", "model", "opened"),
    [
        (9.9, 2.0, BEST, 2),  # 20 ms a frame is there
        (10.1, 2.0, FINE, 3),
        (10.1, 1.5, BEST, 2),
        (14.0, 2.0, FINE, 2),  # foretold: not even tried
        (60.0, 2.0, COARSE, 1),
    ],
)
def test_a_better_network_runs_on_every_frame_or_not_at_all(
    machine: Machine, finest_ms: float, best: float, model: Model, opened: int
) -> None:
    machine.finest_ms, machine.best = finest_ms, best
    found = machine.fit(30, BEST, FINE, COARSE)
    assert running(machine, found) == model
    assert len(machine.opened) == opened
    assert found.interval == (1 if finest_ms < 20 else 2)


@pytest.mark.parametrize(
    ("finest_ms", "engine", "model"),
    [
        (3.3, "cuda", TWICE),  # half of the 20 ms
        (3.4, "cuda", BEST),
        (3.3, "openvino", BEST),  # which would see them once, and a processor has something else to do
        (14.0, "cuda", FINE),
    ],
)
def test_a_gpu_with_time_to_spare_looks_twice(machine: Machine, finest_ms: float, engine: str, model: Model) -> None:
    machine.finest_ms, machine.engine = finest_ms, engine
    found = machine.fit(30, TWICE, BEST, FINE, COARSE)
    assert running(machine, found) == model
    assert found.interval == 1
    assert ("seeing each picture twice, runs on every frame" in found.why) == (model is TWICE)


def test_on_a_slow_machine_nothing_else_is_opened(machine: Machine) -> None:
    machine.finest_ms = 60
    machine.fit(30)
    assert [engine.model for engine in machine.opened] == [COARSE]


def test_what_was_foretold_is_measured_before_it_runs(machine: Machine) -> None:
    """A time that grows faster than the area: the finer size looks fast enough and is not."""
    machine.finest_ms, machine.by_size = 60, 4.0
    found = machine.fit(30)
    assert [engine.model for engine in machine.opened] == [COARSE, FINE]
    assert running(machine, found) == COARSE


def test_one_model_alone_runs_however_slow_it_is(machine: Machine) -> None:
    machine.finest_ms = 900
    found = machine.fit(30, FINE)
    assert (running(machine, found), found.interval) == (FINE, MOST)
    assert f"one frame in {MOST}" in found.why, "what is told is what runs"


def test_the_reason_names_the_times(machine: Machine) -> None:
    machine.finest_ms = 60
    assert (
        machine.fit(30).why == "student at 192² runs on one frame in 2: it takes 34 ms, and 20 ms a frame is what there is"
    )


@given(network_ms=st.floats(0.1, 1e3), rate=st.floats(1, 120))
def test_the_interval_is_the_smallest_that_fits(network_ms: float, rate: float) -> None:
    interval, there_is_ms = interval_for(network_ms, rate), module.budget_ms(rate)
    assert network_ms <= interval * there_is_ms * (1 + 1e-9)
    assert interval == 1 or network_ms > (interval - 1) * there_is_ms * (1 - 1e-9)
