"""v4l2loopback devices on Linux: which there are, whose they are, and who reads them. Only sysfs and /proc are read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from u2live.errors import SinkError

PREFERRED_NAME = "u2live"
SET_UP = "sudo modprobe v4l2loopback devices=1 video_nr=10 card_label=u2live exclusive_caps=1"


@dataclass(frozen=True, slots=True)
class LoopbackDevice:
    """A virtual camera of the kernel. `written` says that some program feeds it already."""

    path: Path
    name: str
    written: bool


def loopback_devices(root: Path = Path("/")) -> tuple[LoopbackDevice, ...]:
    """All v4l2loopback devices in the order of their numbers. `root` is another system's for tests."""
    found = []
    for folder in sorted((root / "sys/class/video4linux").glob("video*"), key=lambda path: int(path.name[5:] or 0)):
        # Only v4l2loopback keeps these two beside the name; its devices have no parent driver to tell them by.
        if not ((folder / "format").is_file() and (folder / "max_openers").is_file()):
            continue
        state = _text(folder / "state")
        found.append(LoopbackDevice(root / "dev" / folder.name, _text(folder / "name"), state == "capture"))
    return tuple(found)


def choose_loopback(choice: str | None, devices: Sequence[LoopbackDevice]) -> LoopbackDevice:
    """The device that `choice` names by path or name; None takes ours by name, else the first free one.

    Another program's device is never taken. Raises SinkError, saying what to do.
    """
    if not devices:
        raise SinkError(f"there is no virtual camera on this machine: install v4l2loopback and run `{SET_UP}`")
    if choice is not None:
        named = [device for device in devices if choice in (str(device.path), device.name)]
        if not named:
            listed = ", ".join(f"{device.path} ({device.name})" for device in devices)
            raise SinkError(f"{choice} is no virtual camera; there are: {listed}")
        candidates = named
    else:
        candidates = sorted(devices, key=lambda device: device.name != PREFERRED_NAME)
    for device in candidates:
        if not device.written:
            return device
    taken = ", ".join(f"{device.path} ({device.name})" for device in candidates)
    raise SinkError(f"another program feeds {taken}: stop it there, or name another device")


def readers_of(device: Path, root: Path = Path("/")) -> int:
    """How many processes besides this one hold the device open. Those of other users count only where /proc shows them."""
    count = 0
    for process in (root / "proc").glob("[0-9]*"):
        if int(process.name) == os.getpid():
            continue
        try:
            handles = list((process / "fd").iterdir())
        except OSError:
            continue
        count += any(_target(handle) == str(device) for handle in handles)
    return count


def _target(handle: Path) -> str:
    try:
        return os.readlink(handle)
    except OSError:
        return ""


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
