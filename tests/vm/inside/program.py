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
    """`main.py run` that feeds the virtual camera."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.error_file = Path(f"/tmp/{name}.err")
        self.output_file = Path(f"/tmp/{name}.out")
        with self.error_file.open("wb") as errors, self.output_file.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, *command, "--virtual-camera", VIRTUAL, "--json"],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=errors,
                text=True,
            )

    @classmethod
    def without_network(cls, name: str, *options: str, background: Path) -> Program:
        """From the camera, with a matte that finds nobody: see `nobody`."""
        usual = ["--source", CAMERA, "--background", str(background), "--fps", str(RATE)]
        return cls(name, ["-m", "tests.vm.inside.nobody", "run", *usual, *options])

    @classmethod
    def with_network(cls, name: str, *options: str) -> Program:
        return cls(name, ["main.py", "run", *options])

    def apply(self, *assignments: str) -> None:
        """Change settings of the running program, as the window does. Only without network."""
        assert self.process.stdin is not None
        self.process.stdin.write("\t".join(assignments) + "\n")
        self.process.stdin.flush()

    @property
    def errors(self) -> str:
        return self.error_file.read_text(errors="replace")

    def runs(self) -> bool:
        return self.process.poll() is None

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
        while time.monotonic() - start_s < within_s and self.runs():
            if self.holds(device) is held:
                return time.monotonic() - start_s
            time.sleep(0.03)
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
        """What it printed at its end."""
        return dict(json.loads(self.output_file.read_text()))


def _target(entry: Path) -> str:
    try:
        return os.readlink(entry)
    except OSError:
        return ""
