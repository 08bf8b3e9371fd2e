"""The kernel door to call programs: v4l2loopback on Linux, OBS on macOS and Windows, through pyvirtualcam."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from u2live.errors import SinkError
from u2live.sinks.canvas import even, fitted, flattened
from u2live.sinks.loopback import LoopbackDevice, choose_loopback, loopback_devices
from u2live.sinks.repeater import Repeater
from u2live.sinks.sink import Delivery
from u2live.types import Composite, Level, Notice, Notify, Size

if TYPE_CHECKING:
    import pyvirtualcam

_PLATFORM: str = sys.platform
FIRST = "auto"
USUAL_SIZE = Size(1280, 720)
_REOPEN_S = 1.0


def _to_nobody(notice: Notice) -> None:
    """Where nobody listens."""


class VirtualCamera:
    """A sink that call programs see as a camera of one fixed size and a steady rate.

    `device` is a path or name, or None for ours, else the first free one. Composites of another size are letterboxed
    into `size`, so nothing has to be opened again while a call is on. The last picture is repeated on a clock of its own.
    A device that stops taking pictures is opened again, and told about once.
    """

    name = "virtual camera"
    delivery = Delivery.LATEST

    def __init__(self, device: str | None, size: Size, frame_rate: float, notify: Notify) -> None:
        self._choice = device
        self._size = even(size)
        self._frame_rate = frame_rate
        self._notify = notify
        self._camera: pyvirtualcam.Camera | None = None
        self._repeater: Repeater | None = None
        self._handle = -1
        self._broken_since: float | None = None

    @property
    def device(self) -> str | None:
        """The device or camera in use, for people; None while none is open."""
        return self._camera.device if self._camera is not None else None

    def open(self, size: Size, frame_rate: Fraction) -> None:
        """Take the device. The pictures' own size and rate do not matter: ours are fixed. Raises SinkError."""
        self._open(np.zeros((self._size.height, self._size.width, 3), np.uint8))
        self._notify(Notice(Level.INFO, "virtual camera", f"call programs can now choose {self.device}"))

    def write(self, composite: Composite) -> None:
        pixels = fitted(flattened(composite), self._size)
        if self._repeater is not None and self._repeater.error is None:
            self._repeater.show(i420(pixels))
            return
        self._recover(pixels)

    def close(self) -> None:
        if self._repeater is not None:
            self._repeater.stop()
        if self._camera is not None:
            self._camera.close()
        self._camera, self._repeater, self._handle = None, None, -1

    def _open(self, pixels: np.ndarray) -> None:
        device = self._free_device()
        handles = _open_handles()
        self._camera = _pyvirtualcam_camera(device, self._size, self._frame_rate)
        self._handle = _handle_of(self._camera.device, _open_handles() - handles)
        self._repeater = Repeater(self._send, self._frame_rate, i420(pixels))

    def _free_device(self) -> str | None:
        """The device's path on Linux; elsewhere the camera's name or None for the only one."""
        if not _PLATFORM.startswith("linux"):
            return self._choice
        return str(choose_loopback(self._choice, loopback_devices()).path)

    def _send(self, picture: np.ndarray) -> None:
        """One picture to the device. Raises OSError: pyvirtualcam itself only prints a failed write."""
        if self._handle >= 0:
            os.write(self._handle, picture.data)
        elif self._camera is not None:
            self._camera.send(picture)

    def _recover(self, pixels: np.ndarray) -> None:
        """Open a device again that failed, at most once a second, until it works."""
        now = time.monotonic()
        if self._broken_since is None:
            error = self._repeater.error if self._repeater is not None else None
            self._notify(Notice(Level.WARNING, "virtual camera", f"the virtual camera stopped ({error}): opening it again"))
            self._broken_since = now
        elif now - self._broken_since < _REOPEN_S:
            return
        self._broken_since = now
        with contextlib.suppress(Exception):
            self.close()
        try:
            self._open(pixels)
        except SinkError:
            return
        self._broken_since = None
        self._notify(Notice(Level.INFO, "virtual camera", "the virtual camera is back"))


def open_virtual_camera(
    choice: str = FIRST, size: Size = USUAL_SIZE, frame_rate: float = 30.0, notify: Notify = _to_nobody
) -> VirtualCamera:
    """The sink for the command line's DEVICE: `auto`, a path, or a name. Raises SinkError when there is no such device."""
    device = None if choice == FIRST else choice
    if _PLATFORM.startswith("linux"):
        choose_loopback(device, loopback_devices())  # a missing device is told before anything starts
    return VirtualCamera(device, size, frame_rate, notify)


def virtual_cameras() -> tuple[LoopbackDevice, ...]:
    """The devices a user can choose from; on macOS and Windows there is one that needs no choice."""
    return loopback_devices() if _PLATFORM.startswith("linux") else ()


def i420(pixels: np.ndarray) -> np.ndarray:
    """pixels H×W×3 uint8 BGR, H and W even → planar 4:2:0 [H·W·3/2] uint8, BT.601 limited range as cameras give it."""
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2YUV_I420).reshape(-1)


def _pyvirtualcam_camera(device: str | None, size: Size, frame_rate: float) -> Any:
    import pyvirtualcam

    try:
        return pyvirtualcam.Camera(
            width=size.width, height=size.height, fps=frame_rate, fmt=pyvirtualcam.PixelFormat.I420, device=device
        )
    except (RuntimeError, OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise SinkError(f"the virtual camera cannot be opened ({reason}): run `main.py doctor`") from error


def _open_handles() -> frozenset[int]:
    try:
        return frozenset(int(name) for name in os.listdir("/proc/self/fd"))
    except OSError:
        return frozenset()


def _handle_of(device: str, new_handles: frozenset[int]) -> int:
    """The file descriptor that pyvirtualcam opened for `device`, so that writing to it can fail where we see it."""
    if not _PLATFORM.startswith("linux"):
        return -1
    for handle in new_handles:
        with contextlib.suppress(OSError):
            if Path(os.readlink(f"/proc/self/fd/{handle}")) == Path(device).resolve():
                return handle
    return -1
