"""Poor light is mended before the network looks, without a jump, and good light is left alone."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from u2live.matting.exposure import KEY, exposed, exposure, in_good_light, without_grain
from u2live.matting.preprocess import STD, shrunk, to_input, to_input_from_camera, to_input_from_camera_on_device

SIDE = 64


def room(mean: float = 120.0, spread: float = 40.0) -> np.ndarray:
    """A smooth picture, 256×320."""
    rough = np.random.default_rng(4).normal(0, 1, (256, 320, 3)).astype(np.float32)
    smooth = cv2.GaussianBlur(rough, (0, 0), 12)
    return np.clip(smooth / smooth.std() * spread + mean, 5, 250).astype(np.uint8)


def with_lamp(darkness: float, lamp: int = 255) -> np.ndarray:
    picture = (room() * darkness).astype(np.uint8)
    picture[:40, :40] = lamp
    return picture


def brightness(picture: np.ndarray) -> float:
    return float(exposed(cv2.resize(picture, (SIDE, SIDE))).mean())


def test_good_light_is_left_as_it_is() -> None:
    picture = room()
    np.testing.assert_array_equal(to_input_from_camera(picture, SIDE), to_input(shrunk(picture, SIDE), SIDE))


def test_a_dark_room_with_a_lamp_is_lifted() -> None:
    dark = with_lamp(0.15)
    assert to_input(dark, SIDE).mean() < -1.4  # what the lamp leaves of it
    assert brightness(dark) == pytest.approx(KEY, abs=0.1)
    assert brightness(room()) == pytest.approx(brightness(with_lamp(0.15)), abs=0.2)


def test_training_sees_the_same_light_in_whole_levels() -> None:
    for picture in (room(), with_lamp(0.15), (room() * 0.06).astype(np.uint8)):
        small = cv2.resize(picture, (SIDE, SIDE))
        np.testing.assert_allclose(in_good_light(small) / np.float32(255), exposed(small), atol=0.5 / 255 + 1e-6)
        assert in_good_light(small).dtype == np.uint8


def test_a_dark_room_without_a_lamp_needs_no_more_than_the_division() -> None:
    dark = (room() * 0.15).astype(np.uint8)
    assert brightness(dark) == pytest.approx(brightness(room()), abs=0.03)


@given(arrays(np.uint8, (8, 8, 3), elements=st.integers(0, 255)))
def test_levels_keep_their_order_and_both_ends(small: np.ndarray) -> None:
    table = exposure(small)
    brightest = max(int(small.max()), 1)
    assert table.shape == (256,)
    assert table[0] == 0
    np.testing.assert_array_equal(table[brightest:], 1)
    assert (np.diff(table[: brightest + 1]) > 0).all()
    assert (table[: brightest + 1] >= np.arange(brightest + 1) / brightest - 1e-6).all()  # nothing becomes darker


def test_nothing_jumps_while_the_light_goes_down() -> None:
    seen = [exposed(cv2.resize(with_lamp(darkness), (SIDE, SIDE))) for darkness in np.geomspace(1, 0.05, 200)]
    steps = [float(np.abs(after - before).mean()) for before, after in pairwise(seen)]
    assert max(steps) < 0.02
    assert abs(seen[0].mean() - seen[-1].mean()) < 0.25


def test_grain_is_smoothed_in_the_dark_alone() -> None:
    grain = np.random.default_rng(5).normal(0, 4, (SIDE, SIDE, 3))
    dark, light = (np.clip(level + grain, 0, 255).astype(np.uint8) for level in (12, 120))
    assert without_grain(dark).std() < 0.6 * dark.std()
    np.testing.assert_array_equal(without_grain(light), light)


@pytest.mark.parametrize("darkness", [1.0, 0.4, 0.15, 0.05, 0.0])
@pytest.mark.parametrize("size", [(256, 320), (101, 77), (1, 1)])
def test_torch_agrees(size: tuple[int, int], darkness: float) -> None:
    picture = np.ascontiguousarray(cv2.resize(with_lamp(darkness), size[::-1]))
    ours = to_input_from_camera(picture, SIDE)
    theirs = to_input_from_camera_on_device(torch.from_numpy(picture), SIDE, torch.float32).numpy()
    assert np.isfinite(ours).all()
    # OpenCV rounds to whole values, and the curve is steep where it is dark
    assert np.abs(ours - theirs).mean() < 2 / 255 / min(STD)


def test_black_stays_black() -> None:
    black = np.zeros((SIDE, SIDE, 3), np.uint8)
    np.testing.assert_array_equal(exposed(black), 0)
