"""The kernel door to call programs: v4l2loopback on Linux, OBS and Unity Capture on macOS and Windows."""

from __future__ import annotations

import contextlib
import sys
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import numpy as np

from u2live.errors import SinkError
from u2live.sinks.canvas import even, fitted, flattened
from u2live.sinks.loopback import choose_loopback, loopback_devices
from u2live.sinks.picture_format import PictureFormat
from u2live.sinks.repeater import Repeater
from u2live.sinks.sink import Delivery
from u2live.types import Composite, Level, Notice, Notify, Size

_PLATFORM: str = sys.platform
FIRST = "auto"
USUAL_SIZE = Size(1280, 720)
_REOPEN_S = 1.0


class Device(Protocol):
    """Where the pictures go."""

    @property
    def path(self) -> Path | str: ...

    @property
    def format(self) -> PictureFormat: ...

    def write(self, picture: np.ndarray) -> None:
        """One picture in `format`. Raises OSError."""
        ...

    def viewers(self) -> int | None:
        """How many programs look at it; None where that cannot be known."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Picture:
    """The newest picture, and what it is in the device's format."""

    pixels: np.ndarray
    format: PictureFormat
    encoded: np.ndarray


class VirtualCamera:
    """A sink that call programs see as a camera of one fixed size and a steady rate.

    `device` is a path or name, or None for ours, else the first free one. Composites of another size are letterboxed, so
    nothing has to be opened again while a call is on; where a program holds the device in another format from before, into
    that. The last picture is repeated on a clock of its own. A device that stops taking pictures is told about once and
    opened again until it works.
    """

    name = "virtual camera"
    delivery = Delivery.LATEST

    def __init__(self, device: str | None, size: Size, frame_rate: float, notify: Notify) -> None:
        self._choice = device
        self._size = even(size)
        self._frame_rate = frame_rate
        self._notify = notify
        self._format = PictureFormat("YU12", self._size)
        self._device: Device | None = None
        self._repeater: Repeater[_Picture] | None = None
        self._lost_s: float | None = None

    @property
    def device(self) -> str | None:
        """The device or camera in use, for people; None while none is open."""
        device = self._device
        return str(device.path) if device is not None else None

    @property
    def size(self) -> Size:
        """The size that readers see."""
        return self._format.size

    def viewers(self) -> int | None:
        """How many programs look at it now; None where nobody can tell. Any thread."""
        device = self._device
        if device is None:
            return None
        try:
            return device.viewers()
        except (OSError, ValueError):  # it was closed meanwhile
            return None

    def open(self, size: Size, frame_rate: Fraction) -> None:
        """Take the device. The pictures' own size and rate do not matter: ours are fixed. Raises SinkError."""
        self.close()
        self._take()
        black = np.zeros((self._size.height, self._size.width, 3), np.uint8)
        self._repeater = Repeater(self._send, self._frame_rate, self._encoded(black))
        self._tell(Level.INFO, f"call programs can now choose {self.device}")

    def write(self, composite: Composite) -> None:
        """Show `composite` from the next tick on. Raises SinkError when nothing is open."""
        if self._repeater is None:
            raise SinkError("the virtual camera is not open")
        self._repeater.show(self._encoded(flattened(composite)))

    def close(self) -> None:
        repeater, self._repeater = self._repeater, None
        if repeater is not None and not repeater.stop():
            return  # its thread hangs in the driver and still holds the device
        self._leave()
        self._lost_s = None

    def _take(self) -> None:
        self._device = open_device(self._choice, self._size, self._frame_rate)
        self._format = self._device.format
        if self._format.size != self._size:
            given, wanted = self._format.size, self._size
            held = f"a program that reads {self.device} holds it at {given.width}×{given.height}"
            self._tell(Level.INFO, f"{held}: pictures are fitted into that, not {wanted.width}×{wanted.height}")

    def _leave(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            with contextlib.suppress(OSError):
                device.close()

    def _encoded(self, pixels: np.ndarray) -> _Picture:
        target = self._format
        return _Picture(pixels, target, target.encode(fitted(pixels, target.size)))

    def _send(self, picture: _Picture) -> None:
        """One tick of the clock, in its thread."""
        if self._device is None and not self._recover():
            return
        assert self._device is not None
        if picture.format != self._device.format:
            picture = self._encoded(picture.pixels)
        try:
            self._device.write(picture.encoded)
        except OSError as error:
            self._leave()
            self._lost_s = time.monotonic()
            self._tell(Level.WARNING, f"the virtual camera stopped ({error.strerror or error}): opening it again")

    def _recover(self) -> bool:
        """Try to open a lost device again, at most once a second."""
        now_s = time.monotonic()
        if self._lost_s is not None and now_s - self._lost_s < _REOPEN_S:
            return False
        self._lost_s = now_s
        try:
            self._take()
        except SinkError:
            return False
        self._lost_s = None
        self._tell(Level.INFO, "the virtual camera is back")
        return True

    def _tell(self, level: Level, message: str) -> None:
        self._notify(Notice(level, "virtual camera", message))


def open_virtual_camera(
    choice: str = FIRST, size: Size = USUAL_SIZE, frame_rate: float = 30.0, notify: Notify = lambda notice: None
) -> VirtualCamera:
    """The sink for the command line's DEVICE: `auto`, a path, or a name. Raises SinkError when there is no such device."""
    device = None if choice in (FIRST, "") else choice
    if _PLATFORM.startswith("linux"):
        choose_loopback(device, loopback_devices())  # a missing device is told before anything starts
    return VirtualCamera(device, size, frame_rate, notify)


def open_device(choice: str | None, size: Size, frame_rate: float) -> Device:
    """The device that `choice` means on this system. Raises SinkError."""
    if not _PLATFORM.startswith("linux"):
        from u2live.sinks.named_camera import NamedCamera

        return NamedCamera(choice, size, frame_rate)
    from u2live.sinks.v4l2_output import LoopbackWriter

    return LoopbackWriter(choose_loopback(choice, loopback_devices()).path, size, frame_rate)
