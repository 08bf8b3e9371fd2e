"""The drive goes while a recording is written to it: the recording ends with one line, and what can be saved is saved."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from pathlib import Path

import pytest

from tests.unit.sinks.video_files import composites, decoded, frame_times, needs_ffmpeg
from u2live.errors import SinkError
from u2live.sinks.png_sequence import PngSequence
from u2live.sinks.recorder import Recorder
from u2live.types import Composite, Notice, Size

pytestmark = needs_ffmpeg

Drive = tuple[Path, Callable[[], object]]
"""Where to record, and what pulls it out."""


def run(*command: str) -> str:
    """Skips, saying so, where this machine does not allow it."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"{' '.join(command[:2])} does not work here: {done.stderr.strip()}")
    return done.stdout.strip()


def needs_root(*programs: str) -> None:
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root may mount a drive")
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


@contextmanager
def deleted_folder(folder: Path) -> Iterator[Drive]:
    yield folder, lambda: shutil.rmtree(folder)


@contextmanager
def unmounted_disk(folder: Path) -> Iterator[Drive]:
    needs_root()
    run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder))
    try:
        yield folder, lambda: run("umount", "-l", str(folder))
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)


@contextmanager
def vanished_file_system(folder: Path) -> Iterator[Drive]:
    """A file system in user space, as many sticks have, whose program dies: every answer is ENOTCONN."""
    needs_root("bindfs")
    behind = folder.with_name("behind")
    behind.mkdir()
    with subprocess.Popen(["bindfs", "-f", str(behind), str(folder)]) as server:
        try:
            end = time.monotonic() + 10
            while not os.path.ismount(folder) and server.poll() is None and time.monotonic() < end:
                time.sleep(0.02)
            if not os.path.ismount(folder):
                pytest.skip("a file system in user space cannot be mounted here")
            yield folder, lambda: (server.kill(), server.wait())
        finally:
            server.kill()
            subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)


@contextmanager
def dead_device(folder: Path) -> Iterator[Drive]:
    """ext4 on a device that goes: every write that reaches it is an input/output error."""
    needs_root("mkfs.ext4", "losetup")
    below = folder.with_name("below")
    below.mkdir()
    with vanished_file_system(below) as (device_folder, pull):
        image = device_folder / "image"
        run("truncate", "-s", "64M", str(image))
        device = run("losetup", "-f", "--show", str(image))
        try:
            run("mkfs.ext4", "-q", device)
            run("mount", device, str(folder))
            yield folder, pull
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)
            subprocess.run(["losetup", "-d", device], check=False, capture_output=True)


@pytest.fixture
def refuge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where rescued recordings go."""
    monkeypatch.setenv("XDG_VIDEOS_DIR", str(tmp_path / "videos"))
    return tmp_path / "videos" / "u2live"


def record_until_it_is_gone(path: Path, pull: Callable[[], object], notices: list[Notice]) -> tuple[SinkError, float, float]:
    """In real time, pulled after two seconds. The error, when it was pulled and when it was told, in seconds."""
    pictures = composites([index / 30 for index in range(60)])
    recorder = Recorder(path, notify=notices.append)
    recorder.open(Size(320, 192), Fraction(30))
    begin, pulled_s = time.monotonic(), 0.0
    for index in range(300):
        time.sleep(max(0.0, begin + index / 30 - time.monotonic()))
        if index == 60:
            pull()
            pulled_s = time.monotonic() - begin
        try:
            recorder.write(Composite(index, time.monotonic_ns(), pictures[index % 60].pixels))
        except SinkError as error:
            told_s = time.monotonic() - begin
            recorder.close()
            return error, pulled_s, told_s
    raise AssertionError("it never noticed")


DRIVES = {each.__name__: each for each in (deleted_folder, unmounted_disk, vanished_file_system, dead_device)}
CASES = [
    pytest.param(name, ending, marks=() if (name, ending) == ("deleted_folder", "mp4") else pytest.mark.slow)
    for name in DRIVES
    for ending in ("mp4", "mkv")
]


@pytest.mark.parametrize(("drive", "ending"), CASES)
def test_what_can_be_saved_is_saved_and_told_in_one_line(tmp_path: Path, refuge: Path, drive: str, ending: str) -> None:
    folder = tmp_path / "drive"
    folder.mkdir()
    notices: list[Notice] = []
    with ExitStack() as stack:
        folder, pull = stack.enter_context(DRIVES[drive](folder))
        error, pulled_s, told_s = record_until_it_is_gone(folder / f"out.{ending}", pull, notices)
    assert "\n" not in str(error)
    assert "is gone" in str(error)
    assert notices == []
    assert told_s - pulled_s < 4
    if drive == "vanished_file_system":  # nothing can be read from it any more, but it has all of it
        saved = tmp_path / "behind" / f"out.{ending}"
        assert "plays when it is back" in str(error)
    else:
        saved = refuge / f"out.{ending}"
        assert f"saved as {saved}" in str(error)
    times = frame_times(saved)
    assert times[-1] > pulled_s - 1.0
    assert len(decoded(saved)) == len(times)


def test_stopped_before_anybody_noticed_it_is_saved_too(tmp_path: Path, refuge: Path) -> None:
    folder = tmp_path / "drive"
    folder.mkdir()
    recorder = Recorder(folder / "out.mp4")
    recorder.open(Size(320, 192), Fraction(30))
    for composite in composites([index / 30 for index in range(45)]):
        recorder.write(composite)
    shutil.rmtree(folder)
    with pytest.raises(SinkError, match="saved as"):
        recorder.close()
    assert len(frame_times(refuge / "out.mp4")) == 45


def test_without_a_refuge_nothing_is_promised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    for name in ("XDG_VIDEOS_DIR", "HOME"):
        monkeypatch.setenv(name, str(blocked / "folder"))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(blocked / "folder"))
    folder = tmp_path / "drive"
    folder.mkdir()
    recorder = Recorder(folder / "out.mkv")
    recorder.open(Size(320, 192), Fraction(30))
    recorder.write(composites([0.0])[0])
    shutil.rmtree(folder)
    with pytest.raises(SinkError, match="is gone") as raised:
        recorder.close()
    assert "saved" not in str(raised.value)


def test_a_folder_of_pictures_that_is_gone_is_one_line(tmp_path: Path) -> None:
    sequence = PngSequence(tmp_path / "drive" / "out")
    (tmp_path / "drive").mkdir()
    sequence.open(Size(320, 192), Fraction(30))
    first, second = composites([0.0, 0.1])
    sequence.write(first)
    shutil.rmtree(tmp_path / "drive")
    with pytest.raises(SinkError, match="does not exist"):
        sequence.write(second)
    sequence.close()
