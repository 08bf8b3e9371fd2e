"""What is measured while a network trains is what it does in the program."""

from __future__ import annotations

import numpy as np
import torch

from u2live.matting.exposure import in_good_light
from u2live.model.u2net import U2NETP
from u2live.training.batches import normalized
from u2live.training.config import TrainConfig
from u2live.training.validation import mattes_of


def test_pictures_are_shown_in_mended_light() -> None:
    torch.manual_seed(2)
    network = U2NETP().eval()
    picture = np.random.default_rng(2).integers(0, 40, (64, 64, 3)).astype(np.uint8)
    picture[:8, :8] = 255  # a lamp
    (matte,) = mattes_of(network, [picture], TrainConfig(epochs=1, input_size=64, precision="fp32"))

    def direct(image: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return torch.sigmoid(network.logits(normalized(torch.from_numpy(image[None])))[0])[0, 0].numpy()

    np.testing.assert_allclose(matte, direct(in_good_light(picture)), atol=1e-5)
    assert np.abs(matte - direct(picture)).max() > 1e-3
