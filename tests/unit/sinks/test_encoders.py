"""Codecs: chosen by file, quality and transparency; devices tried; presets measured."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.unit.sinks.video_files import composites, frame_times, needs_ffmpeg
from u2live.errors import UsageError
from u2live.sinks import encoders
from u2live.sinks.encoders import hardware_encoder, measured_preset
from u2live.sinks.formats import CODECS, FFV1_ALPHA, FORMATS, H264, PRORES_422, PRORES_4444, VP9, VP9_ALPHA, choose_codec
from u2live.sinks.recorder import Recorder
from u2live.types import Size


@pytest.mark.parametrize(
    ("name", "codec", "quality", "transparent", "chosen"),
    [
        ("a.mp4", "auto", "good", False, H264),
        ("a.mp4", "auto", "good", True, H264),
        ("a.MOV", "auto", "good", False, H264),
        ("a.mov", "auto", "edit", False, PRORES_422),
        ("a.mov", "auto", "good", True, PRORES_4444),
        ("a.mov", "h264", "edit", True, H264),
        ("a.mkv", "auto", "edit", False, H264),
        ("a.mkv", "auto", "good", True, FFV1_ALPHA),
        ("a.mkv", "vp9", "good", True, VP9_ALPHA),
        ("a.webm", "auto", "good", False, VP9),
        ("a.webm", "auto", "small", True, VP9_ALPHA),
    ],
)
def test_what_encodes_which_file(name: str, codec: str, quality: str, transparent: bool, chosen: object) -> None:
    assert choose_codec(Path(name), codec, quality, transparent=transparent) is chosen


def test_every_codec_goes_into_some_container_and_no_other_word_does() -> None:
    fits = {codec: [ending for ending in FORMATS if _fits(ending, codec)] for codec in CODECS}
    assert all(fits.values())
    assert not any(_fits(ending, "theora") for ending in FORMATS)


def _fits(ending: str, codec: str) -> bool:
    try:
        choose_codec(Path(f"a{ending}"), codec, "good", transparent=False)
    except UsageError:
        return False
    return True


def test_devices_are_tried_and_what_is_found_encodes() -> None:
    found = hardware_encoder()
    assert found is None or encoders.encodes(found)


@needs_ffmpeg
def test_a_device_that_fails_after_all_gives_way_to_software(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = next((codec for codec in encoders._HARDWARE if not encoders.encodes(codec)), None)
    if broken is None:
        pytest.skip("every device there is works here")
    monkeypatch.setattr("u2live.sinks.video_track.hardware_encoder", lambda: broken)
    path = tmp_path / "out.mp4"
    recorder = Recorder(path)
    recorder.open(Size(320, 192), Fraction(30))
    for picture in composites([0.0, 0.1, 0.2]):
        recorder.write(picture)
    assert recorder.status.encoder == "libx264"
    recorder.close()
    assert len(frame_times(path)) == 3


def test_the_preset_follows_what_the_machine_can_do() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (720, 1280, 3), dtype=np.uint8)
    assert measured_preset(picture, Fraction(100_000)) == "ultrafast"
    assert measured_preset(picture, Fraction(1, 10)) == "veryfast"
