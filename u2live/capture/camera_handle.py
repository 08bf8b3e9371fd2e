"""An open camera: set to the nearest mode, asked for fresh pictures, and what it means when it gives none."""

from __future__ import annotations

import dataclasses
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from u2live.capture.camera_device import CameraDevice
from u2live.capture.camera_mode import configure, differs
from u2live.capture.rate import RateMeter
from u2live.capture.source import SourceInfo, SourceLost
from u2live.errors import SourceError
from u2live.settings import CameraSettings
from u2live.types import Level, Notice, Notify

if TYPE_CHECKING:
    import cv2

_PLATFORM: str = sys.platform
_PATIENCE_S = 2.0
_PRESENCE_CHECK_S = 0.5


class CameraHandle:
    """An open cv2.VideoCapture that has given its first picture. All calls come from one thread."""

    def __init__(self, device: CameraDevice, camera: CameraSettings, notify: Notify) -> None:
        self._device = device
        self._notify = notify
        _refuse_what_cannot_be_opened(device)
        self._node = _node(device)
        self._capture = _opened(device)
        try:
            self._mode = configure(self._capture, camera)
            self._stamp_ms = 0.0
            self._good_s = self._checked_s = time.monotonic()
            first = self._first_picture()
        except BaseException:
            self.release()
            raise
        # The picture itself has the last word on its size.
        size = dataclasses.replace(self._mode.size, width=first.shape[1], height=first.shape[0])
        self._mode = dataclasses.replace(self._mode, size=size)
        self._meter = RateMeter(float(self._mode.frame_rate))
        self._tell(differs(self._mode, camera), Level.INFO)

    def info(self) -> SourceInfo:
        return SourceInfo(self._device.name, self._mode.size, self._mode.frame_rate, live=True)

    def grab(self) -> tuple[int, np.ndarray] | None:
        pixels = self._next_picture()
        now_s = time.monotonic()
        if pixels is None or now_s - self._checked_s > _PRESENCE_CHECK_S:
            self._checked_s = now_s
            if self._node is not None and _node(self._device) != self._node:
                raise SourceLost(f"{self._device.name} was unplugged: plug it in again")
        if pixels is None:
            if now_s - self._good_s > _PATIENCE_S:
                raise SourceLost(f"{self._device.name} has stopped giving pictures: check its cable")
            time.sleep(0.005)  # a driver that fails at once must not be asked thousands of times a second
            return None
        self._good_s = now_s
        size = self._mode.size
        if pixels.shape[:2] != (size.height, size.width):
            raise SourceLost(f"{self._device.name} changed its picture's size")
        timestamp_ns = self._timestamp_ns()
        self._tell(self._meter.tick(timestamp_ns), Level.WARNING)
        return timestamp_ns, pixels

    def release(self) -> None:
        self._capture.release()

    def _next_picture(self) -> np.ndarray | None:
        """A fresh picture, or None: a failed grab, a damaged one, or the one before once more (opencv issue 14044)."""
        import cv2

        if not self._capture.grab():
            return None
        if self._node is not None:  # only V4L2 gives every buffer the time at which the camera filled it
            stamp_ms = self._capture.get(cv2.CAP_PROP_POS_MSEC)
            if stamp_ms > 0 and stamp_ms == self._stamp_ms:
                return None
            self._stamp_ms = stamp_ms
        taken, pixels = self._capture.retrieve()
        return pixels if taken and pixels is not None and pixels.size else None

    def _first_picture(self) -> np.ndarray:
        """Some cameras need a moment, and a camera in use by another program shows it only now."""
        until_s = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until_s:
            pixels = self._next_picture()
            if pixels is not None:
                return pixels
            time.sleep(0.02)
        raise SourceError(_why_no_picture(self._device))

    def _timestamp_ns(self) -> int:
        """When the camera filled the buffer, where V4L2 tells it on the monotonic clock, else now."""
        now_ns = time.monotonic_ns()
        stamp_ns = round(self._stamp_ms * 1_000_000)
        return stamp_ns if now_ns - 1_000_000_000 < stamp_ns <= now_ns else now_ns

    def _tell(self, message: str, level: Level) -> None:
        if message:
            self._notify(Notice(level, "source", f"{self._device.name} {message}"))


def _opened(device: CameraDevice) -> cv2.VideoCapture:
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "3")  # OpenCV would wait 10 s for a dead camera
    import cv2

    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # its warnings would come on top of our one clear line
    if _PLATFORM == "linux":
        capture = cv2.VideoCapture(device.path, cv2.CAP_V4L2)
    else:
        capture = cv2.VideoCapture(device.number, device.backend)
    if not capture.isOpened():
        capture.release()
        raise SourceError(_why_no_picture(device))
    return capture


def _refuse_what_cannot_be_opened(device: CameraDevice) -> None:
    if _PLATFORM != "linux":
        return
    try:
        os.close(os.open(device.path, os.O_RDWR | os.O_NONBLOCK))
    except PermissionError:
        told = f"{device.name} ({device.path}) may not be opened by this user: "
        raise SourceError(told + "sudo usermod -aG video $USER, then log in again") from None
    except FileNotFoundError:
        raise SourceLost(f"{device.name} is not there: plug it in again") from None
    except OSError as error:
        raise SourceError(f"{device.name} ({device.path}) cannot be opened: {error.strerror}") from None


def _why_no_picture(device: CameraDevice) -> str:
    others: Sequence[str] = ()
    if _PLATFORM == "linux":
        from u2live.capture.devices_linux import holders

        others = holders(os.path.realpath(device.path))
    if others:
        return f"{device.name} is in use by {', '.join(others)}: close that program, or choose another camera"
    if _PLATFORM == "darwin":
        allow = "System Settings, Privacy & Security, Camera"
        return f"{device.name} gives no picture: allow the camera for this program in {allow}"
    return f"{device.name} gives no picture: another program may be using it; close it, or plug the camera in again"


def _node(device: CameraDevice) -> tuple[int, int] | None:
    """What tells a device node from another that took its name; zeros when it is gone, None where there are no nodes."""
    if _PLATFORM != "linux":
        return None
    try:
        status = Path(device.path).stat()
    except OSError:
        return 0, 0
    return status.st_rdev, status.st_ino
