"""Claps to be heard by a microphone, and what was recorded of them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np

from tests.integration.pulse_session import RATE

SECONDS = 9


def claps(every_s: float = 1.0, length_s: int = SECONDS + 6) -> np.ndarray:
    """A second of silence, then a clap each second, or every `every_s`."""
    seconds = np.arange(length_s * RATE) / RATE
    return np.where((seconds > 1) & (seconds % every_s < 0.05), 0.6 * np.sin(2 * np.pi * 1000 * seconds), 0)


def sound_in(path: Path) -> np.ndarray:
    """The first channel, as float samples."""
    first = ["-af", "pan=mono|c0=c0", "-ar", str(RATE), "-f", "f32le", "-"]
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:a:0", *first]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.float32).astype(float)
