"""A narrower network out of a wider one of the same table: the channels that matter most, brought to the same statistics.

Channels are kept by how much they vary times how strongly they are read. Batch norm of the narrow network then gives every
kept channel the mean and deviation that it had in the wide one, which makes up for what the dropped ones contributed.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from u2live.model.rsu import RSU, ConvBNReLU
from u2live.model.u2net import NestedUNet, fold_batch_norm

STAGES = ("stage1", "stage2", "stage3", "stage4", "stage5", "stage6", "stage5d", "stage4d", "stage3d", "stage2d", "stage1d")


@dataclass(slots=True)
class _Block:
    """One ConvBNReLU of the wide network: what it reads (in order), and its pre-activation's mean and deviation."""

    reads: tuple[str, ...]
    mean: Tensor
    deviation: Tensor


@torch.no_grad()
def narrow_from(network: NestedUNet, wide: NestedUNet, images: Tensor) -> None:
    """Fill `network` with the most important channels of `wide`, by `images` [B, 3, H, W], normalised."""
    wide = fold_batch_norm(wide)
    blocks = _measured(wide, images)
    convolutions = dict(wide.named_modules())
    names = outputs()
    importance: dict[str, Tensor] = {}
    for name, block in blocks.items():
        importance[names[name]] = importance.get(names[name], torch.zeros(1)) + block.deviation
    read_by: dict[str, Tensor] = {}
    for name, block in blocks.items():
        kernel = convolutions[name].conv_s1.weight  # [out, in, 3, 3]
        first = 0
        for source in block.reads:
            width = kernel.shape[1] if source == "image" else importance[source].shape[0]
            strength = kernel[:, first : first + width].square().sum((0, 2, 3)).sqrt()
            read_by[source] = read_by.get(source, torch.zeros(1)) + strength
            first += width
    for side, stage in sides():
        read_by[stage] = read_by[stage] + convolutions[side].weight.square().sum((0, 2, 3)).sqrt()

    ours = dict(network.named_modules())
    kept = {"image": torch.arange(3)}
    for name in blocks:
        output = names[name]
        if output not in kept:
            width = ours[name].conv_s1.weight.shape[0]
            kept[output] = torch.topk(importance[output] * read_by[output], width).indices.sort().values
    for name, block in blocks.items():
        target, source = ours[name], convolutions[name]
        rows = kept[names[name]]
        columns, first = [], 0
        for read in block.reads:
            columns.append(kept[read] + first)
            first += 3 if read == "image" else importance[read].shape[0]
        target.conv_s1.weight.copy_(source.conv_s1.weight[rows][:, torch.cat(columns)])
        target.conv_s1.bias.copy_(source.conv_s1.bias[rows])
        target.bn_s1.weight.copy_(block.deviation[rows])
        target.bn_s1.bias.copy_(block.mean[rows])
    for side, stage in sides():
        ours[side].weight.copy_(convolutions[side].weight[:, kept[stage]])
        ours[side].bias.copy_(convolutions[side].bias)
    network.outconv.load_state_dict(wide.outconv.state_dict())
    settle(network, images)


@torch.no_grad()
def settle(network: NestedUNet, images: Tensor) -> None:
    """Running statistics of a network's batch norm, from `images` [B, 3, H, W], normalised. Leaves it in train mode."""
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the plain mean of all batches
    network.train()
    network.logits(images)
    for norm in norms:
        norm.momentum = 0.1


def _measured(wide: NestedUNet, images: Tensor) -> dict[str, _Block]:
    """All ConvBNReLU of the wide network, in forward order."""
    reads = reads_of(wide)
    seen: dict[str, _Block] = {}
    hooks = []
    for name, module in wide.named_modules():
        if isinstance(module, ConvBNReLU):

            def note(_: nn.Module, __: object, output: Tensor, name: str = name) -> None:
                seen[name] = _Block(reads[name], output.mean((0, 2, 3)), output.std((0, 2, 3)) + 1e-6)

            hooks.append(module.conv_s1.register_forward_hook(note))
    wide.logits(images)
    for hook in hooks:
        hook.remove()
    return seen


def outputs() -> dict[str, str]:
    """For every block the channels it writes; a stage's first and last block write the same ones, which are added."""
    names = {}
    for stage in STAGES:
        for level in range(1, 8):
            names[f"{stage}.rebnconv{level}"] = f"{stage}.{level}"
            names[f"{stage}.rebnconv{level}d"] = f"{stage}.{level}d" if level > 1 else stage
        names[f"{stage}.rebnconvin"] = stage
    return names


def reads_of(network: NestedUNet) -> dict[str, tuple[str, ...]]:
    """For every block whose channels it reads, in order, as `outputs` calls them."""
    reads: dict[str, tuple[str, ...]] = {}
    before: dict[str, tuple[str, ...]] = {"stage1": ("image",), "stage5d": ("stage6", "stage5")}
    before |= {f"stage{number}": (f"stage{number - 1}",) for number in range(2, 7)}
    before |= {f"stage{number}d": (f"stage{number + 1}d", f"stage{number}") for number in range(4, 0, -1)}
    for stage in STAGES:
        rsu = network.get_submodule(stage)
        assert isinstance(rsu, RSU)
        depth = rsu.depth
        reads[f"{stage}.rebnconvin"] = before[stage]
        reads[f"{stage}.rebnconv1"] = (stage,)
        for level in range(2, depth + 1):
            reads[f"{stage}.rebnconv{level}"] = (f"{stage}.{level - 1}",)
        for level in range(depth - 1, 0, -1):
            deeper = f"{stage}.{depth}" if level == depth - 1 else f"{stage}.{level + 1}d"
            reads[f"{stage}.rebnconv{level}d"] = (deeper, f"{stage}.{level}")
    return reads


def sides() -> list[tuple[str, str]]:
    """Every side output and the stage whose channels it reads."""
    return [*((f"side{number}", f"stage{number}d") for number in range(1, 6)), ("side6", "stage6")]
