"""`run --record --microphone` on a machine without PortAudio, and on one without a microphone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.sinks.video_files import frame_times, needs_ffmpeg, probe
from u2live.sinks.microphone import microphones

pytestmark = [needs_ffmpeg, pytest.mark.usefixtures("second_start")]

REPOSITORY = Path(__file__).resolve().parents[2]

HIDES_PORTAUDIO = """
import ctypes.util, sys
find = ctypes.util.find_library
ctypes.util.find_library = lambda name: None if "portaudio" in name else find(name)
from u2live.cli import main
sys.exit(main(sys.argv[1:]))
"""


def recorded(path: Path, weights: Path, *program: str) -> list[str]:
    """Records two seconds of the demo. Returns what was said on stderr about sound."""
    command = [*program, "run", "--source", "demo", "--background", "original", "--record", str(path)]
    command += ["--weights", str(weights), "--engine", "torch", "--size", "640x360"]
    done = subprocess.run(
        [*command, "--microphone", "--duration", "2", "--json"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stderr.splitlines() if "sound" in line]
    assert [notice["message"] for notice in json.loads(done.stdout)["notices"] if notice["topic"] == "sound"] in ([], said)
    assert [stream["codec_type"] for stream in probe(path, "-show_streams")["streams"]] == ["video"]
    assert len(frame_times(path)) > 10
    assert "Traceback" not in done.stderr
    return [line for line in done.stderr.splitlines() if line.startswith("u2live:")]


@pytest.mark.slow
def test_without_portaudio_it_records_without_sound_and_says_so(tmp_path: Path, student_weights: Path) -> None:
    (line,) = recorded(tmp_path / "out.mp4", student_weights, sys.executable, "-c", HIDES_PORTAUDIO)
    assert "recording without sound: sound needs PortAudio: install it" in line


def test_without_a_microphone_it_records_without_sound_and_says_so(tmp_path: Path, student_weights: Path) -> None:
    if microphones():
        pytest.skip("there is a microphone")
    (line,) = recorded(tmp_path / "out.mkv", student_weights, sys.executable, "main.py")
    assert "recording without sound" in line
