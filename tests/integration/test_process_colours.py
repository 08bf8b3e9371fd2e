"""Colours and orientation of files: matrix, range and depth read and written right."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.integration.processing import process
from tests.unit.sinks.video_files import decoded, needs_ffmpeg
from u2live.pipeline.shared_matter import SharedMatter
from u2live.settings import Settings

pytestmark = needs_ffmpeg

BARS = "smptehdbars=s=640x360:r=10:d=0.5,format=gbrp"
CODINGS = {
    "bt709": ("scale=out_color_matrix=bt709:out_range=tv,format=yuv420p", "bt709", "tv"),
    "bt601": ("scale=out_color_matrix=bt601:out_range=tv,format=yuv420p", "smpte170m", "tv"),
    "full": ("scale=out_color_matrix=bt709:out_range=pc,format=yuv420p", "bt709", "pc"),
    "10-bit": ("scale=out_color_matrix=bt709:out_range=tv,format=yuv420p10le", "bt709", "tv"),
    "4:4:4": ("scale=out_color_matrix=bt709:out_range=tv,format=yuv444p", "bt709", "tv"),
}


def raw_pictures(*arguments: str) -> np.ndarray:
    command = ["ffmpeg", "-v", "error", *arguments, "-f", "rawvideo", "-pix_fmt", "bgr24", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    return np.frombuffer(done.stdout, np.uint8)


@pytest.mark.parametrize(
    "coding", [pytest.param(name, marks=() if name in ("bt601", "full") else pytest.mark.slow) for name in CODINGS]
)
@pytest.mark.parametrize("target", ["out.mp4", pytest.param("out.webm", marks=pytest.mark.slow)])
def test_colour_bars_come_through(
    tmp_path: Path, file_settings: Settings, file_matter: SharedMatter, coding: str, target: str
) -> None:
    filters, matrix, colour_range = CODINGS[coding]
    tags = ["-colorspace", matrix, "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", colour_range]
    source = ["-f", "lavfi", "-i", BARS]
    clip = tmp_path / "in.mkv"
    encoding = ["-vf", filters, "-c:v", "libx264", "-crf", "4", *tags]
    subprocess.run(["ffmpeg", "-v", "error", *source, *encoding, str(clip)], check=True)
    wanted = raw_pictures(*source).reshape(-1, 360, 640, 3).astype(int)
    process(clip, tmp_path / target, file_settings, file_matter)
    got = decoded(tmp_path / target)
    assert got.shape == wanted.shape
    middles = np.abs(got - wanted)[:, 40:180:20, 45:600:69]  # within the large bars
    assert middles.max() <= 6
    assert middles.mean() < 2


def test_a_telephone_held_upright_gives_an_upright_video(
    tmp_path: Path, file_settings: Settings, file_matter: SharedMatter
) -> None:
    lying, clip = tmp_path / "lying.mp4", tmp_path / "in.mp4"
    source = ["-f", "lavfi", "-i", BARS, "-pix_fmt", "yuv420p", "-crf", "4"]
    subprocess.run(["ffmpeg", "-v", "error", *source, str(lying)], check=True)
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(lying), "-c", "copy", "-metadata:s:v:0", "rotate=90", str(clip)], check=True
    )
    process(clip, tmp_path / "out.mp4", file_settings, file_matter)
    wanted = raw_pictures("-i", str(clip)).reshape(-1, 640, 360, 3).astype(int)
    got = decoded(tmp_path / "out.mp4")
    assert got.shape == wanted.shape
    assert np.abs(got - wanted).mean() < 6  # ffmpeg takes untagged bars for BT.601, we small ones too
