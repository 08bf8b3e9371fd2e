"""The processor that a network runs on: its name, and how much of it there is for the network."""

from __future__ import annotations

import os
import platform


def compute_threads() -> int:
    """How many threads the network gets: all of two cores; larger machines leave one or two to the other stages."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores if cores <= 2 else min(cores - (1 if cores <= 4 else 2), 8)


def cpu_name() -> str:
    """The processor's name as its maker gives it, or the architecture."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine() or "CPU"
