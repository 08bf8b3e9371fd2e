"""How long the disk lasts, told before it is too late."""

from __future__ import annotations

import shutil
import time
from collections import deque
from pathlib import Path

from u2live.types import Level, Notice, Notify

_CHECK_EVERY_S = 0.5
_RATE_OVER_S = 20.0
_LEAST_RESERVE = 4 << 20
_RESERVE_S = 4.0
_WARN_MINUTES = (10.0, 2.0)


class SpaceWatch:
    """Watches the disk under one growing file. One thread uses it; `minutes_left` may be read from any."""

    def __init__(self, path: Path, notify: Notify) -> None:
        self.minutes_left: float | None = None
        """How long the recording can go on, once this can be told."""
        self._path = path
        self._notify = notify
        self._history: deque[tuple[float, int]] = deque()
        self._checked_s = -_CHECK_EVERY_S
        self._warnings = list(_WARN_MINUTES)

    def is_exhausted(self, size_bytes: int) -> bool:
        """Whether a recording of `size_bytes` so far has to end now to end well. Warns as that comes near."""
        now_s = time.monotonic()
        if now_s - self._checked_s < _CHECK_EVERY_S:
            return False
        self._checked_s = now_s
        self._history.append((now_s, size_bytes))
        while now_s - self._history[0][0] > _RATE_OVER_S:
            self._history.popleft()
        try:
            free = shutil.disk_usage(self._path.parent).free
        except OSError:
            return False  # writing will tell
        began_s, began_bytes = self._history[0]
        rate = (size_bytes - began_bytes) / (now_s - began_s) if now_s > began_s else 0.0
        reserve = max(_LEAST_RESERVE, _RESERVE_S * rate)
        if rate > 0 and now_s - began_s > 2:
            self.minutes_left = max(0.0, free - reserve) / rate / 60
            self._warn(self.minutes_left)
        return free < reserve

    def _warn(self, minutes: float) -> None:
        if not self._warnings or minutes >= self._warnings[0]:
            return
        self._warnings = [limit for limit in self._warnings if minutes >= limit]
        about = f"{minutes:.0f} minutes" if minutes >= 1.5 else f"{minutes * 60:.0f} seconds"
        message = f"the disk is full in about {about}: free some space, or stop the recording"
        self._notify(Notice(Level.WARNING, "recording", message))
