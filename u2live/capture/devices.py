"""Which cameras there are, and which of them is which after a replug."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from u2live.capture.camera_device import CameraDevice, Control, Mode

_PLATFORM: str = sys.platform


def list_cameras() -> list[CameraDevice]:
    """Every camera, by number. Without any, or where the system refuses to tell, an empty list; never raises."""
    if _PLATFORM == "linux":
        from u2live.capture.devices_linux import linux_cameras

        return linux_cameras(Path("/dev"), Path("/sys"))
    return _enumerated()


def modes_of(device: CameraDevice) -> tuple[Mode, ...]:
    """The pixel formats, sizes and rates of a camera; empty where the system does not tell."""
    if _PLATFORM != "linux" or device.problem:
        return ()
    from u2live.capture.v4l2 import VideoDevice

    try:
        with VideoDevice(device.path) as opened:
            return opened.modes()
    except OSError:
        return ()


def controls_of(device: CameraDevice) -> tuple[Control, ...]:
    """The controls of a camera with their present values, also while it is in use; empty where the system has none."""
    if _PLATFORM != "linux" or device.problem:
        return ()
    from u2live.capture.v4l2 import VideoDevice

    try:
        with VideoDevice(device.path) as opened:
            return opened.controls()
    except OSError:
        return ()


def first_camera() -> CameraDevice | None:
    """The camera to take when none is named: the first real one that can be opened, else the first that cannot.

    Virtual cameras are never taken unasked: it might be our own, and we would film ourselves.
    """
    real = [device for device in list_cameras() if not device.virtual]
    return next((device for device in real if not device.problem), real[0] if real else None)


def find_camera(spec: str, devices: Sequence[CameraDevice]) -> CameraDevice | None:
    """The device that a user's word means: its number, path, stable path, or (a part of) its name."""
    if not spec:
        return None
    if spec.isdigit():
        return next((device for device in devices if device.number == int(spec)), None)
    real = str(Path(spec).resolve()) if "/" in spec else spec
    for device in devices:
        if spec in (device.path, device.stable_path, device.name) or real == device.path:
            return device
    if "/" in spec:
        return None
    return next((device for device in devices if spec.lower() in device.name.lower()), None)


def find_again(known: CameraDevice, devices: Sequence[CameraDevice]) -> CameraDevice | None:
    """`known` after a replug, under whatever number: by stable path, else by name and place, else by a name of its own."""
    if known.stable_path:
        for device in devices:
            if device.stable_path == known.stable_path and device.name == known.name:
                return device
    same_name = [device for device in devices if device.name == known.name]
    for device in same_name:
        if device.bus == known.bus:
            return device
    return same_name[0] if len(same_name) == 1 else None


def told(devices: Sequence[CameraDevice]) -> str:
    """The cameras as the end of a sentence: "cameras: 0 (HD Webcam), 2 (Capture Card)"."""
    if not devices:
        return "no camera was found: plug one in, or use --source demo"
    return "cameras: " + ", ".join(f"{device.number} ({device.name})" for device in devices)


def _enumerated() -> list[CameraDevice]:
    """What cv2-enumerate-cameras lists on Windows and macOS."""
    try:
        import cv2
        from cv2_enumerate_cameras import enumerate_cameras

        backend = cv2.CAP_AVFOUNDATION if _PLATFORM == "darwin" else cv2.CAP_MSMF
        found = enumerate_cameras(backend)
    except Exception:  # a third-party walk over system services: whatever it raises means that nothing can be listed
        return []
    return [
        CameraDevice(
            number=camera.index % 100,  # the package adds the backend's hundreds
            path=str(camera.path or camera.index % 100),
            name=camera.name or f"camera {camera.index % 100}",
            stable_path=str(camera.path or ""),
            virtual="virtual" in (camera.name or "").lower(),
            backend=camera.backend,
        )
        for camera in found
    ]
