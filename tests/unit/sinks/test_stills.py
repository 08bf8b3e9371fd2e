"""Stills on disk."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.unit.sinks.video_files import checkerboard
from u2live.errors import SinkError
from u2live.sinks.stills import save_picture, save_still
from u2live.types import Composite


def transparent() -> Composite:
    alpha = np.tile(np.linspace(0, 255, 320).astype(np.uint8), (192, 1))
    return Composite(0, 0, checkerboard(), alpha)


def test_png_keeps_colours_and_straight_alpha_exactly(tmp_path: Path) -> None:
    path = tmp_path / "out.png"
    composite = transparent()
    save_still(path, composite)
    back = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert back is not None
    assert composite.alpha is not None
    np.testing.assert_array_equal(back, np.dstack((composite.pixels, composite.alpha)))


def test_jpeg_lies_over_black(tmp_path: Path) -> None:
    path = tmp_path / "out.jpg"
    save_still(path, transparent())
    back = cv2.imread(str(path))
    assert back is not None
    assert back[:, :4].max() < 20
    assert np.abs(back[:, -24:-8].astype(int) - checkerboard()[:, -24:-8]).mean() < 20


def test_grey(tmp_path: Path) -> None:
    matte = checkerboard()[:, :, 0]
    save_picture(tmp_path / "matte.png", matte)
    np.testing.assert_array_equal(cv2.imread(str(tmp_path / "matte.png"), cv2.IMREAD_UNCHANGED), matte)


def test_an_existing_picture_stays_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "out.png"
    path.write_bytes(b"mine")
    with pytest.raises(SinkError, match="exists already"):
        save_still(path, transparent())
    assert path.read_bytes() == b"mine"
    save_still(path, transparent(), overwrite=True)
    assert cv2.imread(str(path)) is not None
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.png"]


@pytest.mark.parametrize(("name", "words"), [("out.webm", "ends with"), ("nowhere/out.png", "does not exist")])
def test_places_that_cannot_be_written(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(SinkError, match=words):
        save_still(tmp_path / name, transparent())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_leaves_the_old_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.png"
    path.write_bytes(b"mine")
    monkeypatch.setattr("u2live.sinks.stills.temporary_beside", lambda path: Path("/dev/full"))
    monkeypatch.setattr(Path, "unlink", lambda self, missing_ok=False: None)  # /dev/full stays
    opened = Path.open
    monkeypatch.setattr(Path, "open", lambda self, mode: opened(self, mode.replace("x", "w")))
    with pytest.raises(SinkError, match="disk is full"):
        save_still(path, transparent(), overwrite=True)
    assert path.read_bytes() == b"mine"
