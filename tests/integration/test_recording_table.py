"""Containers × codecs × alpha × sound: each cell recorded from the demo and read back with ffmpeg's own programs."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from _pytest.mark import ParameterSet

from tests.integration.av_sync import claps_s
from tests.unit.sinks.synthetic_microphone import SyntheticMicrophone
from tests.unit.sinks.video_files import duration_s, frame_times, needs_ffmpeg, probe
from u2live.capture.demo import DemoSource
from u2live.settings import RecordingSettings
from u2live.sinks.recording import make_recording
from u2live.types import Composite, Notice, Size

pytestmark = needs_ffmpeg

SIZE = Size(640, 360)
RATE = Fraction(30)
FRAMES = 45
FLASH = 20
"""The picture that is white, and the moment of the clap."""


@pytest.fixture(scope="module")
def composites() -> list[Composite]:
    """The presenter with a soft matte of their own over a room, once opaque; at FLASH a white picture."""
    demo = DemoSource(SIZE, RATE)
    demo.open()
    made = []
    for index in range(FRAMES):
        frame = demo.read()
        assert frame is not None
        matte = np.zeros((SIZE.height, SIZE.width), np.uint8)
        cv2.ellipse(matte, (320, 230), (150 + index, 200), 0, 0, 360, 255, -1)
        matte = cv2.GaussianBlur(matte, (31, 31), 0)
        pixels = np.full_like(frame.pixels, 255) if index == FLASH else frame.pixels
        made.append(Composite(index, 10**12 + round(index / RATE * 10**9), pixels, matte))
    demo.close()
    return made


def microphone(now: list[int], start_ns: int) -> SyntheticMicrophone:
    def wave(seconds: np.ndarray) -> np.ndarray:
        at = FLASH / float(RATE) + 0.25
        return np.where((seconds >= at) & (seconds < at + 0.05), 0.5 * np.sin(2 * np.pi * 1000 * seconds), 0.0)

    return SyntheticMicrophone(wave, lambda: now[0], start_ns=start_ns - 250_000_000, drift=80e-6, jitter_s=0.002)


def read(path: Path, pixel_format: str, channels: int, codec: str) -> np.ndarray:
    """All pictures by ffmpeg's program."""
    decoder = ["-c:v", "libvpx-vp9"] if codec == "vp9" else []  # ffmpeg's own VP9 decoder leaves alpha out
    command = ["ffmpeg", "-v", "error", *decoder, "-i", str(path), "-map", "0:v:0", "-fps_mode", "passthrough"]
    command += ["-sws_flags", "bicubic+accurate_rnd+full_chroma_int", "-f", "rawvideo", "-pix_fmt", pixel_format, "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert not done.stderr, done.stderr.decode()
    return np.frombuffer(done.stdout, np.uint8).reshape(-1, SIZE.height, SIZE.width, channels)


QUICK = {("mp4", "h264", False, True), ("mov", "prores", True, True), ("webm", "vp9", True, True)}


def cells() -> Iterator[ParameterSet]:
    for ending, codec, alphas in (
        ("mp4", "h264", (False,)),
        ("mov", "h264", (False,)),
        ("mov", "prores", (False, True)),
        ("mkv", "h264", (False,)),
        ("mkv", "vp9", (False, True)),
        ("mkv", "ffv1", (False, True)),
        ("webm", "vp9", (False, True)),
    ):
        for alpha in alphas:
            for sound in (False, True):
                cell = (ending, codec, alpha, sound)
                yield pytest.param(*cell, marks=() if cell in QUICK else pytest.mark.slow)


@pytest.mark.parametrize(("ending", "codec", "alpha", "sound"), list(cells()))
def test_a_cell_of_the_table(
    tmp_path: Path, composites: list[Composite], ending: str, codec: str, alpha: bool, sound: bool
) -> None:
    path = tmp_path / f"out.{ending}"
    pictures = composites if alpha else [replace(composite, alpha=None) for composite in composites]
    notices: list[Notice] = []
    now = [pictures[0].timestamp_ns]
    recording = make_recording(
        path,
        RecordingSettings(codec=codec, microphone="", quality="good"),
        notify=notices.append,
        audio_input=microphone(now, now[0]) if sound else None,
    )
    recording.open(SIZE, RATE)
    for composite in pictures:
        now[0] = composite.timestamp_ns + 40_000_000
        recording.write(composite)
    now[0] += 200_000_000
    recording.close()
    assert notices == []

    streams = {stream["codec_type"]: stream for stream in probe(path, "-show_streams")["streams"]}
    assert streams["video"]["codec_name"] == codec
    assert set(streams) == ({"video", "audio"} if sound else {"video"})
    np.testing.assert_allclose(frame_times(path), np.arange(FRAMES) / 30, atol=0.0006)
    assert duration_s(path) == pytest.approx(FRAMES / 30, abs=0.035)

    back = read(path, "bgra" if alpha else "bgr24", 4 if alpha else 3, codec)
    assert len(back) == FRAMES
    for got, composite in zip(back, pictures, strict=True):
        if codec == "ffv1":
            np.testing.assert_array_equal(got[..., :3], composite.pixels)
        else:
            assert np.abs(got[..., :3].astype(int) - composite.pixels).mean() < 3
        if composite.alpha is not None and codec == "ffv1":
            np.testing.assert_array_equal(got[..., 3], composite.alpha)
        elif composite.alpha is not None:
            assert np.abs(got[..., 3].astype(int) - composite.alpha).mean() < 3
    if sound:
        flash_s = frame_times(path)[int(np.argmax(back[..., :3].mean((1, 2, 3))))]
        assert claps_s(path)[0] == pytest.approx(flash_s, abs=0.015)


def test_a_sequence_of_pngs_is_exact_and_knows_its_times(tmp_path: Path, composites: list[Composite]) -> None:
    path = tmp_path / "sequence"
    recording = make_recording(path, RecordingSettings(microphone=""), notify=lambda _: None)
    recording.open(SIZE, RATE)
    for composite in composites[:5]:
        recording.write(composite)
    recording.write(replace(composites[5], timestamp_ns=composites[4].timestamp_ns + 500_000_000))
    recording.close()
    for index, composite in enumerate(composites[:5]):
        back = read(path / f"{index:06d}.png", "bgra", 4, "png")[0]
        np.testing.assert_array_equal(back[..., :3], composite.pixels)
        np.testing.assert_array_equal(back[..., 3], composite.alpha)
    assert duration_s(path / "frames.ffconcat") == pytest.approx(4 / 30 + 0.5 + 1 / 30, abs=0.001)


def test_colours_and_matte_in_two_files(tmp_path: Path, composites: list[Composite]) -> None:
    recording = make_recording(
        tmp_path / "out.mp4", RecordingSettings(microphone="", matte_file=True), notify=lambda _: None
    )
    recording.open(SIZE, RATE)
    for composite in composites:
        recording.write(composite)
    recording.close()
    fill = read(tmp_path / "out.mp4", "bgr24", 3, "h264")
    matte = read(tmp_path / "out.matte.mp4", "bgr24", 3, "h264")
    assert len(fill) == len(matte) == FRAMES
    for colours, grey, composite in zip(fill, matte, composites, strict=True):
        assert composite.alpha is not None
        assert np.abs(colours.astype(int) - composite.pixels).mean() < 3
        assert np.abs(grey.astype(int) - composite.alpha[..., None]).mean() < 3
