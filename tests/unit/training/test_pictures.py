import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from u2live.errors import UsageError
from u2live.paths import user_cache_dir
from u2live.training.pictures import find_folders, load_folder


def test_people_and_nobody(people_dir: Path, empty_dir: Path) -> None:
    people, nobody = load_folder(people_dir), load_folder(empty_dir)
    assert people.people
    assert not nobody.people
    picture = people.pictures[0]
    x0, y0, x1, y1 = picture.box
    assert picture.mattes[y0:y1, x0:x1, 0].max() == 255
    outside = picture.mattes[..., 0].copy()
    outside[y0:y1, x0:x1] = 0
    assert outside.max() == 0
    assert nobody.pictures[0].mattes.max() == 0


def test_large_pictures_are_shrunk(people_dir: Path) -> None:
    picture = load_folder(people_dir, longest=40).pictures[0]
    assert picture.image.shape[:2] == picture.mattes.shape[:2] == (30, 40)


def test_a_root_gives_its_folders_splits(tmp_path: Path) -> None:
    for name in ("a/train/image", "a/validation/image", "b/train/image", "c/image"):
        (tmp_path / name).mkdir(parents=True)
    assert find_folders([tmp_path], "train") == [tmp_path / "a/train", tmp_path / "b/train"]
    assert find_folders([tmp_path / "c"], "train") == [tmp_path / "c"]


@pytest.mark.parametrize("what", ["missing", "bare", "no matte", "broken matte", "broken picture", "no pictures"])
def test_what_cannot_be_trained_on_is_one_line(tmp_path: Path, what: str) -> None:
    image, alpha = tmp_path / "set" / "image", tmp_path / "set" / "alpha"
    if what != "missing":
        alpha.mkdir(parents=True)
    if what not in ("missing", "bare"):
        image.mkdir()
    if what in ("no matte", "broken matte", "broken picture"):
        cv2.imwrite(str(image / "x.png"), np.zeros((8, 8, 3), np.uint8))
    if what == "broken matte":
        (alpha / "x.png").write_text("no picture")
    if what == "broken picture":
        (image / "x.png").write_text("no picture")
        cv2.imwrite(str(alpha / "x.png"), np.zeros((8, 8), np.uint8))

    def load() -> None:
        for folder in find_folders([tmp_path / "set"], "train"):
            load_folder(folder)

    with pytest.raises(UsageError) as raised:
        load()
    assert "\n" not in str(raised.value)
    assert str(tmp_path) in str(raised.value)


def test_decoded_pictures_are_kept_until_a_file_changes(people_dir: Path, tmp_path: Path) -> None:
    copy = tmp_path / "people"
    shutil.copytree(people_dir, copy)
    first = load_folder(copy)
    store = user_cache_dir() / "training-pictures"
    kept = sorted(path.name for path in store.iterdir())
    again = load_folder(copy)
    assert sorted(path.name for path in store.iterdir()) == kept
    for one, two in zip(first.pictures, again.pictures, strict=True):
        assert (one.name, one.box) == (two.name, two.box)
        np.testing.assert_array_equal(one.image, two.image)
        np.testing.assert_array_equal(one.mattes, two.mattes)
    cv2.imwrite(str(copy / "image" / "000.png"), np.full((60, 80, 3), 7, np.uint8))
    assert (load_folder(copy).pictures[0].image == 7).all()
    assert not any(path.suffix == ".partial" for path in store.iterdir())


def test_a_teachers_mattes_are_a_second_channel(people_dir: Path, tmp_path: Path) -> None:
    for file in (people_dir / "image").iterdir():
        cv2.imwrite(str(tmp_path / f"{file.stem}.png"), np.full((60, 80), 99, np.uint8))
    picture = load_folder(people_dir, teacher=tmp_path).pictures[0]
    assert picture.mattes.shape == (60, 80, 2)
    assert (picture.mattes[..., 1] == 99).all()
    np.testing.assert_array_equal(picture.mattes[..., :1], load_folder(people_dir).pictures[0].mattes)
