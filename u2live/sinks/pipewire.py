"""PipeWire's door to call programs on Linux: a camera without any kernel module, through PipeWire's own library."""

from __future__ import annotations

import time
from fractions import Fraction

import cv2
import numpy as np

from u2live.errors import SinkError
from u2live.sinks.canvas import even, fitted, flattened
from u2live.sinks.pipewire_library import libpipewire
from u2live.sinks.pipewire_stream import CONNECT_TIMEOUT_S, PictureStream
from u2live.sinks.repeater import Repeater
from u2live.sinks.sink import Delivery
from u2live.types import Composite, Level, Notice, Notify, Size

PIPEWIRE = "pipewire"
"""What `--virtual-camera` calls this door."""
USUAL_SIZE = Size(1280, 720)
_PROPERTIES = {
    "media.class": "Video/Source",
    "media.type": "Video",
    "media.role": "Camera",
    "node.name": "u2live",
    "node.description": "u2live",
}
_REOPEN_S = 1.0


def _to_nobody(notice: Notice) -> None:
    """Where nobody listens."""


class PipeWireCamera:
    """A sink that programs see as a camera named u2live, of one size and a steady rate.

    Composites of another size are letterboxed into `size`. The last picture is repeated on a clock of its own. When
    PipeWire ends, that is told once, and the camera is there again soon after PipeWire is.
    """

    name = "virtual camera"
    delivery = Delivery.LATEST

    def __init__(self, size: Size, frame_rate: float, notify: Notify) -> None:
        self._size = even(size)
        self._frame_rate = Fraction(frame_rate).limit_denominator(1001)
        self._notify = notify
        self._stream: PictureStream | None = None
        self._repeater: Repeater[np.ndarray] | None = None
        self._lost_s: float | None = None

    @property
    def device(self) -> str | None:
        """The node, for people; None while there is none."""
        stream = self._stream
        return f"u2live (PipeWire node {stream.node_id})" if stream is not None else None

    @property
    def size(self) -> Size:
        """The size that readers see."""
        return self._size

    def viewers(self) -> int | None:
        """1 while programs look at it, however many, else 0; None where PipeWire is gone. Any thread."""
        stream = self._stream
        return int(stream.watched) if stream is not None else None

    def open(self, size: Size, frame_rate: Fraction) -> None:
        """Add the node. The pictures' own size and rate do not matter: ours are fixed. Raises SinkError."""
        self.close()
        self._stream = self._new_stream()
        black = np.zeros((self._size.height, self._size.width, 3), np.uint8)
        self._repeater = Repeater(self._send, float(self._frame_rate), yuy2(black))
        self._tell(Level.INFO, f"call programs can now choose {self.device}")

    def write(self, composite: Composite) -> None:
        """Show `composite` from the next tick on. Raises SinkError when nothing is open."""
        if self._repeater is None:
            raise SinkError("the PipeWire camera is not open: open it before writing to it")
        self._repeater.show(yuy2(fitted(flattened(composite), self._size)))

    def close(self) -> None:
        repeater, self._repeater = self._repeater, None
        if repeater is not None and not repeater.stop(CONNECT_TIMEOUT_S + 1):
            return  # its thread hangs in PipeWire and still holds the stream
        self._leave()
        self._lost_s = None

    def _new_stream(self) -> PictureStream:
        return PictureStream(_PROPERTIES, self._size, self._frame_rate)

    def _leave(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def _send(self, picture: np.ndarray) -> None:
        """One tick of the clock, in its thread."""
        stream = self._stream or self._recovered()
        if stream is None:
            return
        try:
            stream.send(picture)
        except OSError as error:
            self._lost_s = time.monotonic()
            self._tell(Level.WARNING, f"PipeWire has gone ({error}): waiting for it to come back")
            self._leave()

    def _recovered(self) -> PictureStream | None:
        """A new stream after PipeWire ended; tries at most once a second."""
        now = time.monotonic()
        if self._lost_s is not None and now - self._lost_s < _REOPEN_S:
            return None
        self._lost_s = now
        try:
            self._stream = self._new_stream()
        except SinkError:
            return None
        self._tell(Level.INFO, "PipeWire is back, and the virtual camera with it")
        return self._stream

    def _tell(self, level: Level, message: str) -> None:
        self._notify(Notice(level, "virtual camera", message))


def open_pipewire_camera(size: Size = USUAL_SIZE, frame_rate: float = 30.0, notify: Notify = _to_nobody) -> PipeWireCamera:
    """The sink for `--virtual-camera pipewire`, not yet opened. Raises SinkError where PipeWire's library is missing."""
    libpipewire()
    return PipeWireCamera(size, frame_rate, notify)


def yuy2(pixels: np.ndarray) -> np.ndarray:
    """pixels H×W×3 uint8 BGR, H and W even → packed 4:2:2 [H·W·2] uint8, BT.601 limited range as cameras give it."""
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2YUV_YUY2).reshape(-1)
