"""What changes while the pipeline runs: settings, privacy, sinks, model, source, sleep."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.integration.numbered import (
    RED,
    SIZE,
    Collector,
    Numbered,
    NumberMatter,
    carries_its_own_matte,
    numbered,
    shows_the_room,
    until,
)
from u2live.errors import WeightsError
from u2live.pipeline.events import State
from u2live.pipeline.pipeline import Pipeline
from u2live.settings import Settings, with_value
from u2live.sinks.sink import Delivery


def test_following_the_person_needs_the_network_even_without_effect(make: Callable[..., Pipeline]) -> None:
    sink = Collector()
    original = with_value(RED, "background.choice", "original")
    pipeline = make(original, source=Numbered(None, live=True), sinks=[sink])
    pipeline.start()
    until(lambda: len(sink.composites) > 5, "composites")
    assert pipeline.metrics.snapshot().keyframes == 0, "with no effect chosen the network rests"
    pipeline.apply(with_value(original, "framing.auto", True))
    until(lambda: pipeline.metrics.snapshot().keyframes > 3, "keyframes")


def test_sinks_come_and_go_while_it_runs(make: Callable[..., Pipeline]) -> None:
    pipeline = make(source=Numbered(None, live=True))
    pipeline.start()
    for _ in range(3):
        sink = Collector("recording")
        pipeline.attach(sink)
        with pytest.raises(ValueError, match="attached already"):
            pipeline.attach(Collector("recording"))
        until(lambda sink=sink: len(sink.composites) > 5, "composites")
        assert pipeline.detach("recording")
        until(lambda sink=sink: sink.closed, "closed")
        until(lambda: not pipeline.sink_names(), "detached")
    assert not pipeline.detach("recording")


@pytest.mark.parametrize("mode", ["away", "black", "freeze"])
def test_privacy_follows_within_one_frame(make: Callable[..., Pipeline], mode: str) -> None:
    sink = Collector()
    source = Numbered(None, live=True)
    pipeline = make(source=source, sinks=[sink])
    pipeline.start()
    until(lambda: len(sink.composites) > 10, "composites")
    pipeline.apply(with_value(RED, "privacy.mode", mode))
    seen = len(sink.composites)
    until(lambda: len(sink.composites) > seen + 20, "composites in privacy")
    # One that was composed already, and one that was being handed over when the mode changed.
    private = sink.composites[seen + 2 :]
    assert all(np.array_equal(composite.pixels, private[0].pixels) for composite in private)
    if mode == "black":
        assert not private[0].pixels.any()
    stamps = [composite.timestamp_ns for composite in private]
    assert stamps == sorted(set(stamps)), "time goes on in privacy"
    pipeline.apply(RED)
    until(lambda: carries_its_own_matte(sink.composites[-1]) and sink.composites[-1].pixels[..., 2].max() == 255, "back")


def test_privacy_shows_even_when_no_frames_come(make: Callable[..., Pipeline]) -> None:
    source = Numbered(None, live=True)
    sink = Collector("camera", Delivery.LATEST)
    pipeline = make(source=source, sinks=[sink])
    pipeline.start()
    until(lambda: sink.composites and carries_its_own_matte(sink.composites[-1]) and sink.composites[-1].index, "pictures")
    blocked = threading.Event()
    read, source.read = source.read, lambda: (blocked.wait(5), read())[1]  # type: ignore[method-assign]
    time.sleep(0.1)
    pipeline.apply(with_value(RED, "privacy.mode", "black"))
    until(lambda: not sink.composites[-1].pixels.any(), "black", 1)
    blocked.set()


def test_settings_change_live(make: Callable[..., Pipeline]) -> None:
    sink = Collector()
    pipeline = make(source=Numbered(None, live=True), sinks=[sink])
    pipeline.start()
    until(lambda: len(sink.composites) > 5, "composites")
    pipeline.apply(with_value(RED, "background.choice", "color:#00ff00"))
    until(lambda: tuple(sink.composites[-1].pixels[5, -5]) == (0, 255, 0), "a green background")
    pipeline.apply(with_value(RED, "background.choice", "/no/such/picture.png"))
    until(lambda: any("no/such" in notice.message for notice in pipeline.notices.recent()), "the missing picture is told")
    assert tuple(sink.composites[-1].pixels[5, -5]) == (0, 255, 0), "the previous background stays"
    assert pipeline.state is State.RUNNING


def test_the_raw_picture_leaves_only_with_no_effect_chosen(make: Callable[..., Pipeline]) -> None:
    """Switching to and from it never pairs the skipped matte with another background."""
    sink = Collector()
    pipeline = make(source=Numbered(None, live=True), sinks=[sink])
    pipeline.start()
    for choice in ("original", "color:#ff0000") * 4:
        seen = len(sink.composites)
        pipeline.apply(with_value(RED, "background.choice", choice))
        until(lambda seen=seen: len(sink.composites) > seen + 6, "composites")
    for composite in sink.composites[1:]:
        right = composite.pixels[:, SIZE.width // 2 + 4 :]
        raw = np.array_equal(composite.pixels, numbered(composite.index))
        assert raw or tuple(right[0, 0]) == (0, 0, 255), "neither the untouched frame nor one on the background"


def test_another_model_is_loaded_beside_the_running_one(make: Callable[..., Pipeline]) -> None:
    slow_load = threading.Event()
    matters: list[NumberMatter] = []

    def load(settings: Settings, _notify: Any) -> NumberMatter:
        if settings.model.weights == "missing":
            raise WeightsError("there are no weights named missing: see weights list")
        if matters:
            slow_load.wait(10)
        matters.append(NumberMatter())
        return matters[-1]

    sink = Collector()
    pipeline = make(load_matter=load, source=Numbered(None, live=True), sinks=[sink])
    pipeline.start()
    until(lambda: len(sink.composites) > 3, "composites")
    pipeline.apply(with_value(RED, "model.weights", "u2netp"))
    count = len(sink.composites)
    until(lambda: len(sink.composites) > count + 20, "pictures while loading")
    assert len(matters) == 1
    slow_load.set()
    until(lambda: matters[0].closed, "the first model is released")
    pipeline.apply(with_value(RED, "model.weights", "missing"))
    until(lambda: any("missing" in notice.message for notice in pipeline.notices.recent()), "told")
    count = len(sink.composites)
    until(lambda: len(sink.composites) > count + 5, "the running one goes on")


def test_another_rate_has_the_automatic_choice_made_again(make: Callable[..., Pipeline]) -> None:
    rates: list[float] = []

    def load(settings: Settings, _notify: Any) -> NumberMatter:
        rates.append(settings.camera.frame_rate)
        return NumberMatter()

    pipeline = make(load_matter=load, source=Numbered(None, live=True))
    pipeline.start()
    until(lambda: pipeline.metrics.snapshot().frames_out > 3, "pictures")
    pipeline.apply(with_value(RED, "camera.frame_rate", 60.0))
    until(lambda: len(rates) == 2, "it is made again")
    assert rates == [RED.camera.frame_rate, 60.0]


def test_the_person_is_placed_while_it_runs(make: Callable[..., Pipeline]) -> None:
    sink = Collector()
    pipeline = make(source=Numbered(None, live=True), sinks=[sink])
    pipeline.start()
    until(lambda: sink.composites and sink.composites[-1].index % 250 > 20, "a visible person")
    pipeline.apply(with_value(with_value(RED, "scene.scale", 0.5), "scene.x", 0.25))
    seen = len(sink.composites)
    until(lambda: len(sink.composites) > seen + 5, "composites")
    pixels = sink.composites[-1].pixels
    assert tuple(pixels[5, 5]) == (0, 0, 255), "the person left the upper left corner"
    assert pixels[-5, SIZE.width // 2 + 5, 0] > 0, "the person stands below, right of the middle"


def test_sleep_releases_the_camera_and_wakes_with_the_placeholder(make: Callable[..., Pipeline]) -> None:
    source, sink = Numbered(None, live=True), Collector()
    pipeline = make(source=source, sinks=[sink])
    pipeline.start()
    until(lambda: len(sink.composites) > 5, "composites")
    pipeline.sleep()
    until(lambda: pipeline.state is State.ASLEEP, "asleep")
    until(lambda: source.closed == 1, "the camera is released")
    opened = source.opened
    pipeline.wake()
    until(lambda: pipeline.state is State.RUNNING and source.opened == opened + 1, "awake")
    assert not any(map(shows_the_room, sink.composites))


def test_other_camera_settings_reopen_the_source(make: Callable[..., Pipeline]) -> None:
    asked: list[str] = []

    def make_source(camera: Any, _notify: Any) -> Numbered:
        asked.append(camera.source)
        return Numbered(None, live=True)

    sink = Collector()
    pipeline = make(with_value(RED, "camera.source", "1"), make_source=make_source, sinks=[sink])
    pipeline.start()
    until(lambda: len(sink.composites) > 3, "composites")
    pipeline.apply(with_value(RED, "camera.source", "2"))
    until(lambda: asked == ["1", "2"], "the other camera")
    count = len(sink.composites)
    until(lambda: len(sink.composites) > count + 5, "its pictures")
    mirrored = with_value(with_value(RED, "camera.source", "2"), "camera.mirror", True)
    pipeline.apply(mirrored)
    time.sleep(0.1)
    assert asked == ["1", "2"], "mirroring needs no other camera"
