"""The official preprocessing, the shrinking by area for cameras, and that torch on a device does the same."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

from u2live.matting.preprocess import MEAN, STD, shrunk, shrunk_on_device, to_input, to_input_on_device


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


@pytest.mark.parametrize(
    "size", [(720, 1280), (1080, 1920), (1080, 607), (480, 640), (448, 336), (1501, 2003), (2160, 3840)]
)
def test_shrunk_is_nearly_the_mean_of_the_area_that_a_pixel_stands_for(size: tuple[int, int]) -> None:
    picture = np.random.default_rng(2).integers(0, 256, (*size, 3), np.uint8)
    area = cv2.resize(picture.astype(np.float32), (256, 256), interpolation=cv2.INTER_AREA)
    sampled = cv2.resize(picture, (256, 256), interpolation=cv2.INTER_LINEAR)
    assert np.abs(shrunk(picture, 256) - area).mean() < 0.3 * np.abs(sampled - area).mean()


@pytest.mark.parametrize("size", [(1024, 2048), (512, 256), (256, 256)])
def test_shrunk_exactly_where_it_goes_without_rest(size: tuple[int, int]) -> None:
    picture = np.random.default_rng(2).integers(0, 256, (*size, 3), np.uint8)
    tall, wide = size[0] // 256, size[1] // 256
    exact = picture.reshape(256, tall, 256, wide, 3).mean((1, 3))
    assert np.abs(shrunk(picture, 256) - exact).max() <= 1.5  # each of three steps rounds
    ours = shrunk_on_device(torch.from_numpy(picture), 256)[0].flip(0).permute(1, 2, 0).numpy()
    np.testing.assert_allclose(ours, exact, atol=1e-3)


@pytest.mark.parametrize("size", [(1501, 2003), (720, 1280), (1, 1), (1, 700), (500, 3), (255, 257)])
def test_torch_shrinks_alike(size: tuple[int, int]) -> None:
    picture = np.random.default_rng(4).integers(0, 256, (*size, 3), np.uint8)
    ours, theirs = shrunk(picture, 64), shrunk_on_device(torch.from_numpy(picture), 64)
    assert theirs.shape == (1, 3, 64, 64)
    off = np.abs(ours - theirs[0].flip(0).permute(1, 2, 0).numpy())
    assert off.max() < 2.5  # OpenCV rounds at every step
    assert off.mean() < 0.7


@pytest.mark.parametrize("size", [(1080, 1920), (1081, 1919)])
def test_noise_is_averaged_out(size: tuple[int, int]) -> None:
    noisy = np.random.default_rng(3).normal(100, 4, (*size, 3)).round().astype(np.uint8)
    sampled, averaged = (small.std() for small in (cv2.resize(noisy, (256, 256)), shrunk(noisy, 256)))
    assert averaged < sampled / 2


def test_shrinking_needs_a_picture() -> None:
    with pytest.raises(ValueError, match="H×W×3 uint8"):
        shrunk(np.zeros((512, 512), np.uint8), 256)
