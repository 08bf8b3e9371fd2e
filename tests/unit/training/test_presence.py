"""Whether anybody is there, taught to a network that else stays as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from u2live.model.u2net import U2NETN
from u2live.model.weights import read_weights
from u2live.training.config import TrainConfig
from u2live.training.networks import new_network, save_network, start_from
from u2live.training.presence import logistic_regression, main, overviews, teach


def told_apart(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Features [count, 6] of which two tell the labels, not quite surely."""
    rng = np.random.default_rng(seed)
    labels = rng.random(count) < 0.4
    features = rng.normal(0, 1, (count, 6))
    features[:, 1] += 2 * labels
    features[:, 4] -= 3 * labels
    return torch.from_numpy(features).float(), torch.from_numpy(labels).float()


def test_regression_tells_unseen_ones_apart() -> None:
    weight, bias = logistic_regression(*told_apart(400, 1))
    features, labels = told_apart(400, 2)
    right = ((features @ weight + bias > 0) == (labels > 0)).float().mean()
    assert right > 0.93
    assert weight[1] > 0 > weight[4]
    assert weight[[0, 2, 3, 5]].abs().max() < 0.3 * weight[4].abs()


@settings(max_examples=20, deadline=None)
@given(st.floats(0.2, 30), st.floats(-40, 40))
def test_the_units_of_the_features_do_not_matter(scale: float, offset: float) -> None:
    features, labels = told_apart(120, 3)
    weight, bias = logistic_regression(features, labels)
    other_weight, other_bias = logistic_regression(features * scale + offset, labels)
    here, there = features @ weight + bias, (features * scale + offset) @ other_weight + other_bias
    torch.testing.assert_close(there, here, atol=0.05, rtol=0.02)


def test_doubt_begins_at_the_margin_and_grows_by_the_gain() -> None:
    torch.manual_seed(0)
    network = U2NETN(mid=3, outer=5).eval()
    weight = torch.randn(network.overview_channels)
    teach(network, weight, 0.5, margin=3.0, gain=2.0)
    assert network.presence is not None
    x = torch.randn(4, 3, 64, 64)
    with torch.inference_mode():
        seen = network.overview(x)
        judged = network.presence(seen)[:, 0]
    torch.testing.assert_close(judged, 2 * (seen @ weight + 0.5 - 3.0), atol=1e-4, rtol=1e-4)


def test_a_picture_with_hardly_anybody_in_it_teaches_nothing() -> None:
    network = U2NETN(mid=3, outer=5).eval()
    mattes = torch.zeros(3, 1, 64, 64)
    mattes[1, :, :8, :8] = 0.3  # half a per cent
    mattes[2, :, :, :32] = 1
    images = torch.randint(0, 256, (3, 64, 64, 3), dtype=torch.uint8)

    def batches() -> Iterator[tuple[Tensor, Tensor]]:
        while True:
            yield images, mattes

    (seen,), there = overviews([network], batches(), 4)
    assert there.tolist() == [0, 1, 0, 1]  # the second of each batch is not among them
    assert seen.shape == (4, network.overview_channels)


@pytest.fixture
def untaught(tmp_path: Path) -> Path:
    config = TrainConfig(architecture="U2NETN", mid=3, outer=5, epochs=1, input_size=64, sizes=(64,))
    path = tmp_path / "small.safetensors"
    save_network(path, new_network(config).eval().state_dict(), config, {"step": "7"})
    return path


def command(weights: Path, output: Path, *data: Path) -> list[str]:
    words = f"--weights {weights} --output {output} --samples 24 --sizes 64 96 --workers 0 --margin 1 --gain 1.5"
    return [*words.split(), "--data", *map(str, data)]


def test_the_tool_adds_a_presence_and_leaves_the_rest(
    tmp_path: Path, untaught: Path, people_dir: Path, empty_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command(untaught, tmp_path / "out", people_dir, empty_dir)) == 0
    assert "of the samples judged rightly" in capsys.readouterr().err
    before, after = read_weights(untaught), read_weights(tmp_path / "out" / untaught.name)
    assert after.network.presence is not None
    assert after.network.presence.weight.abs().max() > 0
    state = after.network.state_dict()
    for name, value in before.network.state_dict().items():
        assert torch.equal(state[name], value), name
    assert (after.metadata["step"], after.input_size) == ("7", 64)
    assert json.loads(after.metadata["presence"])["margin"] == 1


def test_training_goes_on_without_the_presence(tmp_path: Path, untaught: Path, people_dir: Path, empty_dir: Path) -> None:
    assert main(command(untaught, tmp_path / "out", people_dir, empty_dir)) == 0
    network = U2NETN(mid=3, outer=5)
    start_from(network, [tmp_path / "out" / untaught.name], torch.zeros(1, 3, 64, 64))
    assert network.presence is None
    expected = read_weights(untaught).network.state_dict()
    assert all(torch.equal(value, expected[name]) for name, value in network.state_dict().items())


@pytest.mark.parametrize("mistake", ["missing", "there already"])
def test_a_mistake_is_one_line_and_nothing_is_written_over(
    tmp_path: Path, untaught: Path, people_dir: Path, mistake: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = untaught.read_bytes()
    weights = tmp_path / "no.safetensors" if mistake == "missing" else untaught
    assert main(command(weights, untaught.parent, people_dir)) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert untaught.read_bytes() == before


@pytest.mark.parametrize(
    ("option", "value"), [("--samples", "0"), ("--gain", "0"), ("--output", "a file"), ("--weights", "the same twice")]
)
def test_what_cannot_work_is_one_line_before_the_work(
    tmp_path: Path, untaught: Path, people_dir: Path, option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = command(untaught, tmp_path / "out", people_dir)
    given = {"a file": [str(untaught)], "the same twice": [str(untaught), str(untaught)]}.get(value, [value])
    assert main([*words, option, *given]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert option in error
    assert not (tmp_path / "out").exists()
