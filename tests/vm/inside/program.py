"""The real program, started and stopped as a user does it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

CAMERA = "/dev/video0"
VIRTUAL = "/dev/video10"
RATE = 5


class Program:
    """`main.py run` from the camera to the virtual camera; without `weights`, with a matte that finds nobody."""

    def __init__(self, name: str, *options: str, background: str, weights: Path | None = None) -> None:
        self.error_file = Path(f"/tmp/{name}.err")
        self.output_file = Path(f"/tmp/{name}.out")
        program = ["-m", "tests.vm.inside.nobody"] if weights is None else ["main.py"]
        network = [] if weights is None else ["--weights", str(weights), "--engine", "torch", "--set", "model.input_size=32"]
        devices = ["--source", CAMERA, "--virtual-camera", VIRTUAL, "--background", background, "--fps", str(RATE)]
        command = [sys.executable, *program, "run", *devices, *network, "--json", *options]
        with self.error_file.open("wb") as errors, self.output_file.open("wb") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=errors)

    @property
    def errors(self) -> str:
        return self.error_file.read_text(errors="replace")

    def holds(self, device: str) -> bool:
        """Whether /proc shows the device among its open files."""
        folder = Path(f"/proc/{self.process.pid}/fd")
        try:
            return any(_target(entry) == device for entry in folder.iterdir())
        except OSError:
            return False

    def wait_until(self, held: bool, device: str, within_s: float) -> float | None:
        """Seconds until it holds, or released, the device; None when it did not in time."""
        start_s = time.monotonic()
        while time.monotonic() - start_s < within_s:
            if self.holds(device) is held:
                return time.monotonic() - start_s
            time.sleep(0.02)
        return None

    def end(self, within_s: float) -> int | None:
        """Ctrl-C; its exit code, or None when it had to be killed."""
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def report(self) -> dict[str, object]:
        return dict(json.loads(self.output_file.read_text()))


def _target(entry: Path) -> str:
    try:
        return os.readlink(entry)
    except OSError:
        return ""
