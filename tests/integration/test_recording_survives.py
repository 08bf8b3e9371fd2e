"""Recordings whose process is killed, and recordings whose disk fills up, play."""

from __future__ import annotations

import itertools
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from tests.unit.sinks.video_files import START_NS, composites, decoded, frame_times, needs_ffmpeg
from u2live.errors import SinkError
from u2live.sinks.recorder import Recorder
from u2live.types import Composite, Size

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


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
@pytest.mark.parametrize(
    "after_s", [2.2, pytest.param(3.71, marks=pytest.mark.slow), pytest.param(6.05, marks=pytest.mark.slow)]
)
def test_a_killed_recording_plays_up_to_its_last_second(tmp_path: Path, ending: str, after_s: float) -> None:
    path = tmp_path / f"out.{ending}"
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
    assert len(decoded(path)) == len(times)
    assert all(earlier < later for earlier, later in itertools.pairwise(times))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder that takes 300 kB: a tmpfs where we may mount one, else a limit on the size of files."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)], capture_output=True, check=False
        ).returncode
    )
    if mounted:
        yield folder
        subprocess.run(["umount", str(folder)], check=True)
        return
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, old[1]))
    yield folder
    resource.setrlimit(resource.RLIMIT_FSIZE, old)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_a_full_disk_is_one_clear_line_and_the_recording_plays(small_disk: Path, ending: str) -> None:
    path = small_disk / f"out.{ending}"
    pictures = composites([i / 30 for i in range(60)])
    recorder = Recorder(path, "edit")
    recorder.open(Size(320, 192), Fraction(30))
    written = 0
    begin = time.monotonic()

    def write_on() -> None:
        nonlocal written
        while time.monotonic() < begin + 60:
            recorder.write(Composite(written, START_NS + written * 33_333_333, pictures[written % 60].pixels))
            written += 1

    with pytest.raises(SinkError, match=r"disk is full|no file that large") as caught:
        write_on()
    assert "\n" not in str(caught.value)
    assert "kept" in str(caught.value)
    recorder.close()
    with pytest.raises(SinkError, match="not open"):
        recorder.write(pictures[0])

    times = frame_times(path)
    assert times[-1] > written / 30 - 1.0
    assert len(decoded(path)) == len(times)
