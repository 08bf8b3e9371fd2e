"""The official preprocessing, the halving before it, and that torch on a device does the same."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from u2live.matting.preprocess import MEAN, STD, halved, halved_on_device, to_input, to_input_on_device


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
    ("size", "halved_to"),
    [
        ((720, 1280), (360, 640)),
        ((1080, 1920), (270, 480)),
        ((2160, 3840), (270, 480)),
        ((1080, 607), (1080, 607)),  # an odd side: nothing may shift
        ((480, 640), (480, 640)),  # half of it would be less than the network sees
        ((512, 512), (256, 256)),
        ((1, 1), (1, 1)),
    ],
)
def test_halved_as_often_as_it_goes(size: tuple[int, int], halved_to: tuple[int, int]) -> None:
    picture = np.random.default_rng(2).integers(0, 256, (*size, 3), np.uint8)
    small = halved(picture, 256)
    assert small.shape == (*halved_to, 3)
    factor = size[0] // halved_to[0]
    exact = picture.reshape(halved_to[0], factor, halved_to[1], factor, 3).mean((1, 3))
    assert np.abs(small - exact).max() <= 0.5 * np.log2(factor)  # each halving rounds
    np.testing.assert_allclose(halved_on_device(torch.from_numpy(picture), 256).numpy(), exact, atol=1e-3)


def test_noise_is_averaged_out() -> None:
    noisy = np.random.default_rng(3).normal(100, 4, (1080, 1920, 3)).round().astype(np.uint8)
    sampled, averaged = (to_input(picture, 256)[0, 0].std() for picture in (noisy, halved(noisy, 256)))
    assert averaged < sampled / 2


def test_halving_needs_a_picture() -> None:
    with pytest.raises(ValueError, match="H×W×3 uint8"):
        halved(np.zeros((512, 512), np.uint8), 256)
