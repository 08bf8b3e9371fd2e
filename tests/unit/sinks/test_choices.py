"""What can be chosen: only what encodes here."""

from __future__ import annotations

import pytest

from u2live.settings import setting_fields
from u2live.sinks import choices
from u2live.sinks.choices import alpha_codec, automatic_codec, file_choices, hardware_name
from u2live.sinks.encoders import hardware_encoder
from u2live.sinks.formats import VP9, VP9_ALPHA


def test_every_kind_of_file_and_codec_is_a_word_of_the_settings() -> None:
    found = file_choices()
    assert [choice.name for choice in found] == list(setting_fields("recording")["format"].metadata["choices"])
    words = set(setting_fields("recording")["codec"].metadata["choices"])
    assert {codec for choice in found for codec in choice.codecs} == words - {"auto"}


def test_what_does_not_encode_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choices, "encodes", lambda codec: codec not in (VP9, VP9_ALPHA))
    found = {choice.name: choice.codecs for choice in file_choices()}
    assert "webm" not in found
    assert found["mkv"] == ("h264", "ffv1")


@pytest.mark.parametrize(
    ("name", "codec", "alpha"),
    [
        ("mp4", "auto", ""),
        ("mov", "auto", "prores"),
        ("mov", "h264", ""),
        ("mkv", "auto", "ffv1"),
        ("mkv", "vp9", "vp9"),
        ("webm", "auto", "vp9"),
        ("png", "auto", "png"),
    ],
)
def test_which_codec_keeps_transparency(name: str, codec: str, alpha: str) -> None:
    assert alpha_codec(name, codec) == alpha


def test_what_automatic_means() -> None:
    assert automatic_codec("mov", "good") == "h264"
    assert automatic_codec("mov", "edit") == "prores"
    assert automatic_codec("webm", "best") == "vp9"
    assert automatic_codec("png", "good") == "png"
    device = hardware_encoder()
    assert hardware_name() == (device.encoder if device is not None else "")
