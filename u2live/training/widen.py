"""A wider network out of a narrower one of the same table, which says the same until it has learned more.

Chen et al., "Net2Net: Accelerating learning via knowledge transfer", ICLR 2016, but for where the new channels come from:
they read what there is at random, and nobody reads them yet, so that they learn as soon as somebody does.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from u2live.errors import UsageError
from u2live.model.rsu import ConvBNReLU
from u2live.model.u2net import NestedUNet
from u2live.training.narrow import outputs, reads_of, sides


@torch.no_grad()
def widen(network: NestedUNet, narrow: NestedUNet) -> None:
    """Fill `network` with `narrow`, both with batch norm. Raises UsageError where `narrow` has more channels."""
    old, new = _widths(narrow), _widths(network)
    if any(width > new[name] for name, width in old.items()):
        raise UsageError("the network to start from is wider than the one it is to become")
    blocks, names = dict(narrow.named_modules()), outputs()
    for name, reads in reads_of(network).items():
        source, target = blocks[name], network.get_submodule(name)
        assert isinstance(source, ConvBNReLU)
        assert isinstance(target, ConvBNReLU)
        columns, first = [], 0
        for read in reads:
            columns.append(torch.arange(old[read]) + first)
            first += new[read]
        rows = old[names[name]]
        kernel = nn.init.kaiming_normal_(target.conv_s1.weight)  # [out, in, 3, 3]
        kernel[:rows] = _spread(source.conv_s1.weight, torch.cat(columns), kernel.shape[1])
        held = target.state_dict()  # the very memory
        for key, value in source.state_dict().items():
            if value.dim() == 1:  # of a channel each
                held[key].fill_(float(key.endswith(("weight", "running_var"))))[:rows] = value
    for side, stage in sides():
        state = blocks[side].state_dict()
        weight = _spread(state["weight"], torch.arange(old[stage]), new[stage])
        network.get_submodule(side).load_state_dict({**state, "weight": weight})
    network.outconv.load_state_dict(narrow.outconv.state_dict())


def _widths(network: NestedUNet) -> dict[str, int]:
    """How many channels there are under each of the names in `outputs`, and in a picture."""
    names = outputs()
    blocks = {name: block for name, block in network.named_modules() if isinstance(block, ConvBNReLU)}
    return {"image": 3, **{names[name]: len(block.conv_s1.weight) for name, block in blocks.items()}}


def _spread(kernel: Tensor, columns: Tensor, width: int) -> Tensor:
    """`kernel` [out, in, h, w], its inputs at `columns` of `width`, nothing read from the others."""
    wide = kernel.new_zeros(kernel.shape[0], width, *kernel.shape[2:])
    wide[:, columns] = kernel
    return wide
