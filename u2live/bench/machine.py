"""What machine the figures are from."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def machine_name() -> str:
    """Processor, cores this process may use, system, and the GPU where torch sees one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    name = f"{_processor()}, {cores} cores, {platform.system()}"
    import torch

    return f"{name}, {torch.cuda.get_device_name(0)}" if torch.cuda.is_available() else name


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
