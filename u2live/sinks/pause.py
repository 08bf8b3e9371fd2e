"""A recording's pause: what comes meanwhile is left out, and what comes afterwards follows what came before."""

from __future__ import annotations

import threading

from u2live.sinks.sound import Sound
from u2live.sinks.timeline import Timeline


class Pause:
    """Wanted and ended from any thread; takes effect between two pictures."""

    def __init__(self) -> None:
        self._wanted = threading.Event()
        self._since_ns: int | None = None

    @property
    def wanted(self) -> bool:
        return self._wanted.is_set()

    def begin(self) -> None:
        self._wanted.set()

    def end(self) -> None:
        self._wanted.clear()

    def leaves_out(self, timestamp_ns: int, timeline: Timeline | None, sound: Sound | None) -> bool:
        """Whether the picture of `timestamp_ns` is not recorded. Stops and shifts `timeline` and `sound` where a pause
        begins or ends; before the first picture, without a `timeline`, there is nothing to shift.
        """
        if self.wanted:
            if self._since_ns is None and timeline is not None:
                self._since_ns = timestamp_ns
                if sound is not None:
                    sound.pause(timestamp_ns)
            return True
        if self._since_ns is not None and timeline is not None:
            timeline.cut(timestamp_ns - self._since_ns)
            if sound is not None:
                sound.resume(timestamp_ns)
        self._since_ns = None
        return False
