"""The command line as a contract: exit codes, one line for each mistake, JSON and nothing else on stdout."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import pytest

from u2live import cli

pytestmark = pytest.mark.usefixtures("second_start")

REPOSITORY = Path(__file__).resolve().parents[2]
NO_DISPLAY = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, str(REPOSITORY / "main.py"), *map(str, arguments)]


def environment(**changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in NO_DISPLAY}
    return kept | changes


def main(*arguments: str | Path, timeout_s: float = 100, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, timeout=timeout_s, env=environment(**changes), check=False
    )


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the command runs in, without a display."""
    for name in NO_DISPLAY:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def duration_s(path: Path) -> float:
    """From the first picture to the end of the last, which lasts a thirtieth of a second; decodes all of them."""
    with av.open(str(path)) as container:
        stamps = [frame.time for frame in container.decode(video=0)]
    return stamps[-1] - stamps[0] + 1 / 30


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["process", "--help"], ["--version"]])
def test_help_is_there(arguments: list[str]) -> None:
    done = main(*arguments)
    assert done.returncode == 0
    assert done.stdout.strip()
    assert done.stderr == ""


def test_help_imports_nothing_heavy() -> None:
    """What makes `--help` answer at once, checked without a clock."""
    script = (
        "import sys; sys.argv = ['main.py', '--help']\n"
        "from u2live.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([name for name in ('torch', 'cv2', 'numpy', 'openvino', 'PyQt6', 'av') if name in sys.modules],"
        " file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=REPOSITORY, check=True)
    assert done.stderr.strip() == "[]"


def test_the_pipeline_needs_no_qt() -> None:
    script = "import sys; import u2live.pipeline.pipeline; print([n for n in sys.modules if n.startswith('PyQt')])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=REPOSITORY, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["run", "--source", "nowhere.mp4"], None, "nowhere.mp4"),
        (["run", "--source", "97"], None, "97"),
        (["run", "--source", "demo", "--background", "plaid"], 2, "plaid"),
        (["run", "--source", "demo", "--background", "missing.png"], None, "missing.png"),
        (["run", "--source", "demo", "--weights", "nothing"], None, "nothing"),
        (["run", "--source", "demo", "--weights", "missing.safetensors"], None, "missing.safetensors"),
        (["run", "--source", "demo", "--size", "0x0"], 2, "0x0"),
        (["run", "--source", "demo", "--size", "wide"], 2, "wide"),
        (["run", "--source", "demo", "--fps", "0"], 2, "frame_rate"),
        (["run", "--source", "demo", "--duration", "-1"], 2, "-1"),
        (["run", "--source", "demo", "--duration", "inf"], 2, "inf"),
        (["run", "--source", "demo", "--duration", "nan"], 2, "nan"),
        (["run", "--source", "demo", "--set", "camera.width=wide"], 2, "camera.width"),
        (["run", "--source", "demo", "--engine", "abacus"], 2, "abacus"),
        (["run", "--source", "demo", "--record", "/no/such/folder/out.mkv"], None, "/no/such/folder"),
        (["run", "--source", "demo", "--record", "out.xyz"], 2, ".xyz"),
        (["frobnicate"], 2, "frobnicate"),
        (["proces", "clip.mp4"], 2, "process"),
        (["run", "--source", "demo", "clip.mp4"], 2, "clip.mp4"),
        (["--frobnicate"], 2, "frobnicate"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_mistake_is_one_clear_line(
    arguments: list[str], code: int | None, says: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        ended = cli.main(arguments)
    except SystemExit as left:  # argparse's way
        ended = left.code  # type: ignore[assignment]
    error = capsys.readouterr().err
    lines = [line for line in error.splitlines() if line.startswith("u2live:")]
    assert ended in ((1, 2) if code is None else (code,)), error
    assert "Traceback" not in error
    assert "fault in u2live" not in error
    assert len(lines) == 1, error
    assert says in lines[0]
    assert not list(here.iterdir()), "a mistake leaves nothing behind"


@pytest.mark.parametrize(("arguments", "code"), [(["frobnicate"], 2), (["run", "--source", "nowhere.mp4"], 1)])
def test_a_mistake_ends_the_program_with_that_line_and_code(arguments: list[str], code: int) -> None:
    done = main(*arguments)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert [line.startswith("u2live: ") for line in done.stderr.splitlines()] == [True]


def test_a_camera_that_is_not_there_is_told_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("u2live.pipeline.pipeline.Pipeline.start", lambda _pipeline: pytest.fail("the network is loaded"))
    assert cli.main(["run", "--source", "97", "--background", "blur"]) == 1
    assert "there is no camera 97" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"this is text\n" * 50])
@pytest.mark.parametrize("name", ["clip.mp4", "picture.png"])
def test_a_file_that_is_not_what_its_name_says(
    name: str, content: bytes, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / name).write_bytes(content)
    assert cli.main(["run", "--source", name]) == 1
    error = capsys.readouterr().err
    assert [line for line in error.splitlines() if line.startswith("u2live: ") and name in line]
    assert "Traceback" not in error
    assert "fault in u2live" not in error


def test_the_demo_is_recorded_without_display_and_without_qt(student_weights: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.mkv"
    done = main(
        *("run", "--source", "demo", "--background", "color:#00b140", "--record", output, "--duration", "3", "--json"),
        *("--weights", student_weights),
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["state"] == "stopped"
    assert report["frames_in"] > 0
    assert report["keyframes"] > 0
    assert {"capture", "matte", "compose", "recorder"} <= report["stages"].keys()
    assert report["sinks"]["recorder"]["written"] == report["frames_out"]
    # A machine that is busy with other things may lose the last pictures, never add any.
    assert 2.4 < duration_s(output) < 3.2


@contextmanager
def recording(output: Path, *more: str | Path) -> Iterator[subprocess.Popen[str]]:
    """`run` of the small demo into `output`, with pictures in the file. Killed at the end, whatever happened."""
    running = subprocess.Popen(
        command("run", "--source", "demo", "--record", output, "--size", "640x360", *more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    try:
        wait_for_bytes(output, running)
        yield running
    finally:
        running.kill()
        running.wait(10)


@pytest.mark.parametrize("sent", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_a_signal_finishes_the_recording(student_weights: Path, tmp_path: Path, sent: signal.Signals) -> None:
    output = tmp_path / "out.mp4"
    with recording(output, "--json", "--weights", student_weights) as running:
        running.send_signal(sent)
        stdout, stderr = running.communicate(timeout=60)
    assert running.returncode == 0, stderr
    assert json.loads(stdout)["state"] == "stopped"
    assert duration_s(output) > 0.3


@pytest.mark.slow
def test_a_signal_before_the_first_picture_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    running = subprocess.Popen(
        command("run", "--source", "demo", "--record", output), stderr=subprocess.PIPE, text=True, env=environment()
    )
    time.sleep(1.5)
    running.send_signal(signal.SIGINT)
    _, stderr = running.communicate(timeout=90)
    assert running.returncode in (1, 130)
    assert "Traceback" not in stderr
    assert "before the first picture" in stderr or "interrupted" in stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_sigkill_leaves_a_file_that_plays_up_to_its_last_second(student_weights: Path, tmp_path: Path, suffix: str) -> None:
    output = tmp_path / f"out{suffix}"
    with recording(output, "--weights", student_weights) as running:
        time.sleep(3)
        running.kill()
    assert duration_s(output) > 1.5


def wait_for_bytes(path: Path, running: subprocess.Popen[str]) -> None:
    """Until pictures are in the file."""
    deadline = time.monotonic() + 100
    while not path.exists() or path.stat().st_size < 4096:
        assert running.poll() is None, "it ended before it recorded"
        assert time.monotonic() < deadline, "nothing was recorded for so long"
        time.sleep(0.1)


@pytest.mark.slow
def test_without_a_display_the_demo_is_rendered_to_a_file(tmp_path: Path) -> None:
    done = subprocess.run(
        command("--weights", "u2netn-person", "--duration", "1", "--size", "320x240"),
        capture_output=True,
        text=True,
        timeout=100,
        env=environment(),
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "no display" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["u2live-demo.mp4"]
    with av.open(str(tmp_path / "u2live-demo.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == 30, "every frame, however slow the machine"


@pytest.mark.shared
def test_a_video_file_gives_exactly_its_frames(shared: Path, student_weights: Path, tmp_path: Path) -> None:
    clip = shared / "clips" / "webcam" / "Zhling_1280x720.mp4"
    with av.open(str(clip)) as container:
        frames = sum(1 for _ in container.decode(video=0))
    output = tmp_path / "out.mkv"
    done = main("run", "--source", clip, "--record", output, "--json", "--weights", student_weights)
    assert done.returncode == 0, done.stderr
    with av.open(str(output)) as container:
        assert sum(1 for _ in container.decode(video=0)) == frames
