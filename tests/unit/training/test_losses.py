import pytest
import torch

from u2live.training.config import LossConfig
from u2live.training.losses import gradient_difference, matte_loss, soft_iou_loss


def logits_of(alpha: torch.Tensor) -> tuple[torch.Tensor, ...]:
    return (torch.logit(alpha.clamp(1e-6, 1 - 1e-6)),) * 7


def truth() -> torch.Tensor:
    alpha = torch.zeros(2, 1, 16, 16)
    alpha[:, :, 4:12, 4:12] = 1
    return alpha


def test_a_perfect_matte_costs_nothing_and_any_other_costs() -> None:
    config = LossConfig()
    good = matte_loss(logits_of(truth()), truth(), config)
    assert good < 1e-3
    for worse in (truth() * 0.5, truth().roll(1, -1), torch.zeros_like(truth())):
        assert matte_loss(logits_of(worse), truth(), config) > good + 0.1


def test_every_side_is_supervised() -> None:
    sides = tuple(torch.zeros(2, 1, 16, 16, requires_grad=True) for _ in range(7))
    matte_loss(sides, truth(), LossConfig()).backward()
    assert all(side.grad is not None and side.grad.abs().sum() > 0 for side in sides)


def test_soft_iou_by_hand_and_nobody_there() -> None:
    half = truth() * 0.5
    assert soft_iou_loss(half, truth()) == pytest.approx(0.5, abs=1e-4)
    nobody = torch.zeros(2, 1, 16, 16)
    assert soft_iou_loss(half, nobody) == 0


def test_gradient_difference_sees_edges_only() -> None:
    assert gradient_difference(truth() + 0.3, truth()) == pytest.approx(0, abs=1e-6)
    assert gradient_difference(truth().roll(1, -1), truth()) > 0.05


def test_the_teacher_weighs_as_told() -> None:
    taught = truth().roll(3, -1)
    both = torch.cat([truth(), taught], dim=1)
    logits = logits_of(taught)
    only_truth, only_teacher = (matte_loss(logits, both, LossConfig(teacher=share)) for share in (0.0, 1.0))
    half = matte_loss(logits, both, LossConfig(teacher=0.5))
    assert only_teacher < 1e-3 < only_truth
    assert half == pytest.approx(float(only_truth + only_teacher) / 2, rel=1e-5)
