"""Slideshows: their order, how one slide becomes the next, and slides that cannot be read."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import cv2
import numpy as np

from u2live.types import Notice, Size

SIZE = Size(64, 48)


def slides(folder: Path, *levels: int) -> Path:
    for number, level in enumerate(levels):
        assert cv2.imwrite(str(folder / f"slide {number + 8}.png"), np.full((30, 40, 3), level, np.uint8))
    return folder


def test_slides_come_in_a_persons_order_and_melt_into_each_other(tmp_path: Path, opened) -> None:
    background = opened(slides(tmp_path, 0, 100, 200), live=False, slide_seconds=4.0)
    levels = [float(background.picture_at(SIZE, round(t * 1e9)).mean()) for t in np.arange(0, 13, 0.1)]
    assert levels[0] == levels[31] == 0  # slide 8, though "slide 10" sorts first as text
    assert levels[40] == levels[71] == 100
    assert levels[80] == levels[111] == 200
    assert levels[120] == 0  # and from the beginning
    melting = levels[32:41]
    assert melting == sorted(melting)
    assert 40 < levels[36] < 60
    assert max(abs(a - b) for a, b in itertools.pairwise(levels)) <= 45


def test_an_unreadable_slide_is_left_out_and_told(tmp_path: Path, opened) -> None:
    slides(tmp_path, 50, 150)
    (tmp_path / "slide 8b.jpg").write_text("no picture")
    heard: list[Notice] = []
    background = opened(tmp_path, live=False, slide_seconds=1.0, notify=heard.append)
    assert [int(background.picture_at(SIZE, k * 10**9).mean()) for k in range(5)] == [50, 150, 50, 150, 50]
    assert len(heard) == 1
    assert "slide 8b.jpg" in heard[0].message


def test_live_slides_change_size_at_once(tmp_path: Path, opened) -> None:
    background = opened(slides(tmp_path, 50, 150), live=True, slide_seconds=1.0)
    for size in (SIZE, Size(20, 30), SIZE):
        assert background.picture_at(size, 0).shape == (size.height, size.width, 3)
    deadline = time.monotonic() + 5
    while background.picture_at(SIZE, 10**9).mean() != 150:
        assert time.monotonic() < deadline
        time.sleep(0.01)
