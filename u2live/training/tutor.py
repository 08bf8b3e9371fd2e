"""A teacher that looks at the very samples its student learns from, crops, noise and all.

Beyer et al., "Knowledge distillation: a good teacher is patient and consistent", CVPR 2022. A teacher's mattes of untouched
pictures (`teacher.py`) know nothing of the background that a person is pasted into.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from u2live.model.u2net import fold_batch_norm
from u2live.training.arithmetic import autocast, memory_format
from u2live.training.batches import normalized
from u2live.training.shrinking import shrunk

SOMEBODY = 0.02
REACH = 16  # a side's sixteenth: how far from the truth's person a teacher is listened to


class Tutor:
    """The network in `weights`, on `device`, seeing pictures at its own input size, `side`."""

    def __init__(self, weights: Path, device: torch.device, precision: str) -> None:
        from u2live.model.weights import read_weights

        read = read_weights(weights)
        self.side = read.input_size
        self._precision = precision
        self._order = memory_format(device, precision)
        self._network = fold_batch_norm(read.network).to(device, memory_format=self._order)  # type: ignore[call-overload]

    @torch.no_grad()
    def beside(self, truth: Tensor, images: Tensor) -> Tensor:
        """`truth` [B, 1, S, S] in [0, 1] of `images` [B, S, S, 3] uint8 BGR → [B, 2, S, S]: the truth, then the teacher's.

        Far from everybody whom the truth knows the teacher is not asked: what it takes for a person there is none.
        """
        with autocast(images.device, self._precision):
            logits = self._network.logits(shrunk(normalized(images, self._order), self.side))[0]
        theirs = torch.sigmoid(logits.float())
        theirs = F.interpolate(theirs, truth.shape[2:], mode="bilinear", align_corners=False)
        reach = truth.shape[-1] // REACH
        near = F.max_pool2d((truth > SOMEBODY).float(), 2 * reach + 1, stride=1, padding=reach)
        return torch.cat([truth, theirs * near], dim=1)
