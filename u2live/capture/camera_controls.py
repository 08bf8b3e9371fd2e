"""A camera's controls, kept over reconnects and restarts: a camera that is plugged in again starts with its own defaults."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Mapping

from u2live.capture.camera_device import CameraDevice, Kind
from u2live.capture.v4l2 import VideoDevice

_log = logging.getLogger(__name__)


def restore(device: VideoDevice, wanted: Mapping[str, int]) -> tuple[str, ...]:
    """Set every control of `device` in `wanted` that differs; returns the names of those that could not be set.

    A value outside a control's range becomes the nearest one inside. Switches and menus go first, because automatics among
    them lock or free the values (manual exposure, focus …).
    """
    failed: list[str] = []
    for kinds in ((Kind.BOOLEAN, Kind.MENU), (Kind.INTEGER, Kind.INTEGER_MENU)):
        for control in device.controls():
            value = min(max(wanted.get(control.name, control.value), control.minimum), control.maximum)
            if control.kind not in kinds or value == control.value or not (control.writable and control.active):
                continue
            try:
                device.set(control, value)
            except OSError as error:
                _log.info("%s cannot be set to %d: %s", control.name, value, error)
                failed.append(control.name)
    return tuple(failed)


class ControlKeeper:
    """The controls of one camera through unplugging and plugging in. Any thread; touches no capture handle."""

    def __init__(self, open_device: Callable[[str], VideoDevice] = VideoDevice) -> None:
        self._open_device = open_device
        self._lock = threading.Lock()
        self._path = ""
        self._values: dict[str, int] = {}

    def attach(self, device: CameraDevice, chosen: Mapping[str, int] | None = None) -> tuple[str, ...]:
        """The camera was opened. The first time it gets the user's `chosen` values and the rest is noted; later everything
        is given back to it. Returns the names in `chosen` that it does not have.
        """
        if sys.platform != "linux":
            return ()
        with self._lock:
            self._path = device.path
            wanted = self._values or dict(chosen or {})
            try:
                with self._open_device(self._path) as opened:
                    restore(opened, wanted)
                    has = {control.name: control.value for control in opened.controls()}
                    self._values = self._values or has
            except OSError as error:
                _log.info("the controls of %s cannot be reached: %s", device.name, error)
                return ()
        return tuple(name for name in chosen or () if name not in has)

    def adjust(self, chosen: Mapping[str, int]) -> tuple[str, ...]:
        """Give the open camera these values now, and after every reconnect. Returns the names that it does not have."""
        with self._lock:
            if not self._path:
                return ()
            try:
                with self._open_device(self._path) as opened:
                    restore(opened, chosen)
                    has = {control.name: control.value for control in opened.controls()}
            except OSError as error:  # away just now: it gets them when it is back
                _log.info("the controls of %s cannot be reached: %s", self._path, error)
                self._values |= {name: value for name, value in chosen.items() if name in self._values}
                return ()
            self._values = has
        return tuple(name for name in chosen if name not in has)
