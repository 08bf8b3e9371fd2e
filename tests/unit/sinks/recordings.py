"""Short recordings: one that was ended as it should be, and one that was left."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

from tests.unit.sinks.video_files import composites
from u2live.settings import RecordingSettings
from u2live.sinks.recording import make_recording
from u2live.types import Size

LEAVES_A_RECORDING = """
import os, sys
from fractions import Fraction
from pathlib import Path
sys.path.insert(0, {repository!r})
from tests.unit.sinks.video_files import composites
from u2live.sinks.recorder import Recorder
from u2live.types import Size
recorder = Recorder(Path({path!r}))
recorder.open(Size(320, 192), Fraction(10))
for picture in composites([i / 10 for i in range({pictures})]):
    recorder.write(picture)
os._exit(1)
"""


def record(path: Path, seconds: float = 1.0, matte: bool = False) -> None:
    recorder = make_recording(path, RecordingSettings(microphone="", matte_file=matte), notify=lambda _: None)
    recorder.open(Size(320, 192), Fraction(10))
    for picture in composites([i / 10 for i in range(round(seconds * 10))]):
        recorder.write(picture)
    recorder.close()


def leave_a_recording(path: Path, pictures: int) -> None:
    """As a process that dies in the middle of it leaves it."""
    repository = str(Path(__file__).resolve().parents[3])
    script = LEAVES_A_RECORDING.format(repository=repository, path=str(path), pictures=pictures)
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 1
