"""Recordings whose process is killed, and recordings whose disk fills up, play."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.unit.sinks.video_files import START_NS, composites, decoded, duration_s, frame_times, needs_ffmpeg
from u2live.errors import SinkError
from u2live.sinks.recorder import Recorder
from u2live.sinks.unfinished import finish, unfinished_recordings
from u2live.types import Composite, Notice, Size

pytestmark = needs_ffmpeg

REPOSITORY = Path(__file__).resolve().parents[2]

RECORDS_IN_REAL_TIME = """
import sys, time
from fractions import Fraction
from pathlib import Path
sys.path.insert(0, {repository!r})
from tests.unit.sinks.video_files import composites
from u2live.sinks.recorder import Recorder
from u2live.types import Composite, Size
pictures = composites([i / 30 for i in range(60)])
recorder = Recorder(Path({path!r}))
recorder.open(Size(320, 192), Fraction(30))
begin = time.monotonic()
for i in range(3000):
    time.sleep(max(0, begin + i / 30 - time.monotonic()))
    recorder.write(Composite(i, time.monotonic_ns(), pictures[i % 60].pixels))
    print(time.monotonic() - begin, flush=True)
"""


def check_killed(path: Path, after_s: float) -> None:
    """Record into `path`, kill the process after `after_s`, and see that everything until a second before plays."""
    script = RECORDS_IN_REAL_TIME.format(repository=str(REPOSITORY), path=str(path))
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    written_s = 0.0
    while written_s < after_s:
        written_s = float(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    written_s = max([written_s, *map(float, process.stdout.read().split("\n")[:-1])])
    process.wait()

    times = frame_times(path)  # fails on any complaint of the demuxer or decoder
    assert times[-1] > written_s - 1.0
    assert all(earlier < later for earlier, later in itertools.pairwise(times))
    assert len(decoded(path)) == len(times)
    (unfinished,) = unfinished_recordings(path.parent)
    finish(unfinished.path)
    assert frame_times(path) == pytest.approx(times, abs=0.002)
    assert duration_s(path) == pytest.approx(times[-1], abs=0.3)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("ending", ["mp4", pytest.param("webm", marks=pytest.mark.slow)])
def test_a_killed_recording_plays_up_to_its_last_second(tmp_path: Path, ending: str) -> None:
    check_killed(tmp_path / f"out.{ending}", 2.2)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("ending", ["mp4", "mkv", "mov", "webm"])
def test_killed_at_twenty_random_moments(tmp_path: Path, ending: str) -> None:
    for number, after_s in enumerate(np.random.default_rng(6).uniform(1.2, 6.0, 20)):
        folder = tmp_path / str(number)
        folder.mkdir()
        check_killed(folder / f"out.{ending}", float(after_s))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 16 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def write_until_it_fails(recorder: Recorder, at_picture: dict[int, Callable[[], None]]) -> tuple[SinkError, int]:
    """Noise, which hardly compresses, faster than in real time."""
    noise = np.random.default_rng(0).integers(0, 255, (20, 192, 320, 3), dtype=np.uint8)
    recorder.open(Size(320, 192), Fraction(30))
    begin = time.monotonic()
    for index in itertools.count():
        at_picture.get(index, lambda: None)()
        try:
            recorder.write(Composite(index, START_NS + index * 33_333_333, noise[index % 20]))
        except SinkError as error:
            return error, index
        time.sleep(0.005)
        assert time.monotonic() < begin + 100, "it never fails"
    raise AssertionError


@pytest.mark.parametrize("ending", ["mp4", *(pytest.param(each, marks=pytest.mark.slow) for each in ("mkv", "mov"))])
def test_a_disk_that_is_suddenly_full_is_one_clear_line_and_the_recording_plays(small_disk: Path, ending: str) -> None:
    path = small_disk / f"out.{ending}"

    def fill() -> None:
        with contextlib.suppress(OSError), (small_disk / "filler").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))

    recorder = Recorder(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("u2live.sinks.space.SpaceWatch.is_exhausted", lambda self, size: False)  # too sudden to foresee
        error, written = write_until_it_fails(recorder, {60: fill})
    assert "disk is full" in str(error)
    assert "kept" in str(error)
    assert "\n" not in str(error)
    recorder.close()
    with pytest.raises(SinkError, match="not open"):
        recorder.write(composites([0.0])[0])
    times = frame_times(path)
    assert times[-1] > written / 30 - 1.0
    assert len(decoded(path)) == len(times)

    (small_disk / "filler").unlink()
    (unfinished,) = unfinished_recordings(small_disk)
    finish(unfinished.path)
    assert frame_times(path) == pytest.approx(times, abs=0.002)
    assert unfinished_recordings(small_disk) == []


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_a_disk_that_fills_up_is_foreseen_and_nothing_is_lost(small_disk: Path, ending: str) -> None:
    path = small_disk / f"out.{ending}"
    notices: list[Notice] = []
    error, written = write_until_it_fails(Recorder(path, "small", notify=notices.append), {})
    assert "finished in time" in str(error)
    assert len(frame_times(path)) == written + 1
    assert any("full in about" in notice.message for notice in notices)
