"""A file played at its own speed."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from tests.unit.capture import media
from tests.unit.capture.waiting import answers_when_closed
from u2live.capture.file import FileSource
from u2live.capture.pace import paced


def variable_clip(folder: Path, times_ms: list[int]) -> Path:
    return media.write_video(folder / "clip.mkv", media.numbered_frames(len(times_ms)), times_ms=times_ms)


def test_plays_by_the_timestamps(tmp_path: Path) -> None:
    times_ms = [0, 40, 60, 200, 210, 500]
    source = paced(FileSource(variable_clip(tmp_path, times_ms)))
    assert not source.open().live, "it waits for its reader"
    arrivals, frames = [], []
    while (frame := source.read()) is not None:
        arrivals.append(time.monotonic_ns())
        frames.append(frame)
    source.close()
    stamps = np.array([frame.timestamp_ns for frame in frames])
    np.testing.assert_array_equal(stamps - stamps[0], np.array(times_ms) * 1_000_000)
    late = (np.array(arrivals) - arrivals[0]) - (stamps - stamps[0])
    assert (late > -5e6).all(), "never faster than real time"
    assert [media.number_of(frame.pixels) for frame in frames] == list(range(6))


def test_a_long_stop_does_not_rush_afterwards(tmp_path: Path) -> None:
    source = paced(FileSource(variable_clip(tmp_path, list(range(0, 1000, 50)))))
    source.open()
    source.read()
    time.sleep(0.7)
    source.read()
    begin = time.monotonic()
    source.read()
    source.read()
    assert time.monotonic() - begin > 0.09, "two frames of 50 ms each"
    source.close()


def test_close_ends_a_waiting_read(tmp_path: Path) -> None:
    source = paced(FileSource(variable_clip(tmp_path, [0, 60_000])))
    source.open()
    source.read()
    assert answers_when_closed(source) == [None]


def test_plays_again_after_close(tmp_path: Path) -> None:
    source = paced(FileSource(variable_clip(tmp_path, [0, 10])))
    for _ in range(2):
        source.open()
        assert [source.read() is None for _ in range(3)] == [False, False, True]
        source.close()
