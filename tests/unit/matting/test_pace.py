"""The network runs more seldom while frames would be dropped for it, and as often as before once there is time again."""

from __future__ import annotations

import pytest

from u2live.matting.pace import MOST, Pace

PERIOD_S = 1 / 30


class Camera:
    """A live camera at 30 frames a second before a machine on which a run takes so long: what is missed is dropped."""

    def __init__(self, pace: Pace, *, live: bool = True) -> None:
        self.pace = pace
        self.now_s = 0.0
        self.index = -1
        self.shown = self.runs = 0
        self._live = live
        self._since_keyframe = 99

    def run(self, seconds: float, keyframe_s: float, between_s: float = 0.006) -> tuple[float, float]:
        """Frames shown and network runs, each a second."""
        self.shown = self.runs = 0
        end_s = self.now_s + seconds
        while self.now_s < end_s:
            self.index = max(self.index + 1, int(self.now_s / PERIOD_S)) if self._live else self.index + 1
            self.now_s = max(self.now_s, self.index * PERIOD_S) if self._live else self.now_s
            self._since_keyframe += 1
            keyframe = self._since_keyframe >= self.pace.interval
            if keyframe:
                self._since_keyframe = 0
                self.runs += 1
            took = keyframe_s if keyframe else between_s
            self.now_s += took
            self.shown += 1
            self.pace.took(self.index, round(self.index * PERIOD_S * 1e9), keyframe, took)
        return self.shown / seconds, self.runs / seconds


def test_a_network_that_keeps_up_runs_on_every_frame() -> None:
    camera = Camera(Pace(1))
    shown, runs = camera.run(20, 0.020)
    assert shown == runs == pytest.approx(30, abs=1)
    assert camera.pace.interval == 1


@pytest.mark.parametrize("keyframe_s", [0.05, 0.08, 0.11])
def test_a_machine_that_falls_behind_shows_the_cameras_rate_again(keyframe_s: float) -> None:
    camera = Camera(Pace(1))
    before, _ = camera.run(0.5, keyframe_s)
    assert before < 22
    camera.run(10, keyframe_s)
    after, _ = camera.run(5, keyframe_s)
    assert camera.pace.interval > 1
    assert after > 1.3 * before
    assert after > 20


def test_it_stays_where_it_is_rather_than_going_to_and_fro() -> None:
    camera = Camera(Pace(1))
    camera.run(20, 0.08)
    intervals = []
    for _ in range(30):
        camera.run(1, 0.08)
        intervals.append(camera.pace.interval)
    assert len(set(intervals)) == 1


def test_once_there_is_time_again_the_network_runs_as_often_as_before() -> None:
    camera = Camera(Pace(2))
    camera.run(20, 0.12)
    assert camera.pace.interval > 2
    camera.run(40, 0.03)
    assert camera.pace.interval == 2


def test_it_never_leaves_its_bounds() -> None:
    camera = Camera(Pace(1))
    camera.run(60, 1.0)
    assert camera.pace.interval == MOST
    wide = Camera(Pace(8))
    wide.run(60, 1.0)
    assert wide.pace.interval == 8


def test_a_file_gets_the_network_on_every_frame_however_long_it_takes() -> None:
    camera = Camera(Pace(1), live=False)
    camera.run(60, 0.3)
    assert camera.pace.interval == 1


def test_frames_from_somewhere_else_say_nothing() -> None:
    pace = Pace(1)
    for number in range(200):
        pace.reset()
        pace.took(10 * number, number * 33_000_000, True, 0.5)
    assert pace.interval == 1
