"""Auto-framing: where the crop goes, and that it is calm."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from u2live.compose.framing import HEADROOM, WHOLE, Crop, Framer, wanted_crop
from u2live.settings import FramingSettings

ON = FramingSettings(auto=True, fill=0.8, zoom_limit=3.0)
FRAME_NS = 33_333_333


def person(x: float, top: float, height: int = 360, width: int = 640) -> np.ndarray:
    """A head on shoulders reaching down to the lower edge."""
    alpha = np.zeros((height, width), np.float32)
    rows, columns = np.mgrid[0:height, 0:width]
    tall = height * (1 - top)
    down = rows - (top * height + 0.22 * tall)
    head = np.hypot((columns - x * width) / (0.18 * tall), down / (0.22 * tall)) < 1
    body = (rows > top * height + 0.4 * tall) & (np.abs(columns - x * width) < 0.35 * tall)
    alpha[head | body] = 1
    return alpha


def follow(
    framer: Framer, alpha: np.ndarray, seconds: float, start_ns: int = 0, settings: FramingSettings = ON
) -> list[Crop]:
    frames = round(seconds * 30)
    return [framer.follow(alpha, start_ns + number * FRAME_NS, settings) for number in range(frames)]


def test_a_small_person_fills_what_was_asked_for() -> None:
    crop = wanted_crop(person(0.4, 0.5), ON)
    assert crop is not None
    assert crop.size == pytest.approx(0.5 / 0.8, abs=0.03)
    assert crop.x == pytest.approx(0.4, abs=0.01)


def test_headroom_stays_above_the_head() -> None:
    crop = wanted_crop(person(0.5, 0.4), replace(ON, fill=0.9))
    assert crop is not None
    assert (0.4 - (crop.y - crop.size / 2)) / crop.size == pytest.approx(HEADROOM, abs=0.05)


def test_the_zoom_has_its_limit() -> None:
    crop = wanted_crop(person(0.5, 0.85), replace(ON, zoom_limit=1.5))
    assert crop is not None
    assert crop.size == pytest.approx(1 / 1.5)


def test_the_crop_never_leaves_the_picture() -> None:
    for x in (0.02, 0.98):
        crop = wanted_crop(person(x, 0.6), ON)
        assert crop is not None
        assert crop.size / 2 - 1e-9 <= crop.x <= 1 - crop.size / 2 + 1e-9
        assert crop.size / 2 - 1e-9 <= crop.y <= 1 - crop.size / 2 + 1e-9


def test_nobody_gives_no_crop_and_leaves_the_last_one() -> None:
    empty = np.zeros((360, 640), np.float32)
    assert wanted_crop(empty, ON) is None
    framer = Framer()
    settled = follow(framer, person(0.3, 0.5), 6)[-1]
    after = follow(framer, empty, 3, start_ns=6 * 10**9)[-1]
    assert after.x == pytest.approx(settled.x, abs=2e-3)
    assert after.size == pytest.approx(settled.size, abs=2e-3)


def test_it_arrives_without_overshooting_or_jumping() -> None:
    crops = follow(Framer(), person(0.3, 0.5), 6)
    xs = np.array([crop.x for crop in crops])
    assert xs[0] == pytest.approx(0.5, abs=0.01)
    assert xs[-1] == pytest.approx(wanted_crop(person(0.3, 0.5), ON).x, abs=5e-3)  # type: ignore[union-attr]
    assert np.all(np.diff(xs) <= 1e-6)
    assert np.abs(np.diff(xs)).max() < 0.02


def test_small_movements_move_nothing() -> None:
    framer = Framer()
    settled = follow(framer, person(0.4, 0.5), 8)[-1]
    start = 8 * 10**9
    for number in range(60):
        crop = framer.follow(person(0.4 + 0.01 * (-1) ** number, 0.5), start + number * FRAME_NS, ON)
    assert crop.x == pytest.approx(settled.x, abs=2e-3)


def test_switched_off_it_eases_back_to_the_whole() -> None:
    framer = Framer()
    follow(framer, person(0.3, 0.5), 5)
    crop = follow(framer, person(0.3, 0.5), 6, start_ns=5 * 10**9, settings=replace(ON, auto=False))[-1]
    assert crop.size == pytest.approx(WHOLE.size, abs=1e-3)


def test_a_gap_in_the_frames_is_no_jump() -> None:
    framer = Framer()
    framer.follow(person(0.3, 0.5), 0, ON)
    crop = framer.follow(person(0.3, 0.5), 60 * 10**9, ON)
    assert abs(crop.x - 0.5) < 0.05
