"""Video files: every frame once, at its own time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.unit.capture import media
from u2live.types import Size


def test_variable_frame_rate_keeps_every_time(tmp_path: Path) -> None:
    times = [0, 40, 50, 200, 1000, 1001, 2500]
    path = media.write_video(tmp_path / "variable.mkv", media.numbered_frames(7), times_ms=times)
    info, frames = media.all_frames(path)
    assert [frame.timestamp_ns for frame in frames] == [time * 1_000_000 for time in times]
    assert [frame.index for frame in frames] == list(range(7))
    assert [media.number_of(frame.pixels) for frame in frames] == list(range(7))
    assert not info.live


def test_every_frame_once_with_reordering(tmp_path: Path) -> None:
    options = {"bf": "3", "g": "20", "preset": "medium"}
    path = media.write_video(tmp_path / "clip.mp4", media.numbered_frames(50), options=options, rate=25)
    info, frames = media.all_frames(path)
    assert info.frame_count == 50
    assert info.frame_rate == 25
    assert info.duration_ns == pytest.approx(2_000_000_000, abs=50_000_000)
    assert [media.number_of(frame.pixels) for frame in frames] == list(range(50))
    assert [frame.timestamp_ns for frame in frames] == [round(number * 1e9 / 25) for number in range(50)]


def test_missing_times_are_made_up(tmp_path: Path) -> None:
    path = media.write_video(tmp_path / "raw.h264", media.numbered_frames(10), options={"bf": "2"}, rate=25)
    _, frames = media.all_frames(path)
    times = np.array([frame.timestamp_ns for frame in frames])
    assert len(times) == 10
    np.testing.assert_array_equal(np.diff(times), 40_000_000)


@pytest.mark.shared
def test_real_clip(shared: Path) -> None:
    info, frames = media.all_frames(shared / "clips" / "sister.mkv")
    assert info.size == Size(640, 480)
    assert info.frame_rate == 30
    assert len(frames) > 80
    assert frames[0].timestamp_ns == 33_000_000
    assert (np.diff([frame.timestamp_ns for frame in frames]) > 0).all()
