"""A teacher that sees what its student sees; and squares shrunk by area."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from u2live.training.config import TrainConfig
from u2live.training.networks import new_network, save_network
from u2live.training.shrinking import shrunk
from u2live.training.tutor import Tutor


@pytest.mark.parametrize(("side", "smaller"), [(64, 48), (64, 32), (40, 33)])
@pytest.mark.parametrize("order", [torch.contiguous_format, torch.channels_last])
def test_shrunk_is_by_area(side: int, smaller: int, order: torch.memory_format) -> None:
    pixels = np.random.default_rng(1).random((side, side, 3), dtype=np.float32)
    ours = shrunk(torch.from_numpy(pixels).permute(2, 0, 1)[None].contiguous(memory_format=order), smaller)
    assert ours.is_contiguous(memory_format=order)
    expected = cv2.resize(pixels, (smaller, smaller), interpolation=cv2.INTER_AREA)
    np.testing.assert_allclose(ours[0].permute(1, 2, 0).numpy(), expected, atol=1e-5)


def test_what_is_small_enough_stays() -> None:
    pixels = torch.rand(1, 3, 32, 32)
    assert shrunk(pixels, 32) is pixels
    assert shrunk(pixels, 64) is pixels


@pytest.fixture
def tutor(tmp_path: Path) -> Tutor:
    """Sees somebody everywhere."""
    config = TrainConfig(architecture="U2NETN", mid=2, outer=4, input_size=64, sizes=(64,), epochs=1)
    network = new_network(config)
    with torch.no_grad():
        network.outconv.weight.zero_()
        network.outconv.bias.fill_(2.0)
    save_network(tmp_path / "teacher.safetensors", network.state_dict(), config, {})
    return Tutor(tmp_path / "teacher.safetensors", torch.device("cpu"), "fp32")


@pytest.mark.parametrize("side", [64, 96])
def test_it_is_listened_to_near_people_alone(tutor: Tutor, side: int) -> None:
    images = torch.zeros(2, side, side, 3, dtype=torch.uint8)
    truth = torch.zeros(2, 1, side, side)
    truth[0, :, : side // 4, : side // 4] = 1
    both = tutor.beside(truth, images)
    assert both.shape == (2, 2, side, side)
    torch.testing.assert_close(both[:, :1], truth)
    said = torch.sigmoid(torch.tensor(2.0))
    near = side // 4 + side // 16
    torch.testing.assert_close(both[0, 1, :near, :near], said.expand(near, near), atol=1e-3, rtol=0)
    assert both[0, 1, near + 1 :].max() == 0
    assert both[1, 1].max() == 0
