"""What is saved is what was trained, under the published names; narrow networks come out of wide ones."""

import dataclasses
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from u2live.errors import UsageError
from u2live.model.u2net import U2NETN, NestedUNet
from u2live.model.weights import read_weights
from u2live.training.config import TrainConfig, config_from_json
from u2live.training.ema import MovingAverage
from u2live.training.narrow import narrow_from
from u2live.training.networks import (
    evaluation_network,
    new_network,
    prepared,
    published_names,
    rate_groups,
    save_network,
    start_from,
    train_only,
)


def settled(network: NestedUNet) -> NestedUNet:
    """Batch norm with statistics of its own, as after training."""
    network.train()
    with torch.no_grad():
        for _ in range(3):
            network.logits(torch.randn(2, 3, 32, 32))
    return network.eval()


@pytest.fixture
def config() -> TrainConfig:
    return TrainConfig(architecture="U2NETN", mid=3, outer=5, input_size=64, sizes=(64,), epochs=1, precision="fp32")


def test_saved_weights_load_and_give_the_same_maps(tmp_path: Path, config: TrainConfig) -> None:
    torch.manual_seed(0)
    network = settled(new_network(config))
    path = tmp_path / "x.safetensors"
    save_network(path, network.state_dict(), config, {"step": "7"})
    weights = read_weights(path)
    assert (weights.architecture, weights.input_size, weights.meaning) == ("U2NETN", 64, "person")
    assert weights.metadata["step"] == "7"
    assert config_from_json(weights.metadata["config"]) == config
    x = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        difference = (weights.network(x)[0] - network(x)[0]).abs().max()
    assert difference < 2e-3
    with safe_open(path, framework="pt") as file:
        assert file.get_slice("stage1.rebnconvin.conv_s1.weight").get_dtype() == "F16"


def test_sharpness_multiplies_the_fused_logits_and_moves_no_edge(config: TrainConfig) -> None:
    torch.manual_seed(0)
    state = settled(new_network(config)).state_dict()
    x = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        plain = evaluation_network(state, config).logits(x)
        sharp = evaluation_network(state, dataclasses.replace(config, sharpness=1.5)).logits(x)
    torch.testing.assert_close(sharp[0], 1.5 * plain[0])
    for ours, theirs in zip(sharp[1:], plain[1:], strict=True):
        torch.testing.assert_close(ours, theirs)


