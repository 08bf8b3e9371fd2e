"""Batches by their number: any process can make any of them, so a resumed run sees what an unbroken one would have."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from u2live.matting.exposure import in_good_light
from u2live.training.config import TrainConfig
from u2live.training.samples import SampleMaker

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
SIZE_STREAM = 1 << 40


class Batches(Dataset[tuple[Tensor, Tensor]]):
    """Batch number `step` of process `rank` among `world`: images [B, S, S, 3] uint8 BGR, mattes [B, C, S, S] float32.
    Poor light is mended, as it is before the network looks in the program.

    S is the step's side, or `at_least`, for somebody who looks more closely.
    """

    def __init__(self, maker: SampleMaker, config: TrainConfig, rank: int = 0, world: int = 1, *, at_least: int = 0) -> None:
        self.maker = maker
        self.config = config
        self.rank = rank
        self.world = world
        self.at_least = at_least

    def side(self, step: int) -> int:
        """Of the network's input in that step."""
        config = self.config
        drawn = np.random.default_rng([config.seed, SIZE_STREAM, step])
        return int(drawn.choice(config.sizes, p=np.array(config.size_shares) / sum(config.size_shares)))

    def __getitem__(self, step: int) -> tuple[Tensor, Tensor]:
        config = self.config
        size = max(self.side(step), self.at_least)
        first = (step * self.world + self.rank) * config.batch
        samples = [
            self.maker.sample(np.random.default_rng([config.seed, number]), size)
            for number in range(first, first + config.batch)
        ]
        images = np.stack([in_good_light(sample.image) for sample in samples])
        mattes = np.stack([sample.mattes.transpose(2, 0, 1) for sample in samples])
        return torch.from_numpy(images), torch.from_numpy(np.ascontiguousarray(mattes, dtype=np.float32))


class From(Sampler[int]):
    """Step numbers from `start` on, without end."""

    def __init__(self, start: int) -> None:
        self.start = start

    def __iter__(self) -> Iterator[int]:
        step = self.start
        while True:
            yield step
            step += 1


def batches_from(dataset: Batches, start: int, workers: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches from step `start` on, made ahead in `workers` processes (0: in this one)."""
    loader: DataLoader[tuple[Tensor, Tensor]] = DataLoader(
        dataset,
        batch_size=None,
        sampler=From(start),
        num_workers=workers,
        prefetch_factor=3 if workers else None,
        worker_init_fn=_quiet_worker,
    )
    return iter(loader)


def _quiet_worker(_: int) -> None:
    import signal

    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    # Ctrl-C and SIGTERM to the group are the trainer's to answer; it stops its workers itself.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def normalized(images: Tensor, order: torch.memory_format = torch.channels_last) -> Tensor:
    """[B, H, W, 3] uint8 BGR → [B, 3, H, W] float32 RGB, ImageNet's mean and deviation, in memory in that `order`."""
    rgb = images.flip(-1).permute(0, 3, 1, 2).float() / 255  # channels last as it comes
    mean = torch.tensor(MEAN, device=rgb.device).view(1, 3, 1, 1)
    std = torch.tensor(STD, device=rgb.device).view(1, 3, 1, 1)
    return ((rgb - mean) / std).contiguous(memory_format=order)
