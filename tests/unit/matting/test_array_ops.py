"""The same arithmetic in NumPy and torch, at every size a picture may have."""

from __future__ import annotations

import numpy as np
import pytest

from u2live.matting.array_ops import ops_for

torch = pytest.importorskip("torch")

SIZES = [(1, 1), (1, 2), (2, 1), (4, 1), (1, 700), (33, 121)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("in_torch", [False, True])
def test_planes_and_back_are_the_same_pixels(size: tuple[int, int], in_torch: bool) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    given = torch.from_numpy(pixels) if in_torch else pixels
    ops = ops_for(given)
    back = np.asarray(ops.pixels(ops.planes(given)))
    assert back.shape == pixels.shape
    np.testing.assert_allclose(back, pixels, atol=0.01)


@pytest.mark.parametrize("size", SIZES)
def test_colours_past_either_end_stop_there(size: tuple[int, int]) -> None:
    planes = [np.full(size, value, np.float32) for value in (-0.5, 0.5, 1.5)]
    pixels = ops_for(planes[0]).pixels(planes)
    np.testing.assert_array_equal(pixels.reshape(-1, 3), [(0, 128, 255)] * (size[0] * size[1]))
