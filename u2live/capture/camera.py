"""Cameras: opened as wished, told as they are, found again after a replug."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from u2live.capture import devices
from u2live.capture.camera_controls import ControlKeeper
from u2live.capture.camera_device import CameraDevice
from u2live.capture.camera_handle import CameraHandle
from u2live.capture.control_settings import chosen, parsed
from u2live.capture.source import SourceInfo, SourceLost
from u2live.capture.watched import WatchedSource
from u2live.errors import SourceError
from u2live.settings import CameraSettings
from u2live.types import Frame, Level, Notice, Notify


class CameraSource:
    """A camera as a live Source, through cv2. The handle lives in a thread of its own (`WatchedSource`).

    `spec` is a number, a path, or a name. Once opened, the camera is known by its stable path, name and place: opening it
    again after a replug finds it under whatever number it has by then, and gives it its controls back. Controls that the
    settings want are set whenever it is opened. Raises UsageError for `camera.controls` that make no sense.
    """

    def __init__(self, spec: str, camera: CameraSettings, notify: Notify) -> None:
        self._spec = spec
        self._camera = camera
        self._notify = notify
        self._known: CameraDevice | None = None
        self._told: set[str] = set()
        parsed(camera.controls)
        self._chosen = camera.controls
        self._controls = ControlKeeper()
        self._watched = WatchedSource(f"the camera {spec}", self._open_handle)

    def check_present(self) -> None:
        """Raises SourceError where there is no such camera; opens none."""
        self._found()

    def open(self) -> SourceInfo:
        """Raises SourceError: no such camera, in use, not allowed, or without a picture."""
        return self._watched.open()

    def read(self) -> Frame | None:
        """Raises SourceLost when the camera is gone, hangs, or keeps showing one old picture."""
        return self._watched.read()

    def close(self) -> None:
        self._watched.close()

    def adjust(self, controls: str) -> None:
        """Take over `camera.controls` of new settings without opening the camera again. Raises UsageError."""
        parsed(controls)
        self._chosen = controls
        if self._known is not None:
            self._tell_of_missing(self._controls.adjust(chosen(controls, self._known)))

    def _open_handle(self) -> CameraHandle:
        device = self._found()
        self._watched.name = device.name
        handle = CameraHandle(device, self._camera, self._notify_once)
        self._known = device
        self._tell_of_missing(self._controls.attach(device, chosen(self._chosen, device)))
        return handle

    def _tell_of_missing(self, names: Sequence[str]) -> None:
        if names and self._known is not None:
            told = f"{self._known.name} has no control {', '.join(names)}: `main.py cameras` lists those it has"
            self._notify_once(Notice(Level.WARNING, "source", told))

    def _found(self) -> CameraDevice:
        present = devices.list_cameras()
        if self._known is not None:
            again = devices.find_again(self._known, present)
            if again is None:
                raise SourceLost(f"{self._known.name} is not there: plug it in again")
            return again
        device = devices.find_camera(self._spec, present)
        if device is None:
            if "/" in self._spec and Path(self._spec).exists():
                told = f"{self._spec} gives no pictures: it is no camera, or a virtual one that no program writes to"
                raise SourceError(f"{told}; {devices.told(present)}")
            raise SourceError(f"there is no camera {self._spec}; {devices.told(present)}")
        return device

    def _notify_once(self, notice: Notice) -> None:
        """A camera that comes back again and again need not say each time what it cannot do."""
        if notice.message not in self._told:
            self._told.add(notice.message)
            self._notify(notice)
