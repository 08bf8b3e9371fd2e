"""Pictures to record, and what ffmpeg's own programs say about the file."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from u2live.types import Composite

needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffprobe"), reason="ffmpeg's programs are not installed")

START_NS = 7_000_000_000_000
"""A monotonic clock does not start at 0."""


def checkerboard(width: int = 320, height: int = 192, seed: int = 0, block: int = 32) -> np.ndarray:
    """Flat blocks of random colours, H×W×3 BGR."""
    rows, columns = -(-height // block), -(-width // block)
    colors = np.random.default_rng(seed).integers(0, 256, (rows, columns, 3), dtype=np.uint8)
    return np.ascontiguousarray(colors.repeat(block, 0).repeat(block, 1)[:height, :width])


def composites(times_s: list[float], width: int = 320, height: int = 192) -> list[Composite]:
    """A bar moves over the blocks, one step a picture."""
    board = checkerboard(width, height)
    made = []
    for index, time_s in enumerate(times_s):
        picture = board.copy()
        left = index * 5 % (width - 8)
        picture[:, left : left + 8] = 255 - picture[:, left : left + 8]
        made.append(Composite(index, START_NS + round(time_s * 1e9), picture))
    return made


def probe(path: Path, *arguments: str) -> dict[str, Any]:
    command = ["ffprobe", "-v", "error", "-of", "json", *arguments, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not done.stderr, done.stderr
    return dict(json.loads(done.stdout))


def video_stream(path: Path) -> dict[str, Any]:
    return dict(probe(path, "-count_frames", "-show_streams", "-select_streams", "v")["streams"][0])


def frame_times(path: Path) -> list[float]:
    frames = probe(path, "-select_streams", "v", "-show_entries", "frame=best_effort_timestamp_time")["frames"]
    return [float(frame["best_effort_timestamp_time"]) for frame in frames]


def duration_s(path: Path) -> float:
    return float(probe(path, "-show_entries", "format=duration")["format"]["duration"])


def decoded(path: Path, pixel_format: str = "bgr24") -> np.ndarray:
    """All pictures, N×H×W×C, by ffmpeg's program; accurate rounding, as a good player shows them."""
    stream = probe(path, "-show_streams", "-select_streams", "v")["streams"][0]
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:v:0", "-fps_mode", "passthrough"]
    command += ["-vf", "setpts=N/2/TB"]  # uneven times are no matter here, but one for the raw muxer
    command += ["-sws_flags", "bicubic+accurate_rnd+full_chroma_int", "-f", "rawvideo", "-pix_fmt", pixel_format, "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert not done.stderr, done.stderr.decode()
    channels = {"bgr24": 3, "bgra": 4, "gray": 1}[pixel_format]
    return np.frombuffer(done.stdout, np.uint8).reshape(-1, stream["height"], stream["width"], channels)
