"""v4l2loopback devices on Linux: which there are, whose they are, and who looks at them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from u2live.errors import SinkError

PREFERRED_NAME = "u2live"
SET_UP = "sudo modprobe v4l2loopback devices=1 video_nr=10 card_label=u2live exclusive_caps=1"
_WATCH_S = 0.5


@dataclass(frozen=True, slots=True)
class LoopbackDevice:
    """A virtual camera of the kernel. `written` says that some program feeds it already."""

    path: Path
    name: str
    written: bool


def loopback_devices(root: Path = Path("/")) -> tuple[LoopbackDevice, ...]:
    """All v4l2loopback devices in the order of their numbers. `root` is another system's for tests."""
    return tuple(
        LoopbackDevice(root / "dev" / folder.name, _text(folder / "name"), _is_written(folder, root / "dev" / folder.name))
        for folder in _folders(root)
    )


def choose_loopback(choice: str | None, devices: Sequence[LoopbackDevice]) -> LoopbackDevice:
    """The device that `choice` names by path or name; None takes ours by name, else the first free one.

    Another program's device is never taken. Raises SinkError, saying what to do.
    """
    if not devices:
        raise SinkError(f"there is no virtual camera on this machine: install v4l2loopback and run `{SET_UP}`")
    if choice is not None:
        meant = os.path.realpath(choice) if "/" in choice else choice
        named = [device for device in devices if meant in (str(device.path), device.name)]
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
    return sum(str(device) in targets for process, targets in _open_files(root) if process != os.getpid())


def viewers_of(device: Path, root: Path = Path("/")) -> int | None:
    """How many times the device is open besides in this process; None when nothing tells.

    Every open file holds the kernel module, whoever opened it: that count needs no permission, and misses nobody. Where
    the module made several devices, the open files under /proc tell which is meant, and what they do not explain counts
    as looking at this one: rather awake for nobody than asleep in a call.
    """
    try:
        held = int(_text(root / "sys/module/v4l2loopback/refcnt"))
    except ValueError:
        return readers_of(device, root) if (root / "proc").is_dir() else None
    paths = {str(root / "dev" / folder.name) for folder in _folders(root)}
    if len(paths) < 2:
        return max(0, held - _targets(root / "proc" / str(os.getpid())).count(str(device)))
    elsewhere = ours = 0
    for process, targets in _open_files(root):
        ours += targets.count(str(device)) if process == os.getpid() else 0
        elsewhere += sum(target in paths and target != str(device) for target in targets)
    return max(0, held - ours - elsewhere)


def _folders(root: Path) -> list[Path]:
    """The devices' folders in sysfs. Only v4l2loopback keeps these two files there; no driver's link tells them by."""
    found = (root / "sys/class/video4linux").glob("video*")
    ours = [folder for folder in found if (folder / "format").is_file() and (folder / "max_openers").is_file()]
    return sorted(ours, key=lambda folder: int(folder.name[5:] or 0))


def _is_written(folder: Path, device: Path) -> bool:
    state = _text(folder / "state")
    if state:
        return state == "capture"
    # Before 0.13 nothing tells: a format stays with the last writer's readers. Whether pictures come does.
    return bool(_text(folder / "format")) and _pictures_come(device)


def _pictures_come(device: Path) -> bool:
    """Whether somebody writes to the device just now: some pictures lie in it in any case, more have to follow."""
    try:
        handle = os.open(device, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        while _read(handle):
            pass
        until_s = time.monotonic() + _WATCH_S
        while time.monotonic() < until_s:
            time.sleep(_WATCH_S / 20)  # poll() is silent for a program that did not start a stream
            if _read(handle):
                return True
        return False
    except OSError:
        return False
    finally:
        os.close(handle)


def _read(handle: int) -> bool:
    """Take one picture; False when there is none just now."""
    try:
        return bool(os.read(handle, 1))
    except BlockingIOError:
        return False


def _open_files(root: Path) -> Iterator[tuple[int, list[str]]]:
    """(process, what its handles are open on) of the processes that show it."""
    for process in (root / "proc").glob("[0-9]*"):
        targets = _targets(process)
        if targets:
            yield int(process.name), targets


def _targets(process: Path) -> list[str]:
    found = []
    try:
        for handle in (process / "fd").iterdir():
            found.append(_target(handle))  # noqa: PERF401 -- what was read before a process ended still counts
    except OSError:
        pass
    return found


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
