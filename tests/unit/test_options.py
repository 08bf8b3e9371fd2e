"""The command line's options laid over settings, for `run` and for the window alike."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from u2live.commands.options import Parser
from u2live.commands.run import add_run_options, settings_from
from u2live.errors import UsageError
from u2live.settings import Settings, with_value


def given(*words: str) -> argparse.Namespace:
    parser = Parser()
    add_run_options(parser)
    return parser.parse_args(words)


def test_what_is_not_named_stays_as_it_was_saved() -> None:
    saved = with_value(Settings(), "matte.detail", 0.2)
    assert settings_from(given(), saved) == saved


def test_every_option_reaches_its_setting() -> None:
    words = "--source demo --size 640x360 --fps 25 --background color:#ff0000 --weights w --engine torch --microphone Yeti"
    settings = settings_from(given(*words.split()), Settings())
    assert (settings.camera.source, settings.camera.width, settings.camera.height) == ("demo", 640, 360)
    assert settings.camera.frame_rate == 25
    assert settings.background.choice == "color:#ff0000"
    assert (settings.model.weights, settings.model.engine) == ("w", "torch")
    assert settings.recording.microphone == "Yeti"


def test_set_has_the_last_word() -> None:
    words = ("--size", "640x360", "--microphone", "--set", "camera.width=320", "--set", "recording.microphone=Blue")
    settings = settings_from(given(*words), Settings())
    assert (settings.camera.width, settings.camera.height) == (320, 360)
    assert settings.recording.microphone == "Blue"


@pytest.mark.parametrize("option", ["--source", "--background"])
def test_a_recording_never_replaces_what_it_is_made_from(tmp_path: Path, option: str) -> None:
    clip, link = tmp_path / "clip.mp4", tmp_path / "link.mp4"
    clip.write_bytes(b"holiday")
    link.symlink_to(clip)
    with pytest.raises(UsageError, match="would replace what it is made from"):
        settings_from(given(option, str(clip), "--record", str(link), "--overwrite"), Settings())


@pytest.mark.parametrize(
    "words",
    [
        "--size big",
        "--size 0x0",
        "--fps 0",
        "--fps nan",
        "--background hologram",
        "--set matte.grow=many",
        "--set grow=1",
        "--set matte.grow",
        "--duration 0",
        "--duration inf",
    ],
)
def test_options_that_mean_nothing_are_wrong_usage(words: str) -> None:
    with pytest.raises(UsageError):
        settings_from(given(*words.split()), Settings())
