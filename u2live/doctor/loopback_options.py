"""The options v4l2loopback is loaded with, now and at the next start. Files of others are read, never changed."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from u2live.doctor.finding import Step
from u2live.doctor.system import System

LABEL = "u2live"
_CLASS = "/sys/class/video4linux"
OPTIONS_FILE = "/etc/modprobe.d/u2live-v4l2loopback.conf"
LOAD_FILE = "/etc/modules-load.d/u2live-v4l2loopback.conf"
_MARK = "# written by u2live doctor; delete this file to undo it\n"
_OURS = re.compile(r"options v4l2loopback devices=1 video_nr=\d+ card_label=u2live exclusive_caps=1")
_FOLDERS = ("/etc/modprobe.d", "/run/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d")


def loopback_devices(system: System) -> list[str]:
    """The devices of v4l2loopback, as /dev/video10, by number. Only its nodes have this attribute."""
    names = [name for name in system.entries(_CLASS) if system.exists(f"{_CLASS}/{name}/max_openers")]
    return [f"/dev/{name}" for name in sorted(names, key=lambda name: int(re.sub(r"\D", "", name) or 0))]


@dataclass(frozen=True, slots=True)
class OptionLine:
    """An `options v4l2loopback …` line and the file it stands in."""

    file: str
    text: str

    @property
    def exclusive_caps(self) -> bool:
        match = re.search(r"\bexclusive_caps=(\S+)", self.text)
        return match is not None and match[1].split(",")[0] in ("1", "Y", "y")

    @property
    def ours(self) -> bool:
        return self.file == OPTIONS_FILE and _OURS.fullmatch(self.text) is not None


def option_lines(system: System) -> list[OptionLine]:
    """Every options line for v4l2loopback that modprobe reads, ours included."""
    found = []
    for folder in _FOLDERS:
        for name in system.entries(folder):
            if not name.endswith(".conf"):
                continue
            for line in system.read(f"{folder}/{name}").splitlines():
                text = " ".join(line.split())
                if text.startswith("options v4l2loopback "):
                    found.append(OptionLine(f"{folder}/{name}", text))
    return found


def module_version(system: System) -> str:
    """Like "0.12.7". Most builds do not tell it to the kernel: then as dkms unpacked it; empty when nobody knows."""
    told = system.read("/sys/module/v4l2loopback/version")
    sources = [name.removeprefix("v4l2loopback-") for name in system.entries("/usr/src") if name.startswith("v4l2loopback-")]
    return told or next(iter(sources), "")


def module_options(system: System) -> tuple[str, ...]:
    """What a device for u2live is made with; a number above 9, where no camera is expected."""
    own = loopback_devices(system)  # these go when the module is loaded anew
    taken = {
        int(name[5:]) for name in system.entries("/dev") if re.fullmatch(r"video\d+", name) and f"/dev/{name}" not in own
    }
    number = next(number for number in range(10, 100) if number not in taken)
    return ("devices=1", f"video_nr={number}", f"card_label={LABEL}", "exclusive_caps=1")


def load_step(system: System) -> Step:
    """Load the module: with our options, unless the user has set some that do as well."""
    theirs = [line for line in option_lines(system) if not line.ours]
    if any(line.exclusive_caps for line in theirs):
        return Step(("modprobe", "v4l2loopback"))
    return Step(("modprobe", "v4l2loopback", *module_options(system)))


def configuration_steps(system: System) -> tuple[Step, ...]:
    """Write our two files, so that the module is loaded with the same options after a restart.

    Only files of this name that hold nothing but our own lines are replaced. Where somebody else has set options, or loads
    the module at start already, nothing is written for that half.
    """
    steps = []
    text = f"{_MARK}options v4l2loopback {' '.join(module_options(system))}\n"
    theirs = any(not line.ours for line in option_lines(system))
    if not theirs and _may_write(system, OPTIONS_FILE) and system.read(OPTIONS_FILE) != text.strip():
        steps.append(Step(("tee", OPTIONS_FILE), text=text))
    # Without its folder nothing reads the file at a start.
    if system.exists(os.path.dirname(LOAD_FILE)) and not _loaded_at_start(system) and _may_write(system, LOAD_FILE):
        steps.append(Step(("tee", LOAD_FILE), text=f"{_MARK}v4l2loopback\n"))
    return tuple(steps)


def _may_write(system: System, file: str) -> bool:
    if not system.exists(file):
        return True
    lines = [line.strip() for line in system.read(file).splitlines() if line.strip()]
    return all(line in (_MARK.strip(), "v4l2loopback") or _OURS.fullmatch(line) for line in lines) and bool(lines)


def _loaded_at_start(system: System) -> bool:
    files = [f"/etc/modules-load.d/{name}" for name in system.entries("/etc/modules-load.d") if name.endswith(".conf")]
    lines = [line.strip() for file in ("/etc/modules", *files) for line in system.read(file).splitlines()]
    return "v4l2loopback" in lines
