"""A looping video as the background."""

from __future__ import annotations

import threading
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from u2live.compose.backgrounds import Picture
from u2live.compose.clock import OwnClock
from u2live.compose.fit import fitted
from u2live.compose.video_reader import as_background, endless_frames
from u2live.types import Level, Notice, Notify, Size

if TYPE_CHECKING:
    from av import VideoFrame

PICTURES_AHEAD = 4
CATCH_UP_S = 0.1
_LONGEST_WAIT_S = 20.0


class Video(Picture):
    """A video that loops on its own clock, decoded ahead in a thread of its own.

    Live, nothing waits for it: a picture that is not there yet leaves the last one standing, and a video that cannot be
    decoded in time is slowed down. Otherwise every composite waits for exactly its picture. `first` is its first picture.
    """

    def __init__(self, path: Path, first: VideoFrame, fit: str, *, live: bool, notify: Notify | None = None) -> None:
        self._path = path
        self._fit = fit
        self._live = live
        self._notify = notify
        self._clock = OwnClock()
        self._first = first
        self._current: np.ndarray | None = None
        self._changed = threading.Condition()  # guards everything below
        self._size: Size | None = None
        self._wanted_ns = 0
        self._slipped_ns = 0
        self._busy_since = time.monotonic()
        self._ahead: deque[tuple[int, np.ndarray]] = deque()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="u2live-background-video", daemon=True)

    def prepare(self, size: Size) -> None:
        """Begin decoding for frames of this size."""
        with self._changed:
            self._size = size
        if not self._thread.is_alive() and not self._ended:
            self._thread.start()

    def picture_at(self, size: Size, timestamp_ns: int) -> np.ndarray:
        if self._size != size:
            self.prepare(size)
        elapsed_ns = self._clock.elapsed_ns(timestamp_ns)
        with self._changed:
            self._wanted_ns = elapsed_ns - self._slipped_ns
            self._show_due()
            while not (self._live or self._ended or self._ahead):
                if not self._changed.wait(_LONGEST_WAIT_S):
                    break
                self._show_due()
        if self._current is None:
            self._current = as_background(self._first, size, self._fit)
        if self._current.shape[:2] != (size.height, size.width):
            self._current = fitted(self._current, size, self._fit)
        return self._current

    def close(self) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(timeout=2)

    def _show_due(self) -> None:
        while self._ahead and self._ahead[0][0] <= self._wanted_ns:
            self._current = self._ahead.popleft()[1]
        self._changed.notify_all()

    def _run(self) -> None:
        import av

        try:
            self._decode_ahead()
        except (av.FFmpegError, MemoryError) as error:
            if self._notify is not None:
                message = f"the background video {self._path.name} broke off ({error}); its last picture stays"
                self._notify(Notice(Level.WARNING, "background", message))
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _decode_ahead(self) -> None:
        held: VideoFrame | None = None
        held_ns = 0
        for position_ns, frame in endless_frames(self._path):
            # A picture is converted only when its successor is known not to be due yet: catching up costs decoding alone.
            if held is not None and not self._put(held_ns, held, position_ns):
                return
            held, held_ns = frame, position_ns

    def _put(self, position_ns: int, frame: VideoFrame, successor_ns: int) -> bool:
        """Queue one picture, waiting for a place; False when the background was closed."""
        with self._changed:
            if len(self._ahead) >= PICTURES_AHEAD:
                self._changed.wait_for(lambda: self._ended or len(self._ahead) < PICTURES_AHEAD)
                self._busy_since = time.monotonic()
            late = successor_ns <= self._wanted_ns
            busy_s = time.monotonic() - self._busy_since
            if late and self._live and busy_s > CATCH_UP_S:
                # Decoding cannot keep up: the video's clock waits for it, and it leaves a third of the core to the others.
                self._slipped_ns += self._wanted_ns - position_ns
                self._wanted_ns = position_ns
                self._changed.wait_for(lambda: self._ended, timeout=busy_s / 2)
                late = False
            if self._ended or self._size is None:
                return False
            if late:
                return True
            size = self._size
        picture = as_background(frame, size, self._fit)
        with self._changed:
            self._ahead.append((position_ns, picture))
            self._changed.notify_all()
            self._busy_since = time.monotonic()
        return True
