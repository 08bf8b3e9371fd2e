"""The devices that v4l2loopback made: the right capabilities, usable by this user, free, and not stuck."""

from __future__ import annotations

import re

from u2live.doctor.finding import Finding, Level, Step, ok
from u2live.doctor.loopback_options import (
    OptionLine,
    configuration_steps,
    load_step,
    loopback_devices,
    module_version,
    option_lines,
)
from u2live.doctor.probes import CAPTURE, OUTPUT
from u2live.doctor.system import System

# v4l2loopback#442, pyvirtualcam#61: told for 0.12.5, and seen by this project with 0.12.7: a program that writes without
# VIDIOC_STREAMON leaves a device that offers neither input nor output and refuses every format.
_REOPENING_FIXED = (0, 13)
# VIDIOC_STREAMON and STREAMOFF for output free such a device, although the first one says EINVAL: whoever closes it then
# counts as the writer who left. Through libc, because Python's own ioctl would stop at the first.
_FREE = (
    "import ctypes, os; device = os.open('{device}', os.O_RDWR); "
    "[ctypes.CDLL(None).ioctl(device, ctypes.c_ulong(request), ctypes.byref(ctypes.c_int(2))) "
    "for request in (0x40045612, 0x40045613)]"
)


def check_loopback_devices(system: System) -> list[Finding]:
    """Nothing while the module is not loaded: that is a finding of its own."""
    if not system.exists("/sys/module/v4l2loopback"):
        return []
    devices = loopback_devices(system)
    if not devices:
        what = "v4l2loopback is loaded but made no device"
        return [Finding("v4l2loopback-device", Level.PROBLEM, what, "there is no camera to write to", _reload(system))]
    findings = [_capabilities_of(system, devices), _reopening(system)]
    for device in devices:
        findings += [_access(system, device), _stuck(system, device) or _free(system, device)]
    return [finding for finding in findings if finding is not None]


def _exclusive(system: System) -> list[bool]:
    return [word == "Y" for word in system.read("/sys/module/v4l2loopback/parameters/exclusive_caps").split(",") if word]


def _capabilities_of(system: System, devices: list[str]) -> Finding:
    exclusive = _exclusive(system)
    if any(exclusive[: len(devices)]):
        return ok("exclusive-caps", f"{', '.join(devices)}: made with exclusive_caps")
    why = "Chrome and programs built on it list only devices that look like a camera alone (exclusive_caps=1)"
    theirs = [line for line in option_lines(system) if not line.ours and not line.exclusive_caps]
    what = f"{', '.join(devices)}: made without exclusive_caps=1"
    if theirs:
        return Finding("exclusive-caps", Level.WARNING, what, why, advice=_edit_advice(theirs[0]))
    return Finding("exclusive-caps", Level.WARNING, what, why, (*_reload(system), *configuration_steps(system)))


def _edit_advice(line: OptionLine) -> str:
    return (
        f"add exclusive_caps=1 to the line {line.text!r} in {line.file}, then: "
        "sudo modprobe -r v4l2loopback && sudo modprobe v4l2loopback"
    )


def _reload(system: System) -> tuple[Step, ...]:
    return Step(("modprobe", "-r", "v4l2loopback")), load_step(system)


def _reopening(system: System) -> Finding | None:
    text = module_version(system)
    version = tuple(int(part) for part in re.findall(r"\d+", text)[:3])
    if not version or version >= _REOPENING_FIXED or not any(_exclusive(system)):
        return None
    what = f"v4l2loopback {text} can be left stuck by a program that closes the device"
    why = "then the next program finds no virtual camera there, until the device is freed (v4l2loopback issue 442)"
    advice = "main.py doctor --fix frees it when it happens; a newer v4l2loopback may not need it"
    return Finding("reopening-fault", Level.WARNING, what, why, advice=advice)


def _access(system: System, device: str) -> Finding | None:
    if system.may_open(system.path(device)):
        return None
    what = f"this user may not open {device}"
    return Finding("virtual-camera-access", Level.PROBLEM, what, "u2live cannot write to it", (add_to_video_group(system),))


def add_to_video_group(system: System) -> Step:
    user = system.environment.get("USER") or system.environment.get("LOGNAME") or str(system.uid)
    return Step(("usermod", "-aG", "video", user))


def _stuck(system: System, device: str) -> Finding | None:
    """With exclusive_caps an idle device offers output and a used one capture; neither is the known fault."""
    if not any(_exclusive(system)) or system.holders(device):
        return None
    capabilities = system.capabilities(system.path(device))
    if capabilities is None or capabilities & (CAPTURE | OUTPUT):
        return None
    what = f"{device} is stuck: it offers neither input nor output although no program holds it"
    why = "the known re-opening fault of v4l2loopback: the last program that wrote to it did not stop its stream"
    free = Step(("python", "-c", _FREE.format(device=device)), root=False)
    return Finding("reopening-fault", Level.PROBLEM, what, why, (free,))


def _free(system: System, device: str) -> Finding:
    holders = system.holders(device)
    if not holders:
        return ok("virtual-camera-free", f"{device} is free")
    what = f"{device} is open in {', '.join(holders)}"
    why = "if that program writes to it (OBS, another background program), u2live must take another device"
    return Finding("virtual-camera-free", Level.WARNING, what, why, advice="close that program, or name another device")
