"""A live source whose handle lives in a thread of its own, so that a device that hangs cannot hang the program."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

import numpy as np

from u2live.capture.source import SourceInfo, SourceLost
from u2live.errors import SourceError
from u2live.types import Frame

_CLOSE_S = 1.0
_MOST_STUCK = 4


class EndOfStream(Exception):  # noqa: N818 (an ending, not an error)
    """Raised by a handle whose stream has come to its proper end."""


class Handle(Protocol):
    """A device or connection. Every call comes from the one thread that opened it."""

    def info(self) -> SourceInfo: ...

    def grab(self) -> tuple[int, np.ndarray] | None:
        """(monotonic time in ns, H×W×3 uint8 BGR in memory of its own), or None when there is nothing just now.

        May block for a few seconds at most where the driver allows. Raises SourceLost, EndOfStream.
        """
        ...

    def release(self) -> None: ...


class WatchedSource:
    """The Source over a Handle: the newest picture wins, and no call waits longer than it promises.

    `open` waits `open_s`, `read` waits `read_s` for a picture, then both give up; `close` waits a second at most. A thread
    that hangs in the driver is left to itself and releases the handle when the driver lets go of it. `close` may come from
    any thread and ends a waiting `read` with None.
    """

    def __init__(self, name: str, open_handle: Callable[[], Handle], open_s: float = 10.0, read_s: float = 3.0) -> None:
        self.name = name
        self._open_handle = open_handle
        self._open_s = open_s
        self._read_s = read_s
        self._lock = threading.Lock()  # guards which keeper there is: `close` may come while it is being started
        self._keeper: _Keeper | None = None
        self._stuck: list[_Keeper] = []

    def open(self) -> SourceInfo:
        """Cheap to try again. Raises SourceError."""
        self.close()
        self._stuck = [keeper for keeper in self._stuck if keeper.is_alive()]
        if len(self._stuck) >= _MOST_STUCK:
            raise SourceError(f"{self.name} hangs in its driver: unplug it and plug it in again")
        keeper = _Keeper(self.name, self._open_handle)
        with self._lock:
            self._keeper = keeper
            keeper.start()
        try:
            return keeper.opened(self._open_s)
        except BaseException:
            self.close()
            raise

    def read(self) -> Frame | None:
        """The newest picture that was not yet read, waiting for one. Raises SourceLost."""
        keeper = self._keeper
        if keeper is None:
            raise SourceError(f"{self.name} is not open")
        return keeper.newest(self._read_s)

    def close(self) -> None:
        with self._lock:
            keeper, self._keeper = self._keeper, None
        if keeper is None:
            return
        keeper.stop()
        keeper.join(_CLOSE_S)
        if keeper.is_alive():
            self._stuck.append(keeper)


class _Keeper(threading.Thread):
    """Opens the handle, takes pictures from it into a place for one, releases it."""

    def __init__(self, name: str, open_handle: Callable[[], Handle]) -> None:
        super().__init__(name=f"u2live-capture-{name}", daemon=True)  # a hanging driver must not keep the program alive
        self._source_name = name
        self._open_handle = open_handle
        self._changed = threading.Condition()
        self._info: SourceInfo | None = None
        self._frame: Frame | None = None
        self._error: SourceError | None = None
        self._ended = False
        self._stopping = False
        self._next_index = 0
        self._last_ns = 0

    def run(self) -> None:
        try:
            handle = self._open_handle()
        except SourceError as error:
            self._fail(error)
            return
        except Exception as error:  # cv2 and FFmpeg raise what they like; the reader must hear of it
            self._fail(SourceError(f"{self._source_name} cannot be opened: {_line(error)}"))
            return
        try:
            with self._changed:
                self._info = handle.info()
                self._changed.notify_all()
            while not self._stopping:
                grabbed = handle.grab()
                if grabbed is not None:
                    self._put(*grabbed)
        except EndOfStream:
            with self._changed:
                self._ended = True
                self._changed.notify_all()
        except SourceError as error:
            self._fail(error)
        except Exception as error:
            self._fail(SourceLost(f"{self._source_name} was lost: {_line(error)}"))
        finally:
            handle.release()

    def opened(self, timeout_s: float) -> SourceInfo:
        with self._changed:
            self._changed.wait_for(lambda: self._info or self._error or self._stopping, timeout_s)
            if self._info is not None:
                return self._info  # and what went wrong since is the reader's to hear
            if self._error is not None:
                raise self._error
            if self._stopping:
                raise SourceError(f"{self._source_name} was closed while it was being opened")
            raise SourceError(f"{self._source_name} does not answer: check its cable or its address")

    def newest(self, timeout_s: float) -> Frame | None:
        with self._changed:
            self._changed.wait_for(lambda: self._frame or self._error or self._ended or self._stopping, timeout_s)
            if self._stopping:
                return None
            frame, self._frame = self._frame, None
            if frame is not None:
                return frame
            if self._error is not None:
                raise self._error
            if self._ended:
                return None
        raise SourceLost(f"{self._source_name} has given no picture for {timeout_s:g} s: check its cable or its address")

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def _put(self, timestamp_ns: int, pixels: np.ndarray) -> None:
        timestamp_ns = max(timestamp_ns, self._last_ns + 1)
        self._last_ns = timestamp_ns
        with self._changed:
            self._frame = Frame(self._next_index, timestamp_ns, pixels)
            self._next_index += 1
            self._changed.notify_all()

    def _fail(self, error: SourceError) -> None:
        with self._changed:
            self._error = error
            self._changed.notify_all()


class ClockMap:
    """A stream's own clock laid onto the monotonic one, so that frames keep their distances; set anew when they part."""

    def __init__(self, apart_ns: int = 500_000_000) -> None:
        self._apart_ns = apart_ns
        self._offset_ns: int | None = None

    def monotonic_ns(self, stream_ns: int | None) -> int:
        now_ns = time.monotonic_ns()
        if stream_ns is None:
            return now_ns
        if self._offset_ns is None or abs(stream_ns + self._offset_ns - now_ns) > self._apart_ns:
            self._offset_ns = now_ns - stream_ns
        return stream_ns + self._offset_ns


def _line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[-1]