def test_folding_changes_nothing_and_keeps_the_names(config: TrainConfig) -> None:
    torch.manual_seed(0)
    network = settled(new_network(config))
    x = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        before = network(x)[0]
        names = set(network.state_dict())
        folded = prepared(network, "frozen")
        after = folded(x)[0]
        loaded = evaluation_network(folded.state_dict(), config)
        again = loaded(x)[0]
    assert set(published_names(folded.state_dict(), config)) == names
    torch.testing.assert_close(after, before, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(again, before, atol=1e-5, rtol=1e-4)


def test_the_mean_of_two_starts(tmp_path: Path, config: TrainConfig) -> None:
    paths, states = [], []
    for seed in (1, 2):
        torch.manual_seed(seed)
        network = settled(U2NETN(mid=3, outer=5))
        paths.append(tmp_path / f"{seed}.safetensors")
        save_network(paths[-1], network.state_dict(), config, {})
        states.append(read_weights(paths[-1]).network.state_dict())
    network = new_network(config)
    start_from(network, paths, torch.zeros(1, 3, 64, 64))
    for name, value in network.state_dict().items():
        if value.is_floating_point():
            torch.testing.assert_close(value, (states[0][name] + states[1][name]) / 2)


def test_another_architecture_is_refused(tmp_path: Path, config: TrainConfig) -> None:
    path = tmp_path / "x.safetensors"
    save_network(path, settled(new_network(config)).state_dict(), config, {})
    with pytest.raises(UsageError, match="not what is trained"):
        start_from(U2NETN(mid=3, outer=6), [path], torch.zeros(1, 3, 64, 64))


def test_narrowing_to_the_same_width_is_the_same_network() -> None:
    torch.manual_seed(0)
    wide = settled(U2NETN(mid=4, outer=6))
    images = torch.randn(8, 3, 64, 64)
    with torch.no_grad():
        before = wide(images)[0]
        same = U2NETN(mid=4, outer=6)
        narrow_from(same, wide, images)
        same.train()  # batch statistics of the very pictures that the channels were measured on
        after = same(images)[0]
    torch.testing.assert_close(after, before, atol=2e-3, rtol=1e-2)


def test_narrowing_keeps_more_than_chance() -> None:
    torch.manual_seed(0)
    wide = settled(U2NETN(mid=4, outer=8))
    images = torch.randn(8, 3, 64, 64)
    with torch.no_grad():
        before = wide.logits(images)[0]
        narrow, random = U2NETN(mid=4, outer=6), U2NETN(mid=4, outer=6)
        narrow_from(narrow, wide, images)
        pairs = torch.stack([net.train().logits(images)[0].flatten() for net in (narrow, random)])
        likeness = [float(torch.corrcoef(torch.stack([pair, before.flatten()]))[0, 1]) for pair in pairs]
    assert likeness[0] > max(0.3, likeness[1] + 0.2)


def test_the_average_follows_and_settles() -> None:
    layer = torch.nn.Linear(1, 1, bias=False)
    average = MovingAverage(layer, 0.9)
    with torch.no_grad():
        layer.weight.fill_(1.0)
    start = float(average.state["weight"])
    average.update(layer)
    first = float(average.state["weight"])
    assert abs(first - 1) < 0.25 * abs(start - 1)  # early on it forgets the start fast
    for _ in range(200):
        average.update(layer)
    assert float(average.state["weight"]) == pytest.approx(1, abs=1e-4)


LAST_STAGES = {"stage2d", "stage1d", "side1", "side2", "outconv"}
DEEP_STAGES = {"stage3", "stage4", "stage5", "stage6", "stage5d", "stage4d", "stage3d", "side3", "side4", "side5", "side6"}


@pytest.mark.parametrize(
    ("part", "stages"),
    [
        ("last", LAST_STAGES),
        ("deep", DEEP_STAGES),
        ("shallow", LAST_STAGES | {"stage1", "stage2"}),
        ("all", LAST_STAGES | DEEP_STAGES | {"stage1", "stage2"}),
    ],
)
def test_only_the_part_that_is_named_learns(config: TrainConfig, part: str, stages: set[str]) -> None:
    network = prepared(new_network(config), "frozen")
    train_only(network, part)
    assert {name.split(".")[0] for name, value in network.named_parameters() if value.requires_grad} == stages


@pytest.mark.parametrize("part", ["last", "deep", "shallow"])
def test_what_is_kept_keeps_its_statistics(config: TrainConfig, part: str) -> None:
    with pytest.raises(UsageError, match="frozen"):
        dataclasses.replace(config, part=part, batch_norm="trained")


def test_every_weight_learns_once_at_the_rate_of_its_part(config: TrainConfig) -> None:
    """Convolutions decay; the last stages may learn at a rate of their own."""
    network = new_network(config)
    groups = rate_groups(network, dataclasses.replace(config, weight_decay=0.1, last_rate=8.0))
    rates = {id(value): (group["weight_decay"], group["times"]) for group in groups for value in group["params"]}
    assert len(rates) == sum(len(group["params"]) for group in groups) == len(list(network.parameters()))
    named = dict(network.named_parameters())
    assert rates[id(named["stage1.rebnconv1.conv_s1.weight"])] == (0.1, 1.0)
    assert rates[id(named["stage3d.rebnconv1.conv_s1.bias"])] == (0.0, 1.0)
    assert rates[id(named["stage1d.rebnconv1.conv_s1.weight"])] == (0.1, 8.0)
    assert rates[id(named["side3.bias"])] == (0.0, 1.0)
    assert rates[id(named["side1.bias"])] == (0.0, 8.0)


def test_widths_are_read_off_the_weights(tmp_path: Path) -> None:
    widths = {"mid": 3, "outer": 5, "first_mid": 4, "first_outer": 7, "last_mid": 2, "last_outer": 6}
    config = TrainConfig(architecture="U2NETN", input_size=64, sizes=(64,), epochs=1, **widths)
    path = tmp_path / "x.safetensors"
    save_network(path, new_network(config).state_dict(), config, {})
    weights = read_weights(path)
    assert weights.architecture == "U2NETN"
    assert {name: value.shape for name, value in weights.network.state_dict().items()} == {
        name: value.shape for name, value in U2NETN(**widths).state_dict().items()
    }
