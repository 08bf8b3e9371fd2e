"""U²-Net's deep supervision, made fit for mattes: all seven maps by cross entropy, the fused one also by its edges."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from u2live.training.config import LossConfig

SMALLEST_SUBJECT = 0.003


def matte_loss(logits: tuple[Tensor, ...], mattes: Tensor, config: LossConfig) -> Tensor:
    """Scalar. `logits`: fused, then six sides, each [B, 1, H, W]; `mattes` [B, C, H, W] in [0, 1], truth and teacher."""
    truth = mattes[:, :1]
    loss = _against(logits, truth, config)
    if mattes.shape[1] > 1 and config.teacher > 0:
        loss = (1 - config.teacher) * loss + config.teacher * _against(logits, mattes[:, 1:2], config)
    return loss


def _against(logits: tuple[Tensor, ...], target: Tensor, config: LossConfig) -> Tensor:
    fused, *sides = (logit.float() for logit in logits)
    loss = F.binary_cross_entropy_with_logits(fused, target)
    for side in sides:
        loss = loss + config.side * F.binary_cross_entropy_with_logits(side, target)
    alpha = torch.sigmoid(fused)
    loss = loss + config.l1 * F.l1_loss(alpha, target)
    loss = loss + config.gradient * gradient_difference(alpha, target)
    return loss + config.iou * soft_iou_loss(alpha, target)


def gradient_difference(alpha: Tensor, target: Tensor) -> Tensor:
    """Mean absolute difference of the two maps' forward differences, over the two directions: right at edges or not."""
    difference = alpha - target
    across = (difference[..., :, 1:] - difference[..., :, :-1]).abs().mean()
    down = (difference[..., 1:, :] - difference[..., :-1, :]).abs().mean()
    return across + down


def soft_iou_loss(alpha: Tensor, target: Tensor) -> Tensor:
    """1 − soft intersection over union per picture, so a small person counts as much as a large one.

    Pictures with nobody in them do not take part.
    """
    area = target.mean((1, 2, 3))
    there = (area > SMALLEST_SUBJECT).float()
    intersection = (alpha * target).mean((1, 2, 3))
    union = (alpha + target - alpha * target).mean((1, 2, 3))
    return (there * (1 - intersection / (union + 1e-6))).sum() / alpha.shape[0]
