from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from u2live.compose.fit import MAX_KEPT, fitted, fitted_whole, reduced
from u2live.types import Size

sides = st.integers(1, 90)
sizes = st.builds(Size, sides, sides)


def ramp(size: Size) -> np.ndarray:
    """Blue grows to the right and green downward, in parts of the picture: a pixel tells where it came from."""
    columns = (np.arange(size.width) + 0.5) / size.width * 255
    rows = (np.arange(size.height) + 0.5) / size.height * 255
    full = np.broadcast_arrays(columns[None], rows[:, None], np.full((1, 1), 200.0))
    return np.dstack(full).round().astype(np.uint8)


@given(sizes, sizes, st.sampled_from(["cover", "contain", "stretch"]))
def test_the_size_is_always_the_frames(picture: Size, size: Size, fit: str) -> None:
    got = fitted(ramp(picture), size, fit)
    assert got.shape == (size.height, size.width, 3)
    assert got.dtype == np.uint8
    assert got.flags.c_contiguous


@given(sizes, sizes)
def test_cover_leaves_nothing_empty(picture: Size, size: Size) -> None:
    assert (fitted(np.full((picture.height, picture.width, 3), 200, np.uint8), size, "cover") == 200).all()


@given(sizes, sizes)
def test_contain_shows_a_centred_picture_between_black_bars(picture: Size, size: Size) -> None:
    filled = fitted(np.full((picture.height, picture.width, 3), 200, np.uint8), size, "contain").any(axis=2)
    rows, columns = np.flatnonzero(filled.any(axis=1)), np.flatnonzero(filled.any(axis=0))
    assert filled[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].all()
    assert len(rows) == size.height or len(columns) == size.width
    assert abs(rows[0] - (size.height - 1 - rows[-1])) <= 1
    assert abs(columns[0] - (size.width - 1 - columns[-1])) <= 1
    scale = min(size.width / picture.width, size.height / picture.height)
    assert abs(len(columns) - picture.width * scale) <= 1
    assert abs(len(rows) - picture.height * scale) <= 1


def test_cover_cuts_both_ends_evenly() -> None:
    got = fitted(ramp(Size(400, 100)), Size(100, 100), "cover")
    assert got[50, 0, 0] == pytest.approx(255 * 3 / 8, abs=2)
    assert got[50, -1, 0] == pytest.approx(255 * 5 / 8, abs=2)
    assert got[0, 50, 1] == pytest.approx(1, abs=2)
    assert got[-1, 50, 1] == pytest.approx(254, abs=2)


def test_stretch_shows_all_of_it() -> None:
    got = fitted(ramp(Size(400, 100)), Size(100, 100), "stretch")
    assert got[50, 0, 0] <= 3
    assert got[50, -1, 0] >= 252


def test_a_picture_of_the_right_size_is_not_touched() -> None:
    picture = ramp(Size(64, 36))
    for fit in ("cover", "contain", "stretch"):
        assert np.array_equal(fitted(picture, Size(64, 36), fit), picture)


def test_an_unknown_fit() -> None:
    with pytest.raises(ValueError, match="fill"):
        fitted(ramp(Size(4, 4)), Size(4, 4), "fill")


@given(sizes, sizes, st.sampled_from(["cover", "contain", "stretch"]))
def test_a_decoder_may_scale_first(picture: Size, size: Size, fit: str) -> None:
    whole = fitted_whole(picture, size, fit)
    if fit == "cover":
        assert whole.width >= size.width
        assert whole.height >= size.height
    else:
        assert whole.width <= size.width
        assert whole.height <= size.height
    assert size.width in (whole.width,) or size.height in (whole.height,)


def test_large_pictures_are_reduced_but_still_cover_the_largest_frame() -> None:
    wide = reduced(np.zeros((3000, 12000, 3), np.uint8))
    assert wide.shape == (MAX_KEPT.height, 8640, 3)
    small = np.zeros((1000, 5000, 3), np.uint8)
    assert reduced(small) is small
