"""How long the start took: window on the screen, first matted frame in it. Seconds since the process began."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

_IMPORTED_AT = time.monotonic()


def since_start() -> float:
    """Seconds since this process began; where the system does not tell, since this module was imported."""
    if sys.platform == "linux":
        try:
            # proc(5): the 22nd field is the start in clock ticks after boot; the name before it may hold spaces.
            ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
            uptime = float(Path("/proc/uptime").read_text().split()[0])
            return uptime - ticks / os.sysconf("SC_CLK_TCK")
        except (OSError, ValueError, IndexError):
            pass
    return time.monotonic() - _IMPORTED_AT


class StartupTimes:
    """Each moment is kept when it comes first."""

    def __init__(self) -> None:
        self.window_visible_s: float | None = None
        self.first_matted_s: float | None = None

    def window_is_visible(self) -> None:
        if self.window_visible_s is None:
            self.window_visible_s = round(since_start(), 3)

    def picture_is_matted(self) -> None:
        if self.first_matted_s is None:
            self.first_matted_s = round(since_start(), 3)

    def as_dict(self) -> dict[str, float | None]:
        return {"window_visible_s": self.window_visible_s, "first_matted_s": self.first_matted_s}
