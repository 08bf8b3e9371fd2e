"""Networks for training: started anew or from weights, batch norm folded away or learning, saved with what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from u2live.errors import UsageError
from u2live.model.u2net import U2NET, U2NETN, U2NETP, NestedUNet, fold_batch_norm
from u2live.training.config import WIDTHS, TrainConfig
from u2live.training.narrow import narrow_from

if TYPE_CHECKING:
    from u2live.model.weights import Weights

BN_EPSILON = 1e-5
FIRST = ("stage1.", "stage2.")
LAST = ("stage2d.", "stage1d.", "side1.", "side2.", "outconv.")


def new_network(config: TrainConfig) -> NestedUNet:
    """The architecture that `config` names, with weights drawn by its seed."""
    torch.manual_seed(config.seed)
    if config.architecture == "U2NETN":
        return U2NETN(**{name: getattr(config, name) for name in WIDTHS})
    return U2NETP() if config.architecture == "U2NETP" else U2NET()


def start_from(network: NestedUNet, starts: Sequence[Path], images: Tensor) -> None:
    """Fill `network` with the weights in `starts`, or with their mean (Wortsman et al., "Model soups", ICML 2022).

    A U2NETN may start from one wider network; `images` [B, 3, H, W], normalised, show which channels matter. A `presence` is
    left behind: it judged by features that now change. Raises UsageError when the weights are another architecture's.
    """
    from u2live.model.weights import read_weights

    if isinstance(network, U2NETN) and len(starts) == 1:
        wide = read_weights(starts[0])
        if wide.architecture == "U2NETP":
            narrow_from(network, wide.network, images)
            return
    ours = network.state_dict()
    total = {name: torch.zeros_like(value) for name, value in ours.items()}
    for start in starts:
        weights = read_weights(start)
        weights.network.presence = None
        theirs = weights.network.state_dict()
        if theirs.keys() != ours.keys() or any(ours[name].shape != value.shape for name, value in theirs.items()):
            raise UsageError(f"{start} holds a {weights.architecture}, which is not what is trained: see --architecture")
        for name, value in theirs.items():
            total[name] += value if not value.is_floating_point() else value / len(starts)
    network.load_state_dict(total)


def prepared(network: NestedUNet, batch_norm: str) -> NestedUNet:
    """For training: "frozen" folds batch norm into the convolutions, which is the same network at two thirds of the cost."""
    if batch_norm == "frozen":
        fold_batch_norm(network)
    network.train()
    return network


def train_only(network: NestedUNet, part: str) -> None:
    """Keeps all of `network` as it is but the `part` that learns: "all"; "last", what lies behind stage 3d; "deep", stages 3
    to 3d; "shallow", all but these.
    """
    learns = {"all": ("",), "last": LAST, "deep": (*FIRST, *LAST), "shallow": (*FIRST, *LAST)}[part]
    for name, value in network.named_parameters():
        value.requires_grad_(name.startswith(learns) != (part == "deep"))


def rate_groups(network: NestedUNet, config: TrainConfig) -> list[dict[str, Any]]:
    """What learns, for an optimizer: weight decay for convolutions, none for biases and batch norm. `times` is what a
    group's rate is multiplied by.
    """
    groups: dict[tuple[float, float], list[Tensor]] = {}
    for name, value in network.named_parameters():
        if value.requires_grad:
            key = config.weight_decay if value.dim() > 1 else 0.0, config.last_rate if name.startswith(LAST) else 1.0
            groups.setdefault(key, []).append(value)
    return [{"params": params, "weight_decay": decay, "times": times} for (decay, times), params in groups.items()]


def published_names(state: Mapping[str, Tensor], config: TrainConfig) -> dict[str, Tensor]:
    """`state` of a network with or without batch norm → float32 under the published names, the fused map as sharp as asked
    for; what was folded is identity.
    """
    full: dict[str, Tensor] = {}
    with torch.device("meta"):
        expected = new_network(config).state_dict()
    for name, shape in expected.items():
        if name in state:
            value = state[name].detach().cpu()
            full[name] = value.float().contiguous() if value.is_floating_point() else value.clone()
            if name.startswith("outconv."):
                full[name] = full[name] * config.sharpness
        elif name.endswith(("running_mean", "bias")):
            full[name] = torch.zeros(shape.shape)
        elif name.endswith("weight"):
            full[name] = torch.ones(shape.shape)
        elif name.endswith("running_var"):
            full[name] = torch.full(shape.shape, 1.0 - BN_EPSILON)
        else:
            full[name] = torch.tensor(0)
    return full


def save_network(path: Path, state: Mapping[str, Tensor], config: TrainConfig, about: Mapping[str, str]) -> None:
    """Write a trained network as `.safetensors`, atomically."""
    metadata = {
        "format": "pt",
        "architecture": config.architecture,
        "input_size": str(config.input_size),
        "meaning": "person",
        "config": config.to_json(),
        **about,
    }
    _write(path, published_names(state, config), metadata)


def save_again(path: Path, weights: Weights, about: Mapping[str, str]) -> None:
    """Write weights that were read from a file, with what it said about itself and `about`; atomically."""
    _write(path, weights.network.state_dict(), {**weights.metadata, **about})


def _write(path: Path, state: Mapping[str, Tensor], metadata: dict[str, str]) -> None:
    """At half precision: a third decimal of a weight is beyond what training fixes."""
    from safetensors.torch import save_file

    half = {
        name: value.half() if value.is_floating_point() and not name.endswith("running_var") else value
        for name, value in state.items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    save_file(half, partial, metadata=metadata)
    partial.chmod(0o644)  # the library writes for the owner alone, but weights are for everybody
    partial.replace(path)


def evaluation_network(state: Mapping[str, Tensor], config: TrainConfig) -> NestedUNet:
    """A network in eval mode with `state`, as it will be loaded from the saved file."""
    with torch.random.fork_rng():
        network = new_network(config)
    network.load_state_dict(published_names(state, config))
    return network.eval()
