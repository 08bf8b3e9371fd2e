"""Smoothing in both directions of time, with the real network on the demo."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from u2live.capture.demo import DemoSource
from u2live.capture.source import SourceInfo
from u2live.matting.engine import EngineInfo
from u2live.matting.ladder import open_engine
from u2live.matting.matter import Matter
from u2live.model.weights import load_weights
from u2live.pipeline.look_ahead import FRAMES_AHEAD, LookAheadMatter, LookAheadSource
from u2live.settings import CameraSettings, MatteSettings
from u2live.types import Frame, Size

SIZE = Size(320, 180)
FIRST = 100
"""Here the demo's presenter waves."""


class Clip:
    """Frames of the demo as a file."""

    def __init__(self, count: int) -> None:
        demo = DemoSource(SIZE, 30)
        self.rendered = [demo.render(FIRST + index) for index in range(count)]
        self._next = 0

    def open(self) -> SourceInfo:
        self._next = 0
        return SourceInfo("clip", SIZE, Fraction(30), live=False, frame_count=len(self.rendered))

    def read(self) -> Frame | None:
        if self._next == len(self.rendered):
            return None
        index, self._next = self._next, self._next + 1
        return Frame(index, index * 33_333_333, self.rendered[index][0])

    def close(self) -> None:
        pass


def test_every_frame_is_given_once_and_what_follows_is_known() -> None:
    source = LookAheadSource(Clip(12))
    for _ in range(2):  # and again after opening again
        source.open()
        indices = []
        while (frame := source.read()) is not None:
            following = source.following(frame)
            assert [ahead.index for ahead in following] == list(range(frame.index, min(12, frame.index + FRAMES_AHEAD + 1)))
            assert following[0] is frame
            indices.append(frame.index)
        assert indices == list(range(12))


def test_frames_may_be_given_before_they_are_matted() -> None:
    """The capture thread is a frame or two ahead of the matte thread."""
    source = LookAheadSource(Clip(12))
    source.open()
    given = [source.read() for _ in range(3)]
    assert given[0] is not None
    assert [ahead.index for ahead in source.following(given[0])] == [0, 1, 2, 3, 4]
    rest = [frame.index for frame in iter(source.read, None)]
    assert rest == list(range(3, 12))


def test_a_reader_that_never_asks_costs_no_memory() -> None:
    source = LookAheadSource(Clip(60))
    source.open()
    assert len(list(iter(source.read, None))) == 60
    assert len(source._frames) <= 16 + FRAMES_AHEAD


class FindsTwo:
    """An engine that finds the same two pieces in every picture, always in the same memory; one run in five is broken."""

    info = EngineInfo("torch", "test", "fp32", 96)
    picture = None

    def __init__(self) -> None:
        self._map = np.empty((96, 96), np.float32)
        self._runs = 0

    def infer(self, _pixels: np.ndarray) -> np.ndarray:
        self._runs += 1
        self._map[:] = 0
        self._map[30:96, 40:75] = 1  # somebody
        self._map[10:25, 2:9] = 1  # a bit of a screen
        if self._runs % 5 == 0:
            self._map[80, 90] = np.nan
        return self._map

    def close(self) -> None:
        pass


def test_small_lifeless_pieces_go_as_they_do_live() -> None:
    class Still(Clip):
        def __init__(self, count: int) -> None:
            self.rendered = [DemoSource(SIZE, 30).render(FIRST)] * count
            self._next = 0

    source = LookAheadSource(Still(16))
    source.open()
    matter = LookAheadMatter(FindsTwo(), source, CameraSettings())
    alphas = [np.asarray(matter.matte(frame, MatteSettings()).alpha) for frame in iter(source.read, None)]
    assert all(np.isfinite(alpha).all() for alpha in alphas)
    screen, somebody = (slice(25, 40), slice(12, 25)), (slice(80, 170), slice(150, 230))
    assert alphas[0][screen].mean() > 0.9, "one picture shows no movement"
    assert alphas[-1][screen].max() == 0
    assert alphas[-1][somebody].mean() > 0.9


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_moving_edges_are_nearer_to_the_truth_than_with_the_past_alone(u2netp_weights: Path) -> None:
    engine = open_engine("torch", load_weights(str(u2netp_weights)), 0, notify=lambda _: None)
    settings = MatteSettings()
    clip = Clip(14)
    source = LookAheadSource(clip)
    source.open()
    matter, ahead = Matter(engine), LookAheadMatter(engine, source, CameraSettings())
    errors: dict[str, list[float]] = {"past": [], "both": []}
    while (frame := source.read()) is not None:
        truth = clip.rendered[frame.index][1]
        mattes = {"past": matter.matte(frame, settings), "both": ahead.matte(frame, settings)}
        if frame.index:
            moving = np.abs(truth - clip.rendered[frame.index - 1][1]) > 0.2
            for name, matted in mattes.items():
                errors[name].append(float(np.abs(np.asarray(matted.alpha) - truth)[moving].mean()))
        assert mattes["both"].frame is frame
    engine.close()
    assert np.mean(errors["both"]) < np.mean(errors["past"])
