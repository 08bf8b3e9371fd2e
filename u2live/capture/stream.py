"""Network streams as live sources: cameras that speak RTSP, MJPEG over HTTP, and whatever else FFmpeg opens by address."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from u2live.capture import decode
from u2live.capture.file import first_ratio
from u2live.capture.source import SourceInfo, SourceLost
from u2live.capture.watched import ClockMap, EndOfStream, WatchedSource
from u2live.errors import SourceError
from u2live.types import Frame, Notify

if TYPE_CHECKING:
    import av
    from av.container import InputContainer
    from av.video.stream import VideoStream

_OPEN_S = 10.0
_READ_S = 5.0
_LONGEST_PAUSE_NS = 200_000_000


class StreamSource:
    """A network stream: newest picture wins, every wait has an end, and it can be opened again when it was lost.

    A recording with an end that is reached by address (an MP4 over HTTP) is played at its own speed and ends.
    """

    def __init__(self, address: str, notify: Notify) -> None:
        self.address = address
        self._notify = notify
        self._watched = WatchedSource(shown(address), self._open_handle, open_s=2 * _OPEN_S, read_s=2 * _READ_S)

    def open(self) -> SourceInfo:
        """Raises SourceError."""
        return self._watched.open()

    def read(self) -> Frame | None:
        """Raises SourceLost when nothing comes any more."""
        return self._watched.read()

    def close(self) -> None:
        self._watched.close()

    def _open_handle(self) -> StreamHandle:
        return StreamHandle(self.address)


class StreamHandle:
    """An open connection whose first picture was decoded."""

    def __init__(self, address: str) -> None:
        self._name = shown(address)
        self._container = _connected(address)
        try:
            stream = self._container.streams.video[0]
            # Threads by frame would hold back as many pictures as there are threads.
            stream.thread_type = "SLICE"
            self._rate = decode.frame_rate(stream)
            self._recording = bool(self._container.duration and self._container.duration > 0)
            self._frames = self._decoded(stream)
            self._waiting: av.VideoFrame | None = next(self._frames, None)
            if self._waiting is None:
                raise SourceError(f"{self._name} sends nothing that can be decoded: check the address")
            self._reader = decode.PictureReader(self._waiting, first_ratio(stream))
            self._clock = ClockMap()
            self._due_ns = 0
        except BaseException:
            self.release()
            raise

    def info(self) -> SourceInfo:
        return SourceInfo(self._name, self._reader.size, self._rate, live=True)

    def grab(self) -> tuple[int, np.ndarray] | None:
        frame = self._waiting
        if frame is None:
            frame = next(self._frames, None)
            if frame is None:
                if self._recording:
                    raise EndOfStream
                raise SourceLost(f"{self._name} has ended: it is opened again until it is back")
            self._due_ns = 0
        if not self._due_ns:
            self._due_ns = self._clock.monotonic_ns(decode.timestamp_ns(frame))
        if self._recording and not self._is_due():
            self._waiting = frame
            return None
        self._waiting, due_ns, self._due_ns = None, self._due_ns, 0
        return min(due_ns, time.monotonic_ns()), self._reader.pixels(frame)

    def release(self) -> None:
        self._container.close()

    def _is_due(self) -> bool:
        """Pauses for a recording's next frame, but never long: the thread must hear of being stopped."""
        left_ns = self._due_ns - time.monotonic_ns()
        if left_ns > 0:
            time.sleep(min(left_ns, _LONGEST_PAUSE_NS) / 1e9)
        return left_ns <= _LONGEST_PAUSE_NS

    def _decoded(self, stream: VideoStream) -> Iterator[av.VideoFrame]:
        import av

        packets = self._container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
            except (av.FFmpegError, OSError) as error:
                raise SourceLost(f"{self._name} was lost ({_reason(error)}): it is opened again until it is back") from None
            if packet is None:
                return
            try:
                pictures = packet.decode()
            except (av.FFmpegError, OSError):
                continue  # a damaged packet, as networks make them
            yield from pictures


def shown(address: str) -> str:
    """`address` as it may be shown and logged: without its password."""
    return re.sub(r"//([^/@:]*):[^/@]*@", r"//\1:…@", address)


def _connected(address: str) -> InputContainer:
    import av

    options = {"flags": "low_delay"}
    if address.lower().startswith("rtsp"):
        options["rtsp_transport"] = "tcp"  # lost UDP packets smear the picture
    try:
        container = av.open(address, options=options, timeout=(_OPEN_S, _READ_S), metadata_errors="replace")
    except (av.FFmpegError, OSError, ValueError) as error:
        told = f"{shown(address)} cannot be opened ({_reason(error)}): check the address and that it is switched on"
        raise SourceError(told) from None
    if not container.streams.video:
        container.close()
        raise SourceError(f"{shown(address)} sends no pictures: check the address")
    return container


def _reason(error: Exception) -> str:
    import av

    if isinstance(error, av.ExitError):
        return "no answer"  # PyAV interrupts FFmpeg when the time is over
    return getattr(error, "strerror", None) or str(error)
