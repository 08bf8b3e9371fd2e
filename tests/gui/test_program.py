"""The program itself, in a process of its own, on no screen."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import pytest

REPOSITORY = Path(__file__).resolve().parent.parent.parent

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def environment(own_folders: Path, shared: Path) -> dict[str, str]:
    weights = shared / "weights" / "u2netp.safetensors"
    return {**os.environ, "QT_QPA_PLATFORM": "offscreen", "U2LIVE_WEIGHTS": str(weights)}


def command(*options: str) -> list[str]:
    return [sys.executable, "main.py", *options]


def test_it_starts_records_and_ends(environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    options = ("--source", "demo", "--duration", "2", "--record", str(path), "--set", "recording.microphone=", "--json")
    done = subprocess.run(command(*options), cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert 0 < report["startup"]["window_visible_s"] < report["startup"]["first_matted_s"]
    assert report["frames_out"] > 0
    with av.open(str(path)) as container:
        assert sum(1 for _ in container.decode(video=0)) == report["sinks"]["recorder"]["written"] > 0


def test_a_signal_ends_it_as_quit_does(environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    options = ("--source", "demo", "--record", str(path), "--set", "recording.microphone=")
    with subprocess.Popen(command(*options), cwd=REPOSITORY, env=environment, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 120
        while not (path.exists() and path.stat().st_size > 2000) and time.monotonic() < deadline:
            time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
    with av.open(str(path)) as container:
        assert sum(1 for _ in container.decode(video=0)) > 0


def test_a_display_that_does_not_answer_is_one_line(environment: dict[str, str]) -> None:
    environment = {**environment, "QT_QPA_PLATFORM": "xcb", "DISPLAY": ":4711"}
    done = subprocess.run(command(), cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stderr.startswith("u2live: the window cannot open")


def test_torch_is_not_imported_before_the_window_stands(environment: dict[str, str]) -> None:
    script = (
        "import sys; from u2live.gui import app; a = app.make_app(); from u2live.gui.theme import Theme; t = Theme(a);"
        "from u2live.gui.controller import Controller; from u2live.settings import Settings; from pathlib import Path;"
        "c = Controller(Settings(), Settings(), Path('x.json')); w = app.assemble(c, t); w.show(); w.repaint();"
        "print('torch' in sys.modules or 'openvino' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr
