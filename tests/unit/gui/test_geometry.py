"""Where the picture lies in its view."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from u2live.gui.logic.geometry import Box, device_size, letterbox, share_across, split_column
from u2live.types import Size

sides = st.integers(1, 8000)


def test_a_wide_picture_touches_both_sides() -> None:
    box = letterbox(Size(1920, 1080), Size(1000, 1000))
    assert (box.x, box.y, box.width, box.height) == pytest.approx((0, 218.75, 1000, 562.5))


def test_a_tall_picture_touches_top_and_bottom_within_the_margin() -> None:
    assert letterbox(Size(100, 200), Size(500, 220), margin=10) == Box(200, 10, 100, 200)


@given(sides, sides, st.integers(40, 5000), st.integers(40, 5000), st.integers(0, 16))
def test_inside_centred_and_of_the_right_shape(width: int, height: int, wide: int, tall: int, margin: int) -> None:
    box = letterbox(Size(width, height), Size(wide, tall), margin)
    assert box.width <= max(1, wide - 2 * margin) + 1e-6
    assert box.height <= max(1, tall - 2 * margin) + 1e-6
    assert box.x + box.width / 2 == pytest.approx(wide / 2)
    assert box.y + box.height / 2 == pytest.approx(tall / 2)
    if box.width > 1 and box.height > 1:
        assert box.width / box.height == pytest.approx(width / height)


def test_nothing_to_show_is_still_a_box() -> None:
    assert letterbox(Size(0, 0), Size(300, 200)).width >= 1


def test_device_pixels_at_every_ratio() -> None:
    box = Box(0, 0, 640.4, 360.2)
    assert device_size(box, 1.0) == Size(640, 360)
    assert device_size(box, 2.0) == Size(1281, 720)
    assert device_size(box, 1.25) == Size(800, 450)


@given(st.floats(-100, 2000))
def test_a_share_stays_within_the_box(x: float) -> None:
    assert 0 <= share_across(Box(100, 0, 400, 300), x) <= 1


def test_the_divider_reaches_both_ends() -> None:
    assert [split_column(split, 640) for split in (-1, 0, 0.5, 1, 2)] == [0, 0, 320, 640, 640]
