"""Camera, disk, weights: what every picture needs before it can be made."""

from __future__ import annotations

import re

from u2live.doctor.finding import Finding, Level, Step, ok
from u2live.doctor.loopback_device import add_to_video_group
from u2live.doctor.loopback_options import loopback_devices
from u2live.doctor.probes import CAPTURE
from u2live.doctor.system import System
from u2live.paths import user_data_dir, user_recordings_dir

_LOW, _FULL = 2_000_000_000, 100_000_000  # bytes: a recording takes about 1 GB in half an hour


def check_cameras(system: System) -> list[Finding]:
    """Only Linux lets anybody look without opening a camera and asking its user."""
    if system.platform != "linux":
        return []
    virtual = set(loopback_devices(system))
    nodes = sorted(
        (name for name in system.entries("/dev") if re.fullmatch(r"video\d+", name)), key=lambda name: int(name[5:])
    )
    devices = [f"/dev/{name}" for name in nodes if f"/dev/{name}" not in virtual]
    closed = [device for device in devices if not system.may_open(system.path(device))]
    if closed:
        what = f"this user may not open {', '.join(closed)}"
        why = "cameras belong to the group video; log out and in again after the change"
        return [Finding("camera", Level.PROBLEM, what, why, (add_to_video_group(system),))]
    cameras = [device for device in devices if _captures(system, device)]
    if not cameras:
        why = "the built-in demo is shown instead; video files and network streams work"
        advice = "connect a camera; `main.py cameras` lists what is found"
        return [Finding("camera", Level.WARNING, "there is no camera", why, advice=advice)]
    return [_camera(system, device) for device in cameras]


def _captures(system: System, device: str) -> bool:
    capabilities = system.capabilities(system.path(device))
    return capabilities is None or bool(capabilities & CAPTURE)


def _camera(system: System, device: str) -> Finding:
    name = system.read(f"/sys/class/video4linux/{device.removeprefix('/dev/')}/name")
    holders = system.holders(device)
    if not holders:
        return ok("camera", f"{device} {name}".strip())
    what = f"the camera {device} {name} is open in {', '.join(holders)}"
    why = "a camera gives pictures to one program at a time"
    return Finding("camera", Level.WARNING, what, why, advice="close that program before u2live starts")


def check_disk(system: System) -> list[Finding]:
    """Where downloads and recordings go."""
    findings = []
    folders = dict.fromkeys((user_data_dir(), user_recordings_dir()))
    for folder in folders:
        free = system.free_bytes(folder)
        what = f"{free / 1e9:.1f} GB are free at {folder}"
        if free >= _LOW:
            findings.append(ok("disk", what))
            continue
        level = Level.PROBLEM if free < _FULL else Level.WARNING
        why = "recordings stop when the disk is full; half an hour takes about 1 GB"
        findings.append(
            Finding("disk", level, f"only {what}", why, advice=f"free some space, or record to another disk than {folder}")
        )
    return findings


def check_weights(system: System) -> list[Finding]:
    facts = system.weights()
    if not facts.problem:
        return [ok("weights", f"{facts.name} ({facts.path})")]
    why = "without weights there is no matte: no picture can be shown"
    steps = (Step(("python", "main.py", "weights", "fetch", "u2netp"), root=False),)
    return [Finding("weights", Level.PROBLEM, facts.problem, why, steps)]
