"""The networks against the official ones: names, shapes, and the seven outputs for known weights."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch

from u2live.model.u2net import MOST_DOUBT, U2NET, U2NETN, U2NETP, NestedUNet, fold_batch_norm

NETWORKS: dict[str, type[NestedUNet]] = {"u2netp": U2NETP, "u2net": U2NET}


def golden_weights(shapes: dict[str, list[int]]) -> dict[str, torch.Tensor]:
    """The rule in the shared README: every entry drawn from its own name."""
    filled = {}
    for name, shape in shapes.items():
        if name.endswith("num_batches_tracked"):
            filled[name] = torch.tensor(0)
            continue
        normal = np.random.RandomState(zlib.crc32(name.encode())).standard_normal(shape)
        if name.endswith("running_var"):
            values = 1 + 0.2 * np.abs(normal)
        elif name.endswith("running_mean"):
            values = 0.1 * normal
        elif name.endswith(".bn_s1.weight"):
            values = 1 + 0.1 * normal
        elif name.endswith("bias"):
            values = 0.1 * normal
        else:
            values = normal * np.sqrt(1.5 / (shape[1] * shape[2] * shape[3]))
        filled[name] = torch.tensor(values, dtype=torch.float32)
    return filled


@pytest.fixture(scope="module", params=sorted(NETWORKS))
def golden(request: pytest.FixtureRequest, shared: Path) -> tuple[NestedUNet, dict[str, np.ndarray]]:
    name = request.param
    shapes = json.loads((shared / "golden" / "state_dict_keys.json").read_text())[name]
    network = NETWORKS[name]()
    assert {key: list(value.shape) for key, value in network.state_dict().items()} == shapes
    network.load_state_dict(golden_weights(shapes), strict=True)
    return network.eval(), dict(np.load(shared / "golden" / f"{name}_outputs.npz"))


@pytest.mark.shared
def test_seven_outputs_equal_the_official_networks(golden: tuple[NestedUNet, dict[str, np.ndarray]]) -> None:
    network, expected = golden
    with torch.inference_mode():
        outputs = network(torch.from_numpy(expected["input"]))
    assert len(outputs) == 7
    for number, output in enumerate(outputs):
        np.testing.assert_allclose(output.numpy(), expected[f"d{number}"], atol=1e-4)


@pytest.mark.shared
def test_folding_batch_norm_changes_nothing_but_the_layers(golden: tuple[NestedUNet, dict[str, np.ndarray]]) -> None:
    network, expected = golden
    folded = fold_batch_norm(network)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in folded.modules())
    with torch.inference_mode():
        np.testing.assert_allclose(folded(torch.from_numpy(expected["input"]))[0].numpy(), expected["d0"], atol=1e-4)


@pytest.mark.parametrize("size", [(32, 32), (33, 47), (96, 65), (320, 180)])
@pytest.mark.parametrize("batch", [1, 2])
def test_any_input_size(size: tuple[int, int], batch: int) -> None:
    with torch.inference_mode():
        outputs = U2NETN(mid=2, outer=4).eval()(torch.rand(batch, 3, *size))
    assert [tuple(output.shape) for output in outputs] == [(batch, 1, *size)] * 7
    assert all(output.min() >= 0 and output.max() <= 1 for output in outputs)


def test_channels_are_chosen() -> None:
    with torch.inference_mode():
        outputs = U2NETP(in_channels=4, out_channels=2).eval()(torch.rand(1, 4, 64, 64))
    assert outputs[0].shape == (1, 2, 64, 64)


def test_the_output_is_the_sigmoid_of_the_logits() -> None:
    network = U2NETN(mid=2, outer=4).eval()
    x = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        for output, logit in zip(network(x), network.logits(x), strict=True):
            torch.testing.assert_close(output, torch.sigmoid(logit))


def judging(bias: float) -> U2NETN:
    """A network whose `presence` is `bias`, whatever it sees."""
    torch.manual_seed(3)
    network = U2NETN(mid=3, outer=5).eval()
    presence = network.judge_presence()
    torch.nn.init.zeros_(presence.weight)
    torch.nn.init.constant_(presence.bias, bias)
    return network


def fused_logits(network: NestedUNet, x: torch.Tensor) -> torch.Tensor:
    with torch.inference_mode():
        return network.logits(x)[0]


@pytest.mark.parametrize(("presence", "shift"), [(4.0, 0.0), (0.0, 0.0), (-3.0, -3.0), (-50.0, -MOST_DOUBT)])
def test_doubt_that_anybody_is_there_lowers_the_fused_logits_and_nothing_raises_them(presence: float, shift: float) -> None:
    network = judging(presence)
    torch.nn.init.constant_(network.outconv.bias, 1)  # a large claim
    x = torch.randn(2, 3, 64, 64)
    with torch.inference_mode():
        with_presence = network.logits(x)
        network.presence = None
        without = network.logits(x)
    torch.testing.assert_close(with_presence[0], without[0] + shift)
    for one, other in zip(with_presence[1:], without[1:], strict=True):
        assert torch.equal(one, other)


def test_a_small_claim_is_doubted_less() -> None:
    x = torch.randn(1, 3, 64, 64)
    shifts = []
    for bias in (1.0, -3.0, -5.0):
        network = judging(-4.0)
        torch.nn.init.constant_(network.outconv.bias, bias)
        doubted = fused_logits(network, x)
        network.presence = None
        shifts.append(float((doubted - fused_logits(network, x)).mean()))
    assert shifts[0] == pytest.approx(-4, abs=1e-4)
    assert -4 <= shifts[0] < shifts[1] < shifts[2] < 0


def test_presence_judges_each_picture_of_a_batch_by_all_of_it() -> None:
    torch.manual_seed(4)
    network = U2NETN(mid=3, outer=5).eval()
    x = torch.randn(3, 3, 96, 64)
    with torch.inference_mode():
        seen = network.overview(x)
        alone = torch.cat([network.overview(one[None]) for one in x])
    assert seen.shape == (3, network.overview_channels)
    torch.testing.assert_close(seen, alone)
    assert seen.std(0).max() > 0


def test_a_network_of_the_paper_judges_no_presence() -> None:
    assert not any(name.startswith("presence") for name in U2NETP().state_dict())
