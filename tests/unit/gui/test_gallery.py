"""The gallery's list: what comes with the program, what a person adds."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from u2live.compose.choice import parse_background
from u2live.gui.logic.gallery import Gallery, Look, same, title_of
from u2live.paths import assets_dir


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("one.png", "two.jpg"):
        cv2.imwrite(str(folder / name), np.full((9, 16, 3), 120, np.uint8))
    return folder


def gallery(path: Path) -> Gallery:
    return Gallery(path / "gallery.json", assets_dir() / "backgrounds")


def test_at_least_ten_backgrounds_come_with_the_program(tmp_path: Path) -> None:
    bundled = [entry for entry in gallery(tmp_path).entries() if entry.look is Look.PICTURE]
    assert len(bundled) >= 10
    for entry in bundled:
        picture = cv2.imread(entry.choice)
        assert picture is not None
        assert picture.shape == (1080, 1920, 3)
    assert sum(Path(entry.choice).stat().st_size for entry in bundled) < 3_000_000


def test_every_entry_is_a_background_the_program_knows(tmp_path: Path) -> None:
    for entry in gallery(tmp_path).entries():
        parse_background(entry.choice)


def test_what_is_added_is_remembered(tmp_path: Path, pictures: Path) -> None:
    first = gallery(tmp_path)
    entry = first.add(pictures / "one.png")
    assert entry is not None
    assert (entry.look, entry.own, entry.title) == (Look.PICTURE, True, "One")
    assert gallery(tmp_path).find(str(pictures / "one.png")) == entry


def test_a_folder_of_pictures_is_a_slideshow(tmp_path: Path, pictures: Path) -> None:
    entry = gallery(tmp_path).add(pictures)
    assert entry is not None
    assert entry.look is Look.FOLDER


def test_what_is_no_picture_is_refused(tmp_path: Path, pictures: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "empty").mkdir()
    assert gallery(tmp_path).add(tmp_path / "notes.txt") is None
    assert gallery(tmp_path).add(tmp_path / "empty") is None


def test_twice_added_is_there_once(tmp_path: Path, pictures: Path) -> None:
    own = gallery(tmp_path)
    own.add(pictures / "one.png")
    own.add(pictures / "one.png")
    own.add_color("#ABCDEF")
    own.add_color("#abcdef")
    assert len([entry for entry in own.entries() if entry.own]) == 2


def test_removed_is_forgotten_but_the_file_stays(tmp_path: Path, pictures: Path) -> None:
    own = gallery(tmp_path)
    entry = own.add(pictures / "one.png")
    assert entry is not None
    own.remove(entry)
    assert gallery(tmp_path).find(entry.choice) is None
    assert (pictures / "one.png").exists()


def test_what_comes_with_the_program_stays(tmp_path: Path) -> None:
    own = gallery(tmp_path)
    before = own.entries()
    own.remove(before[-1])
    assert own.entries() == before


def test_a_file_that_is_gone_is_shown_as_missing(tmp_path: Path, pictures: Path) -> None:
    own = gallery(tmp_path)
    entry = own.add(pictures / "one.png")
    (pictures / "one.png").unlink()
    assert entry is not None
    assert entry.missing
    assert gallery(tmp_path).find(entry.choice) == entry


def test_every_strength_of_blur_is_one_entry_and_a_slide_is_its_folder(tmp_path: Path, pictures: Path) -> None:
    assert same("blur:60", "blur:17")
    assert not same("blur:60", "original")
    assert same("color:#AABBCC", "color:#aabbcc")
    assert same(str(pictures), str(pictures / "two.jpg"))
    own = gallery(tmp_path)
    own.add(pictures)
    assert own.slides_of(str(pictures / "two.jpg")) == (str(pictures / "one.png"), str(pictures / "two.jpg"))
    assert own.slides_of("blur:60") == ()
    for number in (2, 10):
        cv2.imwrite(str(pictures / f"slide {number}.png"), np.full((9, 16, 3), 120, np.uint8))
    assert [Path(slide).name for slide in own.slides_of(str(pictures))][1:3] == ["slide 2.png", "slide 10.png"]
    shutil.rmtree(pictures)
    assert own.slides_of(str(pictures)) == ()


@pytest.mark.parametrize("text", ["", "{", "3", '[{"choice": 1}]', '[{"choice": "x", "title": "y", "look": "hologram"}]'])
def test_a_damaged_list_leaves_what_comes_with_the_program(tmp_path: Path, text: str) -> None:
    (tmp_path / "gallery.json").write_text(text)
    assert len(gallery(tmp_path).entries()) >= 10


def test_titles_are_made_of_file_names() -> None:
    assert title_of(Path("living-room_2.jpg")) == "Living room 2"
