"""A network that got wider says what it said, and has room to learn more."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from u2live.errors import UsageError
from u2live.model.rsu import ConvBNReLU
from u2live.model.u2net import U2NETN
from u2live.training.widen import widen

WIDTHS = {"mid": 3, "outer": 5, "first_mid": 2, "first_outer": 4, "last_mid": 2, "last_outer": 3}
X = torch.randn(1, 3, 48, 64, generator=torch.Generator().manual_seed(2))


def drawn(**widths: int) -> U2NETN:
    """With batch norm that has seen something."""
    torch.manual_seed(1)
    network = U2NETN(**{**WIDTHS, **widths}).train()
    for _ in range(3):
        network.logits(torch.randn(2, 3, 48, 64) + 0.5)
    return network.eval()


@settings(max_examples=12, deadline=None)
@given(st.fixed_dictionaries({name: st.integers(width, width + 4) for name, width in WIDTHS.items()}))
def test_a_wider_network_says_the_same(widths: dict[str, int]) -> None:
    narrow, wide = drawn(), drawn(**widths)
    widen(wide, narrow)
    with torch.inference_mode():
        for theirs, ours in zip(narrow.logits(X), wide.logits(X), strict=True):
            torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-4)


def test_what_is_new_says_something_and_learns() -> None:
    wide = drawn(first_mid=6)
    widen(wide, drawn())
    wide.logits(X)[0].sum().backward()
    block = wide.get_submodule("stage1.rebnconv2")
    assert isinstance(block, ConvBNReLU)
    x = torch.relu(torch.randn(1, 6, 24, 32))
    assert (block(x)[:, 2:].amax((0, 2, 3)) > 0).all()
    gradient = block.conv_s1.weight.grad
    assert gradient is not None
    assert gradient[:2, 2:].abs().sum() > 0, "who was there before begins to read the new ones"


def test_nothing_gets_narrower() -> None:
    with pytest.raises(UsageError, match="wider"):
        widen(drawn(), drawn(last_outer=4))
