"""The host's side of the test bed: a guest that is built once, and what it answers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
BUILD_LIMIT_S = 1800
RUN_LIMIT_S = float(os.environ.get("U2LIVE_VM_LIMIT", "1800"))


class NoGuest(Exception):  # noqa: N818 -- a reason to skip, not a failure
    """Why there is no test bed here, in one line."""


@dataclass(frozen=True)
class Result:
    passed: bool
    detail: str


def guest() -> Path:
    """The folder of a guest: $U2LIVE_VM_GUEST, else one built in the user's cache. Raises NoGuest."""
    if shutil.which("qemu-system-x86_64") is None or shutil.which("mkfs.ext4") is None:
        raise NoGuest("needs qemu-system-x86_64 and mkfs.ext4: apt-get install qemu-system-x86 e2fsprogs")
    if sys.version_info[:2] != (3, 11):
        raise NoGuest("the guest's Python is Debian 12's 3.11 and uses the packages of this one: run with Python 3.11")
    named = os.environ.get("U2LIVE_VM_GUEST")
    if named:
        if not _is_complete(Path(named)):
            raise NoGuest(f"U2LIVE_VM_GUEST={named} holds no root.img, vmlinuz and initrd.img")
        return Path(named)
    folder = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "u2live-vm"
    if not _is_complete(folder):
        _build(folder)
    return folder


def play(guest_folder: Path, out: Path) -> dict[str, Result]:
    """Boot, play all acts, and give the results by name. `out` is left with the log. Raises NoGuest when qemu cannot run."""
    command = [
        *(str(HERE / "run-guest"), str(guest_folder), str(HERE / "inside" / "job.sh"), str(round(RUN_LIMIT_S))),
        *(f"repo={REPOSITORY}", f"site={sysconfig.get_path('purelib')}", f"out={out}"),
    ]
    with (out / "console").open("wb") as console:
        subprocess.run(command, stdout=console, stderr=subprocess.STDOUT, check=False, timeout=RUN_LIMIT_S + 120)
    if not (out / "log").exists():
        said = (out / "console").read_text(errors="replace").splitlines()
        refused = [line for line in said if line.startswith("qemu") and "terminating on signal" not in line]
        if refused:
            raise NoGuest(f"the guest cannot be started: {refused[-1]}")
    return read_results(out / "results")


def read_results(path: Path) -> dict[str, Result]:
    if not path.exists():
        return {}
    lines = (json.loads(line) for line in path.read_text().splitlines())
    return {line["check"]: Result(line["passed"], line["detail"]) for line in lines}


def _is_complete(folder: Path) -> bool:
    return all((folder / name).is_file() for name in ("root.img", "vmlinuz", "initrd.img"))


def _build(folder: Path) -> None:
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        raise NoGuest("building the guest needs root and debootstrap; or name a built one in U2LIVE_VM_GUEST")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(
            [str(HERE / "build-guest"), str(folder)], capture_output=True, text=True, timeout=BUILD_LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise NoGuest(f"building the guest took longer than {BUILD_LIMIT_S} s") from None
    if done.returncode != 0:
        raise NoGuest("building the guest failed: " + " ".join(done.stderr.strip().splitlines()[-3:]))
