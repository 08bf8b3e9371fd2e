from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from u2live.compose.placeholder import placeholder
from u2live.types import Size


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    placeholder.cache_clear()


@pytest.mark.parametrize("size", [Size(1280, 720), Size(720, 1280), Size(161, 121), Size(64, 48), Size(3, 2), Size(1, 1)])
def test_any_size(size: Size) -> None:
    picture = placeholder(size)
    assert picture.shape == (size.height, size.width, 3)
    assert picture.dtype == np.uint8
    assert placeholder(size) is picture


@pytest.mark.parametrize("size", [Size(1280, 720), Size(480, 640), Size(160, 120)])
def test_the_person_stands_out_in_the_middle_and_the_rest_is_calm(size: Size) -> None:
    picture = placeholder(size).astype(int)
    third = picture[:, size.width // 3 : 2 * size.width // 3]
    assert third.max() - np.median(picture) > 60
    border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    assert border.max() < 60


def test_without_its_drawing_it_is_plain_but_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("U2LIVE_ASSETS", str(tmp_path))
    assert placeholder(Size(320, 180)).shape == (180, 320, 3)
    placeholder.cache_clear()
    (tmp_path / "placeholder.png").write_text("no picture")
    assert placeholder(Size(320, 180)).max() < 60


def test_it_is_not_for_writing() -> None:
    with pytest.raises(ValueError, match="read-only"):
        placeholder(Size(32, 32))[0, 0] = 255


def test_it_needs_no_network() -> None:
    code = "import sys; from u2live.compose.placeholder import placeholder; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
