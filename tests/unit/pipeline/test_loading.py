"""From the settings to what may run: the choice between models is `fitting`'s, whose tests stand beside these."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from u2live.errors import WeightsError
from u2live.matting.engine import EngineInfo
from u2live.model.registry import person_weights, stored_metadata, trained_sizes
from u2live.pipeline import loading
from u2live.pipeline.fitting import Model
from u2live.pipeline.shared_matter import SharedMatter
from u2live.settings import Settings, with_value
from u2live.types import Frame, Notice

PICTURE = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)


class Instant:
    """An engine that takes no time."""

    picture = None

    def __init__(self, model: Model, name: str = "torch") -> None:
        self.model = model
        self.info = EngineInfo(name, "a machine", "fp32", 32)
        self.runs = 0
        self.closed = False

    def infer(self, pixels: np.ndarray) -> np.ndarray:
        self.runs += 1
        return np.zeros((32, 32), np.float32)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Instant]:
    """The engines in the order they were opened."""
    engines: list[Instant] = []

    def open_instant(_settings: Settings, model: Model, _notify: Any) -> Instant:
        engines.append(Instant(model))
        return engines[-1]

    monkeypatch.setattr(loading, "_engine", open_instant)
    return engines


def test_the_models_that_come_with_the_program_are_chosen_between() -> None:
    """The best at its own size, then the student at those that it was trained at, its own the smallest."""
    best, student = person_weights()
    first, *sizes = loading.live_models(Settings())
    assert first == Model(best)
    assert {model.name for model in sizes} == {student}
    finest, *smaller = [model.input_size for model in sizes]
    assert smaller, "there is a size for machines where the finest is too slow"
    assert smaller[-1] == int(stored_metadata(person_weights()[student])["input_size"])
    assert all(finest > size >= finest * loading.SMALLEST_SHARE for size in smaller)


def test_a_size_that_was_asked_for_stands() -> None:
    settings = with_value(Settings(), "model.input_size", 224)
    assert [model.input_size for model in loading.live_models(settings)] == [224, 224]


def test_weights_in_the_environment_are_the_automatic_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("U2LIVE_WEIGHTS", "u2netp-person")
    assert loading.live_models(Settings()) == ()


def test_without_weights_of_its_own_the_program_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("u2live.model.registry.bundled_path", lambda _name: None)
    monkeypatch.setattr("u2live.model.registry.installed_path", lambda _name: None)
    with pytest.raises(WeightsError, match="weights fetch u2netp"):
        loading.load_live_matter(Settings(), lambda _notice: None)


def test_weights_that_were_named_are_taken_unmeasured(opened: list[Instant]) -> None:
    notices: list[Notice] = []
    loading.load_live_matter(with_value(Settings(), "model.weights", "u2netp"), notices.append)
    assert [(engine.model, engine.runs) for engine in opened] == [(Model("u2netp"), 0)]
    assert notices == []


def test_the_automatic_choice_is_told(opened: list[Instant]) -> None:
    notices: list[Notice] = []
    loading.load_live_matter(Settings(), notices.append)
    assert opened[-1].model == loading.live_models(Settings())[0], "a machine without limits takes the best"
    assert "every frame" in notices[0].message


def test_a_gpu_without_limits_sees_every_frame_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    notices: list[Notice] = []
    monkeypatch.setattr(loading, "_engine", lambda _settings, model, _notify: Instant(model, "cuda"))
    matter = loading.load_live_matter(Settings(), notices.append)
    assert isinstance(matter.engine, Instant)
    assert matter.engine.model == replace(loading.live_models(Settings())[0], looks=2)
    assert "twice" in notices[0].message


def test_files_take_the_best_one_whatever_it_costs(opened: list[Instant]) -> None:
    loading.load_best_matter(Settings(), lambda _notice: None)
    best = loading.live_models(Settings())[0].name
    own = int(stored_metadata(person_weights()[best])["input_size"])
    assert [(engine.model, engine.runs) for engine in opened] == [(Model(best, own), 0)]


def test_a_file_looked_at_twice_is_seen_at_a_finer_size_too(opened: list[Instant]) -> None:
    with closing(SharedMatter()) as shared:
        for _ in range(2):
            shared.for_a_still(Settings(), lambda _notice: None).close()
        best = loading.live_models(Settings())[0].name
        own = int(stored_metadata(person_weights()[best])["input_size"])
        assert [engine.model for engine in opened] == [Model(best, own), Model(best, round(1.25 * own))], "opened once"
        matted = shared.for_a_still(Settings(), lambda _notice: None).matte(Frame(0, 0, PICTURE), Settings().matte)
        assert matted.alpha.shape == PICTURE.shape[:2]
        assert [engine.runs for engine in opened] == [1, 1], "nobody there leaves room"
        assert not any(engine.closed for engine in opened)
    assert all(engine.closed for engine in opened)


def test_files_show_a_network_that_was_named_its_finest_size_and_a_finer_one(opened: list[Instant]) -> None:
    settings = with_value(Settings(), "model.weights", "u2netn-person")
    with closing(SharedMatter()) as shared:
        shared.for_a_still(settings, lambda _notice: None).close()
        assert [engine.model for engine in opened] == [Model("u2netn-person", 256), Model("u2netn-person", 320)]


def test_a_size_that_was_asked_for_is_looked_at_twice(opened: list[Instant]) -> None:
    settings = with_value(Settings(), "model.input_size", 224)
    with closing(SharedMatter()) as shared:
        shared.for_a_still(settings, lambda _notice: None).matte(Frame(0, 0, PICTURE), settings.matte)
        assert [engine.runs for engine in opened] == [2]


def test_only_the_automatic_choice_depends_on_the_rate() -> None:
    at_30, at_60 = (with_value(Settings(), "camera.frame_rate", rate) for rate in (30.0, 60.0))
    assert loading.asks_for(at_30) != loading.asks_for(at_60)
    named = [with_value(settings, "model.weights", "u2netp") for settings in (at_30, at_60)]
    assert loading.asks_for(named[0]) == loading.asks_for(named[1])
    assert loading.asks_for(at_30) != loading.asks_for(named[0])


@pytest.mark.parametrize(
    ("metadata", "sizes"),
    [
        ({"input_size": "192", "config": '{"sizes": [160, 192, 256, 192]}'}, (256, 192, 160)),
        ({"config": '{"sizes": [256]}'}, (256,)),
        ({"input_size": "256"}, ()),
        ({"input_size": "256", "config": "no json"}, ()),
        ({"input_size": "256", "config": "[]"}, ()),
        ({}, ()),
    ],
)
def test_the_sizes_that_weights_were_trained_at(metadata: dict[str, str], sizes: tuple[int, ...]) -> None:
    assert trained_sizes(metadata) == sizes
