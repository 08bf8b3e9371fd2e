"""One process, or several started by torchrun: who this one is, what they agree on, where the network runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor, nn

from u2live.model.u2net import NestedUNet


@dataclass(frozen=True, slots=True)
class Processes:
    """`rank` of `world` processes, and this one's device."""

    rank: int
    world: int
    device: torch.device

    @property
    def first(self) -> bool:
        return self.rank == 0

    def agreed(self, *values: float) -> list[float]:
        """The largest of every value over all processes: a stop that one was told, the clock that one read."""
        if self.world == 1:
            return list(values)
        shared = torch.tensor(values, dtype=torch.float64, device="cpu" if self.device.type == "cpu" else self.device)
        dist.all_reduce(shared, op=dist.ReduceOp.MAX)
        return [float(value) for value in shared]

    def wrap(self, module: nn.Module) -> nn.Module:
        """A module whose forward is `module`'s and whose backward averages the gradients over the processes."""
        if self.world == 1:
            return module
        ids = [self.device.index] if self.device.type == "cuda" else None
        return nn.parallel.DistributedDataParallel(module, device_ids=ids)


class LogitsOf(nn.Module):
    """Gives a network's `logits`, and the `stages` that they came from, as forward, which is where DistributedDataParallel
    looks.
    """

    def __init__(self, network: NestedUNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        stages = self.network.stages(x)
        return self.network.maps(stages), stages


@contextmanager
def processes() -> Iterator[Processes]:
    """Joins the group that torchrun made, if it did, and leaves it at the end."""
    world = int(os.environ.get("WORLD_SIZE", "1"))
    local = int(os.environ.get("LOCAL_RANK", "0"))
    device = torch.device("cuda", local) if torch.cuda.is_available() else torch.device("cpu")
    if device.type == "cuda":
        torch.cuda.set_device(device)
    if world == 1:
        yield Processes(0, 1, device)
        return
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield Processes(dist.get_rank(), world, device)
        dist.barrier()  # nobody ends while the first still writes: torchrun would take that for the beginning of the end
    finally:
        dist.destroy_process_group()
