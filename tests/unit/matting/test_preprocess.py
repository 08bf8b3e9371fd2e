"""The official preprocessing, and that torch on a device does the same."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from u2live.matting.preprocess import MEAN, STD, to_input, to_input_on_device


def test_channels_brightest_value_and_normalisation() -> None:
    picture = np.zeros((32, 32, 3), np.uint8)
    picture[..., 0], picture[..., 1], picture[..., 2] = 10, 100, 200  # B, G, R
    x = to_input(picture, 32)
    assert x.shape == (1, 3, 32, 32)
    assert x.dtype == np.float32
    expected = [(value / 200 - mean) / std for value, mean, std in zip((200, 100, 10), MEAN, STD, strict=True)]
    np.testing.assert_allclose(x[0, :, 5, 5], expected, rtol=1e-6)


def test_black_stays_finite() -> None:
    x = to_input(np.zeros((9, 7, 3), np.uint8), 64)
    np.testing.assert_allclose(x[0, :, 0, 0], [-mean / std for mean, std in zip(MEAN, STD, strict=True)], rtol=1e-6)


@pytest.mark.parametrize("size", [(720, 1280), (481, 333), (1, 1), (1, 50), (64, 64)])
def test_torch_agrees(size: tuple[int, int]) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (*size, 3), np.uint8)
    ours = to_input(picture, 96)
    theirs = to_input_on_device(torch.from_numpy(picture), 96, torch.float32).numpy()
    assert np.abs(ours - theirs).max() < 2.5 / 255 / min(STD)  # OpenCV rounds the resized picture to whole values
    assert np.abs(ours - theirs).mean() < 0.5 / 255 / min(STD)


def test_the_brightest_value_is_the_resized_pictures() -> None:
    picture = np.full((64, 64, 3), 100, np.uint8)
    picture[0, 0] = 255  # vanishes between the samples of a resize to a quarter
    assert to_input(picture, 16)[0, 0].max() == pytest.approx((1 - MEAN[0]) / STD[0], rel=1e-5)
