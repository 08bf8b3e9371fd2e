"""OpenVINO's core: one for the whole process, however many networks are opened and closed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import openvino as ov


@cache
def core() -> ov.Core:
    """Raises ImportError or OSError where OpenVINO cannot be loaded, RuntimeError where it cannot start.

    With each core comes a CPU plugin, and each plugin puts a stack for signals in the place of the one before it and puts
    that one back as it goes. Of two that go in the order in which they came, the second puts back a stack that is no more,
    and the next SIGINT or SIGTERM is a segmentation fault. One that stays until the process ends cannot.
    """
    import openvino as ov

    return ov.Core()
