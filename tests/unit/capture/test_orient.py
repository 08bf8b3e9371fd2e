"""Turning, mirroring, zooming."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from u2live.capture.orient import oriented
from u2live.settings import CameraSettings

PICTURE = np.arange(12 * 20 * 3, dtype=np.uint8).reshape(12, 20, 3)


def test_nothing_to_do_is_no_copy() -> None:
    assert oriented(PICTURE, CameraSettings()) is PICTURE


@pytest.mark.parametrize(("degrees", "turns"), [(90, -1), (180, 2), (270, 1)])
def test_rotates_clockwise(degrees: int, turns: int) -> None:
    np.testing.assert_array_equal(oriented(PICTURE, CameraSettings(rotate=degrees)), np.rot90(PICTURE, turns))


def test_mirrors_and_flips() -> None:
    np.testing.assert_array_equal(oriented(PICTURE, CameraSettings(mirror=True)), PICTURE[:, ::-1])
    np.testing.assert_array_equal(oriented(PICTURE, CameraSettings(flip=True)), PICTURE[::-1])
    np.testing.assert_array_equal(oriented(PICTURE, CameraSettings(mirror=True, flip=True)), PICTURE[::-1, ::-1])


def test_zoom_magnifies_about_the_middle() -> None:
    ramp = np.zeros((101, 201, 3), np.uint8)
    ramp[...] = np.arange(201, dtype=np.uint8)[None, :, None]
    zoomed = oriented(ramp, CameraSettings(zoom=2.0))
    assert zoomed.shape == ramp.shape
    expected = 100 + (np.arange(201) - 100) / 2
    assert np.abs(zoomed[50, :, 0] - expected).max() <= 1
    np.testing.assert_array_equal(zoomed[50, 100], ramp[50, 100])


@given(
    rotate=st.sampled_from([0, 90, 180, 270]),
    mirror=st.booleans(),
    flip=st.booleans(),
    zoom=st.floats(1.0, 4.0),
    width=st.integers(2, 40),
    height=st.integers(2, 40),
)
def test_size_is_as_promised_and_the_input_untouched(
    rotate: int, mirror: bool, flip: bool, zoom: float, width: int, height: int
) -> None:
    camera = CameraSettings(rotate=rotate, mirror=mirror, flip=flip, zoom=zoom)
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    before = pixels.copy()
    turned = oriented(pixels, camera)
    assert turned.shape[:2] == ((width, height) if rotate in (90, 270) else (height, width))
    assert turned.dtype == np.uint8
    assert turned.flags.c_contiguous
    np.testing.assert_array_equal(pixels, before)
