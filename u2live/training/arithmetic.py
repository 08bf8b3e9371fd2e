"""How a processor computes a training step fastest: the precision, the order of pixels in memory, the memory itself."""

from __future__ import annotations

import contextlib
import ctypes
import sys
from typing import Any

import torch

_HALVES = {"bf16": torch.bfloat16, "fp16": torch.float16}
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4  # of mallopt(3)
_KEPT_BYTES = 2**31 - 1


def fastest_precision(device: torch.device) -> str:
    """bf16 where the hardware computes in it, else fp32: imitated, it takes several times as long as fp32."""
    if device.type == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp32"
    abilities: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    return "bf16" if any(abilities.get(name) for name in ("avx512_bf16", "amx_bf16", "arm_bf16")) else "fp32"


def autocast(device: torch.device, precision: str) -> torch.autocast:
    """The context in which a network's forward pass computes in `precision` (bf16, fp16 or fp32)."""
    kind = _HALVES.get(precision)
    return torch.autocast(device.type, dtype=kind, enabled=kind is not None)


def memory_format(device: torch.device, precision: str) -> torch.memory_format:
    """Channels last, except for float32 on a CPU: oneDNN's backward convolutions with AVX2 take twice as long on it."""
    if device.type == "cpu" and precision == "fp32":
        return torch.contiguous_format
    return torch.channels_last


def keep_memory() -> None:
    """Have the C library keep what a step frees for the next one. Returned and asked for again, every page is a fault, and
    faults take a third of a step on a CPU. Only glibc understands it.
    """
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for option, value in ((_MMAP_MAX, 0), (_TRIM_THRESHOLD, _KEPT_BYTES), (_TOP_PAD, 1 << 28)):
            mallopt(option, value)


def try_convolutions() -> None:
    """Have cuDNN try its ways of convolving once for every shape: the few sizes of a run come back thousands of times."""
    torch.backends.cudnn.benchmark = True
