"""A user's choice of camera controls as one line of text: what the settings keep, camera by camera.

`brightness=140, contrast=30` holds for any camera; `usb-Maker_Webcam-video-index0: brightness=140; HD Webcam@usb-3#0: …`
for the camera of that identity, which it keeps under every number and over restarts.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from u2live.capture.camera_device import CameraDevice
from u2live.errors import UsageError

_ASSIGNMENT = re.compile(r"\s*([a-z0-9_]+)\s*=\s*(-?\d+)\s*")


def identity(device: CameraDevice) -> str:
    """What stays with a camera: the name udev made from its maker and serial number, else its name and its place."""
    text = PurePosixPath(device.stable_path).name if device.stable_path else f"{device.name}@{device.bus}"
    return re.sub(r"[;\s]+", " ", text).strip()


def chosen(text: str, device: CameraDevice) -> dict[str, int]:
    """The values that `text` wants of `device`; its own before those for any camera. Raises UsageError."""
    entries = parsed(text)
    return entries.get("", {}) | entries.get(identity(device), {})


def with_control(text: str, device: CameraDevice, name: str, value: int) -> str:
    """`text` after the user moved one control of `device`. Raises UsageError."""
    entries = parsed(text)
    entries.setdefault(identity(device), {})[name] = value
    return _written(entries)


def parsed(text: str) -> dict[str, dict[str, int]]:
    """Identity, or "" for any camera → control → value. Raises UsageError."""
    entries: dict[str, dict[str, int]] = {}
    for entry in text.split(";"):
        if not entry.strip():
            continue
        owner, _, assignments = entry.rpartition(":")
        values = entries.setdefault(owner.strip(), {})
        for assignment in assignments.split(","):
            match = _ASSIGNMENT.fullmatch(assignment)
            if match is None:
                raise UsageError(f"camera.controls takes name=value, name=value …, not {assignment.strip()!r}")
            values[match[1]] = int(match[2])
    return entries


def _written(entries: dict[str, dict[str, int]]) -> str:
    lines = []
    for owner, values in entries.items():
        assignments = ", ".join(f"{name}={value}" for name, value in values.items())
        lines.append(f"{owner}: {assignments}" if owner else assignments)
    return "; ".join(lines)
