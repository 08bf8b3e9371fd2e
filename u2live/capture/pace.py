"""A file played at its own speed, as if it were a camera."""

from __future__ import annotations

import threading
import time

from u2live.capture.source import Source, SourceInfo
from u2live.capture.ticker import Alarm
from u2live.types import Frame

_TOO_LATE_NS = 500_000_000


def paced(source: Source) -> Source:
    """`source` played by its timestamps, never faster than real time. It still waits for its reader and loses nothing."""
    return PacedSource(source)


class PacedSource:
    """Holds each frame of another source back until its time has come; frames and their timestamps stay as they are.

    When its reader falls behind by more than half a second the clock is set anew instead of rushing through what was
    missed. `close` may come from any thread and ends a waiting `read` with None.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._alarm: Alarm | None = None

    def open(self) -> SourceInfo:
        """Raises SourceError."""
        self.close()
        info = self._source.open()
        self._offset_ns: int | None = None
        self._alarm = Alarm()
        return info

    def read(self) -> Frame | None:
        """The next frame once it is due, None at the end. Raises SourceError."""
        alarm = self._alarm
        with self._lock:  # `close` of another thread waits for the read, not for the pause after it
            frame = self._source.read()
        if frame is None:
            return None
        now_ns = time.monotonic_ns()
        if self._offset_ns is None or frame.timestamp_ns + self._offset_ns < now_ns - _TOO_LATE_NS:
            self._offset_ns = now_ns - frame.timestamp_ns
        if alarm is None or not alarm.wait_until(frame.timestamp_ns + self._offset_ns):
            return None
        return frame

    def close(self) -> None:
        alarm, self._alarm = self._alarm, None
        if alarm is not None:
            alarm.stop()
        with self._lock:
            self._source.close()
