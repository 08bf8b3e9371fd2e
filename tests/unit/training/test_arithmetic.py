"""How a training step is computed: half precision only where the hardware has it."""

import pytest
import torch

from u2live.training.arithmetic import autocast, fastest_precision, keep_memory, memory_format

CPU = torch.device("cpu")


@pytest.mark.parametrize("ability", ["avx512_bf16", "amx_bf16", "arm_bf16"])
def test_bfloat16_where_the_processor_has_it(monkeypatch: pytest.MonkeyPatch, ability: str) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True, ability: True}, raising=False)
    assert fastest_precision(CPU) == "bf16"
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True, ability: False}, raising=False)
    assert fastest_precision(CPU) == "fp32"


def test_autocast_computes_in_what_it_is_told() -> None:
    network, x = torch.nn.Conv2d(3, 2, 3), torch.zeros(1, 3, 8, 8)
    with autocast(CPU, "bf16"):
        assert network(x).dtype == torch.bfloat16
    with autocast(CPU, "fp32"):
        assert network(x).dtype == torch.float32


def test_pixels_lie_as_the_arithmetic_likes_them() -> None:
    assert memory_format(CPU, "fp32") == torch.contiguous_format
    assert memory_format(CPU, "bf16") == torch.channels_last
    assert memory_format(torch.device("cuda"), "fp32") == torch.channels_last


def test_keeping_memory_is_harmless() -> None:
    keep_memory()
    assert torch.zeros(1 << 22).sum() == 0
