"""What the doctor says about this machine, beside the truth; and what its steps do to it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.vm.inside.program import CAMERA, VIRTUAL
from tests.vm.inside.stage import Stage
from u2live.doctor.finding import Finding
from u2live.doctor.kernel_module import check_kernel_module
from u2live.doctor.repair import repair
from u2live.doctor.system import System


def the_module(stage: Stage) -> None:
    """Unloaded, found to be so, and loaded again by the doctor's own steps."""
    subprocess.run(["modprobe", "-r", "v4l2loopback"], check=True, timeout=300)
    found = _module()
    told = [(finding.id, finding.level.value) for finding in found]
    missing = ("v4l2loopback-loaded", "problem") in told and not Path(VIRTUAL).exists()
    stage.check("doctor sees that the module is not loaded", missing, told)
    last = repair(_module, System(), ask=lambda _question: True, say=stage.log)
    again = [finding.level.value for finding in last] == ["ok"] and Path(VIRTUAL).exists()
    name = Path("/sys/class/video4linux/video10/name")
    again = again and name.read_text().strip() == "u2live"
    stage.check("doctor's steps load it and make the device", again, [finding.what for finding in last])
    subprocess.run(["modprobe", "-r", "v4l2loopback"], check=True, timeout=300)
    subprocess.run(["modprobe", "v4l2loopback"], check=True, timeout=300)
    kept = name.exists() and name.read_text().strip() == "u2live"
    stage.check("and the same device is made when it is loaded again", kept)


def the_doctor(stage: Stage) -> None:
    command = [sys.executable, "main.py", "doctor", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=4 * stage.patience_s + 600, check=False)
    stage.log(done.stdout[-8000:] + done.stderr[-2000:])
    report = json.loads(done.stdout)
    said = {finding["id"]: (finding["level"], finding["what"]) for finding in report["findings"]}
    stage.check(
        "doctor answers with one JSON object, in health", report["healthy"] and done.returncode == 0, done.stderr[-300:]
    )
    version = _module_version()
    for name, expected in {
        "v4l2loopback-loaded": ("ok", f"v4l2loopback {version} is loaded"),
        "exclusive-caps": ("ok", f"{VIRTUAL}: made with exclusive_caps"),
        "virtual-camera-free": ("ok", f"{VIRTUAL} is free"),
        "camera": ("ok", f"{CAMERA} {_camera_name()}"),
        "pipewire": ("warning", "PipeWire is not installed"),
    }.items():
        stage.check(f"doctor on {name}: as it is", said.get(name) == expected, f"{said.get(name)}; in truth {expected}")
    old = tuple(map(int, version.split("."))) < (0, 13)
    stage.check("doctor on the re-opening fault: as it is", ("reopening-fault" in said) is old, said.get("reopening-fault"))


def _module() -> tuple[Finding, ...]:
    return tuple(check_kernel_module(System()))


def _module_version() -> str:
    """As the package manager has it."""
    command = ["dpkg-query", "-W", "-f", "${Version}", "v4l2loopback-dkms"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.partition("-")[0]


def _camera_name() -> str:
    return Path("/sys/class/video4linux/video0/name").read_text().strip()
