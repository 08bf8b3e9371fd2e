"""How far what a student's stages hand on is from what its teacher's do (Romero et al., "FitNets: Hints for thin deep nets",
ICLR 2015).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from u2live.errors import UsageError
from u2live.model.u2net import NestedUNet, fold_batch_norm, overview_of
from u2live.training.arithmetic import autocast, memory_format
from u2live.training.narrow import STAGES
from u2live.training.shrinking import shrunk

HINTED = slice(1, 9)  # of `NestedUNet.stages`: 2 to 6, then 5d to 3d
JUDGED_IN = 8.0
"""So many logits of a `presence` count as one."""


def hint_loss(ours: Sequence[Tensor], theirs: Sequence[Tensor]) -> Tensor:
    """Mean squared difference of each two features [B, C, h, w], every channel of `theirs` measured in its own deviations,
    added up.
    """
    terms = [_difference(one.float(), other.float()) for one, other in zip(ours, theirs, strict=True)]
    return torch.stack(terms).sum()


def _difference(ours: Tensor, theirs: Tensor) -> Tensor:
    scale = theirs.var((0, 2, 3), keepdim=True) + 1e-4
    return ((ours - theirs).square() / scale).mean()


def presence_loss(ours: Tensor, theirs: Tensor, presence: nn.Linear) -> Tensor:
    """How differently `presence` judges by the overviews [B, C] of two networks.

    Mean squares make features smoother and their maxima lower, and by these it judges.
    """
    judged, meant = (presence(overview.float()) / JUDGED_IN for overview in (ours, theirs))
    return F.smooth_l1_loss(judged, meant)


class Hints:
    """The network in `weights`, on `device`, for a student that keeps listening while it learns mattes.

    `presence` is the weight of how differently the network's own would judge the student, beside what its stages hand on.
    Raises UsageError where that is above 0 and the network judges none.
    """

    def __init__(self, weights: Path, device: torch.device, precision: str, presence: float = 0.0) -> None:
        from u2live.model.weights import read_weights

        self._precision = precision
        network = fold_batch_norm(read_weights(weights).network).requires_grad_(requires_grad=False)
        if presence > 0 and network.presence is None:
            raise UsageError(f"loss.hint_presence needs a --teacher that judges presence, and {weights} does not")
        self._presence = presence
        self._network = network.to(device, memory_format=memory_format(device, precision))  # type: ignore[call-overload]

    def check(self, student: NestedUNet) -> None:
        """Raises UsageError where the two have not the same channels between their stages."""
        names = [f"{stage}.rebnconvin.conv_s1.weight" for stage in STAGES[HINTED]]
        ours, theirs = student.state_dict(), self._network.state_dict()
        if any(len(ours[name]) != len(theirs[name]) for name in names):
            raise UsageError("loss.hint needs a --teacher with the same channels as the student from stage 2 to 3d")

    def loss(self, x: Tensor, stages: Sequence[Tensor]) -> Tensor:
        """How far the student's `stages` are from what the teacher's make of x [B, 3, S, S], normalised.

        Where x is finer than what the student saw, the teacher's features are shrunk to the student's size: it learns to
        say of a small picture what its teacher says of a larger one.
        """
        with torch.no_grad(), autocast(x.device, self._precision):
            heard = self._network.stages(x)
        ours, theirs = stages[HINTED], heard[HINTED]
        loss = hint_loss(ours, [shrunk(their, our.shape[-1]) for our, their in zip(ours, theirs, strict=True)])
        if self._presence > 0 and self._network.presence is not None:
            loss = loss + self._presence * presence_loss(overview_of(stages), overview_of(heard), self._network.presence)
        return loss
