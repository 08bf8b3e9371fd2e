"""While a network trains, it and its teacher are asked about pictures in the light that the program shows them in."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from u2live.matting.exposure import in_good_light
from u2live.model.u2net import U2NETP, NestedUNet
from u2live.model.weights import read_weights
from u2live.training.batches import normalized
from u2live.training.config import TrainConfig
from u2live.training.networks import save_network
from u2live.training.processes import Processes
from u2live.training.teacher import taught_mattes
from u2live.training.validation import mattes_of

CONFIG = TrainConfig(epochs=1, input_size=64, precision="fp32")


@pytest.fixture
def network() -> U2NETP:
    torch.manual_seed(2)
    return U2NETP().eval()


@pytest.fixture
def picture() -> np.ndarray:
    """A dark room with a lamp."""
    dark = np.random.default_rng(2).integers(0, 40, (64, 64, 3)).astype(np.uint8)
    dark[:8, :8] = 255
    return dark


def direct(network: NestedUNet, image: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        matte: np.ndarray = torch.sigmoid(network.logits(normalized(torch.from_numpy(image[None])))[0])[0, 0].numpy()
    return matte


def seen_twice(network: NestedUNet, image: np.ndarray) -> np.ndarray:
    """The sigmoid of the mean of the logits of `image` and of its mirror image."""
    one, other = direct(network, image), direct(network, np.ascontiguousarray(image[:, ::-1]))[:, ::-1]
    logits = (np.log(matte) - np.log1p(-matte) for matte in np.clip([one, other], 1e-6, 1 - 1e-6).astype(np.float64))
    matte: np.ndarray = 1 / (1 + np.exp(-sum(logits) / 2))
    return matte


def test_pictures_are_shown_in_mended_light(network: U2NETP, picture: np.ndarray) -> None:
    (matte,) = mattes_of(network, [picture], CONFIG)
    np.testing.assert_allclose(matte, direct(network, in_good_light(picture)), atol=1e-5)
    assert np.abs(matte - direct(network, picture)).max() > 1e-3


def test_a_teacher_sees_them_so_too_and_mirrored(
    network: U2NETP, picture: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("U2LIVE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("u2live.training.teacher.fastest_precision", lambda _device: "fp32")
    folder = tmp_path / "people"
    for name in ("image", "alpha"):
        (folder / name).mkdir(parents=True)
        cv2.imwrite(str(folder / name / "one.png"), picture)
    with torch.no_grad():
        network.outconv.weight *= 500  # whole levels in a PNG are to tell the two lights apart
        network.outconv.bias -= network.logits(normalized(torch.from_numpy(in_good_light(picture)[None])))[0].mean()
    file = tmp_path / "teacher.safetensors"
    save_network(file, network.state_dict(), CONFIG, {})
    told = taught_mattes(folder, file, Processes(0, 1, torch.device("cpu")))
    teacher = read_weights(file).network  # stored at half precision
    assert told is not None
    matte = np.asarray(cv2.imread(str(told / "one.png"), cv2.IMREAD_GRAYSCALE)) / 255
    light = in_good_light(picture)
    mended = np.abs(matte - seen_twice(teacher, light)).mean()
    assert mended < 0.01
    assert np.abs(matte - seen_twice(teacher, picture)).mean() > 5 * mended
    assert np.abs(matte - direct(teacher, light)).mean() > 5 * mended
