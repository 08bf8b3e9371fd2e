"""Cameras on Linux: /dev/video* asked over V4L2, with udev's stable names."""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from u2live.capture.camera_device import CameraDevice
from u2live.capture.v4l2 import LOOPBACK_DRIVER, VideoDevice

OpenDevice = Callable[[Path], VideoDevice]


def linux_cameras(dev: Path, sys_root: Path, open_device: OpenDevice = VideoDevice) -> list[CameraDevice]:
    """The capture devices under `dev` (/dev), by number. Nodes that only carry metadata or output are left out."""
    links = _stable_links(dev)
    devices = []
    for number, path in _nodes(dev):
        device = _camera(number, path, links.get(path.resolve(), ""), sys_root, open_device)
        if device is not None:
            devices.append(device)
    return devices


def holders(path: str, proc: Path = Path("/proc")) -> list[str]:
    """Other programs that have `path` open, as "name (process 123)", as far as this user may see."""
    return [
        f"{_line(process / 'comm')} (process {process.name})"
        for process in sorted(proc.glob("[0-9]*"))
        if process.name != str(os.getpid()) and path in _opened_by(process)
    ]


def _opened_by(process: Path) -> Iterator[str]:
    """What a process has open; nothing where this user may not look."""
    try:
        handles = list((process / "fd").iterdir())
    except OSError:
        return
    for handle in handles:
        with contextlib.suppress(OSError):  # closed since it was listed
            yield os.readlink(handle)


def _camera(number: int, path: Path, link: str, sys_root: Path, open_device: OpenDevice) -> CameraDevice | None:
    node = sys_root / "class" / "video4linux" / path.name
    # A camera may have several nodes with one name and place; their index keeps them apart.
    index = _line(node / "index")
    try:
        with open_device(path) as device:
            capability = device.capability()
            virtual = capability.driver == LOOPBACK_DRIVER
            if not capability.captures:
                return None
            return CameraDevice(
                number=number,
                path=str(path),
                name=capability.card or path.name,
                stable_path=link,
                bus=f"{capability.bus_info}#{index}",
                virtual=virtual,
            )
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EPERM, errno.EBUSY):
            return None  # gone since it was listed, or no V4L2 device at all
        problem = "is in use by another program" if error.errno == errno.EBUSY else "may not be opened by this user"
        return CameraDevice(number, str(path), _line(node / "name") or path.name, link, f"#{index}", problem=problem)


def _nodes(dev: Path) -> list[tuple[int, Path]]:
    try:
        names = os.listdir(dev)
    except OSError:
        return []
    matches = [(re.fullmatch(r"video(\d+)", name), name) for name in names]
    return sorted((int(match[1]), dev / name) for match, name in matches if match)


def _stable_links(dev: Path) -> dict[Path, str]:
    """Device node → its link under by-id, else by-path."""
    links: dict[Path, str] = {}
    for kind in ("by-id", "by-path"):
        folder = dev / "v4l" / kind
        try:
            entries = sorted(folder.iterdir())
        except OSError:
            continue
        for entry in entries:
            links.setdefault(entry.resolve(), str(entry))
    return links


def _line(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""
