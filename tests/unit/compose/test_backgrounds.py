"""Opening backgrounds: still ones, and what is refused."""

from __future__ import annotations

import wave
from pathlib import Path

import cv2
import numpy as np
import pytest

from u2live.compose.backgrounds import Image, Picture
from u2live.compose.factory import open_background
from u2live.errors import UsageError
from u2live.settings import BackgroundSettings
from u2live.types import Size

SIZE = Size(64, 36)


def picture_of(choice: Path | str, size: Size = SIZE, **more: object) -> np.ndarray:
    background = open_background(BackgroundSettings(str(choice), **more))  # type: ignore[arg-type]
    assert isinstance(background, Picture)
    try:
        return background.picture_at(size, 0)
    finally:
        background.close()


def written(path: Path, picture: np.ndarray) -> Path:
    data = cv2.imencode(path.suffix, picture)[1]
    path.write_bytes(data.tobytes())
    return path


def test_a_color_fills_any_size() -> None:
    assert (picture_of("color:#102030", Size(3, 5)) == (0x30, 0x20, 0x10)).all()


@pytest.mark.parametrize("name", ["room.png", "room.bmp", "room.webp", "room.tiff", "Zimmer für Gäste 房间.PNG"])
def test_an_image(tmp_path: Path, name: str) -> None:
    picture = np.full((36, 64, 3), (10, 200, 90), np.uint8)
    got = picture_of(written(tmp_path / name, picture))
    assert np.abs(got.astype(int) - picture).max() <= 3  # WebP is lossy


def test_an_image_is_prepared_once_for_each_size(tmp_path: Path) -> None:
    path = written(tmp_path / "room.png", np.zeros((90, 160, 3), np.uint8))
    background = open_background(BackgroundSettings(str(path)), SIZE)
    assert isinstance(background, Image)
    first = background.picture_at(SIZE, 0)
    assert background.picture_at(SIZE, 5) is first
    assert background.picture_at(Size(20, 30), 6).shape == (30, 20, 3)


def test_the_fit_is_heard(tmp_path: Path) -> None:
    path = written(tmp_path / "wide.png", np.full((10, 100, 3), 255, np.uint8))
    assert picture_of(path, fit="cover").min() == 255
    assert picture_of(path, fit="contain").min() == 0


def test_transparent_parts_of_an_image_are_black(tmp_path: Path) -> None:
    picture = np.full((36, 64, 4), (0, 0, 255, 255), np.uint8)
    picture[:, :32, 3] = 0
    picture[:, 32:48, 3] = 128
    got = picture_of(written(tmp_path / "cut.png", picture))
    assert not got[:, :30].any()
    assert abs(int(got[5, 40, 2]) - 128) <= 1
    assert (got[:, 50:] == (0, 0, 255)).all()
    deep = picture.astype(np.uint16) * 257
    assert np.abs(picture_of(written(tmp_path / "deep.png", deep)).astype(int) - got).max() <= 1


def test_a_photograph_taken_sideways_is_turned_upright(tmp_path: Path) -> None:
    """EXIF orientation 6: the camera was turned; rows become columns."""
    picture = np.zeros((36, 64, 3), np.uint8)
    picture[:, 32:] = 255
    jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
    tag = b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"
    exif = b"Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01" + tag + b"\x00\x00\x00\x00"
    (tmp_path / "side.jpg").write_bytes(jpeg[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + jpeg[2:])
    got = picture_of(tmp_path / "side.jpg", Size(36, 64))
    assert got[60].min() > 200
    assert got[4].max() < 50


def test_a_still_gif_is_an_image(tmp_path: Path) -> None:
    written(tmp_path / "still.gif", np.full((36, 64, 3), (0, 255, 0), np.uint8))
    background = open_background(BackgroundSettings(str(tmp_path / "still.gif")))
    assert isinstance(background, Image)
    assert np.abs(background.picture_at(SIZE, 0).astype(int) - (0, 255, 0)).max() <= 8  # of a palette


def refused(choice: Path | str) -> str:
    with pytest.raises(UsageError) as error:
        open_background(BackgroundSettings(str(choice)))
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("name", ["text.png", "text.jpg", "text.mp4", "text.gif", "text", "text.txt"])
def test_a_text_file_under_any_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("This is no picture.\n" * 50)
    assert "picture" in refused(tmp_path / name)


@pytest.mark.parametrize("name", ["empty.png", "empty.mp4"])
def test_an_empty_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert name in refused(tmp_path / name)


def test_a_picture_cut_off_in_its_header(tmp_path: Path) -> None:
    whole = cv2.imencode(".png", np.zeros((90, 90, 3), np.uint8))[1].tobytes()
    (tmp_path / "cut.png").write_bytes(whole[:30])
    assert "not a picture" in refused(tmp_path / "cut.png")


def test_missing_unknown_and_empty(tmp_path: Path) -> None:
    assert "no file or folder" in refused(tmp_path / "missing.png")
    assert "there is no background 'nonsense'" in refused("nonsense")
    assert "holds no pictures" in refused(tmp_path)


def test_a_sound_file(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "song.wav"), "wb") as song:
        song.setparams((1, 2, 8000, 0, "NONE", ""))
        song.writeframes(bytes(16000))
    assert "only sound" in refused(tmp_path / "song.wav")
