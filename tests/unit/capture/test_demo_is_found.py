"""The demo is the program's ruler: the published U2NETP finds its presenter."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from u2live.capture.demo import DemoSource
from u2live.model.u2net import U2NETP
from u2live.types import Size

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def network(request: pytest.FixtureRequest) -> U2NETP:
    shared: Path = request.getfixturevalue("shared")
    path = shared / "weights" / "u2netp.safetensors"
    if not path.is_file():
        pytest.skip(f"{path} is missing")
    network = U2NETP()
    network.load_state_dict(load_file(path))
    return network.eval()


def saliency(network: U2NETP, pixels: np.ndarray) -> np.ndarray:
    """The official preprocessing, and the sigmoid as it is; at the picture's size."""
    small = cv2.resize(pixels[..., ::-1].astype(np.float32), (320, 320), interpolation=cv2.INTER_LINEAR)
    normal = (small / pixels.max() - (0.485, 0.456, 0.406)) / np.array((0.229, 0.224, 0.225))
    with torch.inference_mode():
        found = network(torch.from_numpy(normal.astype(np.float32)).permute(2, 0, 1)[None])[0][0, 0].numpy()
    return cv2.resize(found, pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def overlap(network: U2NETP, demo: DemoSource, index: int) -> float:
    """Intersection over union of network and truth, both at 0.5."""
    pixels, alpha = demo.render(index)
    found, truth = saliency(network, pixels) > 0.5, alpha > 0.5
    return float((found & truth).sum() / (found | truth).sum())


@pytest.mark.parametrize("index", [0, 40, 75, 150, 620])
def test_u2netp_finds_the_presenter(network: U2NETP, index: int) -> None:
    assert overlap(network, DemoSource(), index) >= 0.9


@pytest.mark.parametrize(("size", "seed"), [(Size(640, 480), 1), (Size(640, 360), 2), (Size(480, 640), 3)])
def test_also_at_other_sizes_and_seeds(network: U2NETP, size: Size, seed: int) -> None:
    demo = DemoSource(size, seed=seed)
    assert min(overlap(network, demo, index) for index in (0, 75)) >= 0.9
