from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from u2live.compose.choice import Kind, parse_background
from u2live.errors import UsageError


@given(st.integers(0, 0xFFFFFF))
def test_every_color_is_read_as_blue_green_red(color: int) -> None:
    choice = parse_background(f"color:#{color:06x}")
    assert choice.kind is Kind.COLOR
    assert choice.color == (color & 255, color >> 8 & 255, color >> 16)


def test_short_colors_and_colors_without_a_hash() -> None:
    assert parse_background("color:#0bF").color == (0xFF, 0xBB, 0x00)
    assert parse_background("color:00B140").color == (0x40, 0xB1, 0x00)


@pytest.mark.parametrize(("text", "strength"), [("blur", 60), ("blur:0", 0), ("blur:37.5", 37.5), ("Blur:100", 100)])
def test_blur_strengths(text: str, strength: float) -> None:
    choice = parse_background(text)
    assert (choice.kind, choice.strength) == (Kind.BLUR, strength)


def test_words_and_places(tmp_path: Path) -> None:
    assert parse_background("transparent").kind is Kind.TRANSPARENT
    assert parse_background(" original ").kind is Kind.ORIGINAL
    assert parse_background(str(tmp_path)).kind is Kind.FOLDER
    (tmp_path / "room.jpg").touch()
    assert parse_background(str(tmp_path / "room.jpg")).path == tmp_path / "room.jpg"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("blurr", "there is no background 'blurr'; say blur"),
        ("", "no background is named"),
        ("blur:", "strength from 0 to 100"),
        ("blur:101", "strength from 0 to 100"),
        ("blur:-1", "strength from 0 to 100"),
        ("blur:nan", "strength from 0 to 100"),
        ("blur:much", "'much'"),
        ("color", "six hexadecimal digits"),
        ("color:green", "six hexadecimal digits"),
        ("color:#12345", "six hexadecimal digits"),
        ("color:#0x1234", "six hexadecimal digits"),
        ("transparent:1", "there is no"),
        ("/nowhere/room.png", "no file or folder '/nowhere/room.png'"),
        ("room.png", "no file or folder 'room.png'"),
        ("x" * 5000, "there is no"),
        ("~nobody-of-that-name/room.png", "no file or folder"),
        ("/dev/null", "neither a file nor a folder"),
        ("a\0b.png", "there is no"),
    ],
)
def test_everything_else_is_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_background(text)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@given(st.text(max_size=30))
def test_no_text_at_all_ends_in_another_error(text: str) -> None:
    with contextlib.suppress(UsageError):
        parse_background(text)
