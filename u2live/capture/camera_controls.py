"""A camera's controls, kept over reconnects: a camera that is plugged in again starts with its own defaults."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Mapping

from u2live.capture.devices import CameraDevice
from u2live.capture.v4l2 import Control, Kind, VideoDevice
from u2live.errors import SourceError, UsageError

_log = logging.getLogger(__name__)


def restore(device: VideoDevice, wanted: Mapping[str, int]) -> tuple[str, ...]:
    """Set every control of `device` in `wanted` that differs; returns the names of those that could not be set.

    Switches and menus go first, because automatics among them lock or free the values (manual exposure, focus …).
    """
    failed: list[str] = []
    for kinds in ((Kind.BOOLEAN, Kind.MENU), (Kind.INTEGER, Kind.INTEGER_MENU)):
        for control in device.controls():
            value = wanted.get(control.name, control.value)
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

    def attach(self, device: CameraDevice) -> None:
        """The camera was opened: the first time its values are noted, later they are given back to it."""
        if sys.platform != "linux":
            return
        with self._lock:
            self._path = device.path
            try:
                with self._open_device(self._path) as opened:
                    if self._values:
                        restore(opened, self._values)
                    else:
                        self._values = {control.name: control.value for control in opened.controls()}
            except OSError as error:
                _log.info("the controls of %s cannot be reached: %s", device.name, error)

    def read(self) -> tuple[Control, ...]:
        """The controls with their present values; none when the camera is away or has none."""
        with self._lock:
            if not self._path:
                return ()
            try:
                with self._open_device(self._path) as opened:
                    return opened.controls()
            except OSError:
                return ()

    def set(self, name: str, value: int) -> None:
        """Set a control and remember it. Raises UsageError for an unknown one or a value outside its range, SourceError."""
        controls = {control.name: control for control in self.read()}
        with self._lock:
            control = controls.get(name)
            if control is None:
                raise UsageError(f"the camera has no control {name!r}; it has: {', '.join(controls) or 'none'}")
            if not control.minimum <= value <= control.maximum:
                raise UsageError(f"{name} lies between {control.minimum} and {control.maximum}, not at {value}")
            try:
                with self._open_device(self._path) as opened:
                    opened.set(control, value)
                    self._values = {entry.name: entry.value for entry in opened.controls()} | {name: value}
            except OSError as error:
                raise SourceError(f"{name} cannot be set: {error.strerror}") from None
