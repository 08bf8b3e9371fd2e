"""A tiny network that finds nobody anywhere, so that nothing of the room may be seen."""

from __future__ import annotations

from pathlib import Path


def save_nobody(path: Path) -> None:
    """U2NETN of the smallest kind whose every map is far below zero."""
    import torch
    from safetensors.torch import save_file

    from u2live.model.u2net import U2NETN

    torch.manual_seed(0)
    state = U2NETN(mid=2, outer=4).state_dict()
    for name, tensor in state.items():
        if name.startswith(("side", "outconv")):
            tensor.zero_() if name.endswith("weight") else tensor.fill_(-12.0)
    save_file({name: tensor.contiguous() for name, tensor in state.items()}, path, {"input_size": "32", "meaning": "person"})
