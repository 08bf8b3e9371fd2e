"""A PipeWire session of its own for tests, and programs that read a camera in it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from u2live.types import Size

PROGRAMS = ("pipewire", "wireplumber", "dbus-daemon", "pw-dump", "gst-launch-1.0", "gst-inspect-1.0")
SIZE = Size(320, 180)
READ_TIMEOUT_S = 20


class Session:
    """D-Bus, PipeWire and WirePlumber that nobody else sees."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.chmod(0o700)
        self.environment = {
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            **{f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "STATE", "DATA", "CACHE")},
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder}/bus",
            "GSETTINGS_BACKEND": "memory",
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        self.launch("dbus-daemon", "--session", "--nofork", f"--address=unix:path={self.folder}/bus")
        until((self.folder / "bus").exists)
        self.start_pipewire()

    def start_pipewire(self) -> None:
        """Returns when the session manager is at work."""
        self.launch("pipewire")
        until((self.folder / "pipewire-0").exists)
        self.start_session_manager()

    def start_session_manager(self) -> None:
        self.launch("wireplumber")
        until(lambda: any(client.get("application.name") == "WirePlumber" for client in self.objects("Client")))

    def kill_pipewire(self) -> None:
        for name in ("pipewire", "wireplumber"):
            self.end(name, signal.SIGKILL)

    def objects(self, kind: str) -> list[dict[str, Any]]:
        """The properties of every Node, Client …"""
        done = self.run("pw-dump", "--no-colors")
        listed = json.loads(done.stdout) if done.returncode == 0 and done.stdout.strip() else []
        return [each["info"]["props"] for each in listed if each["type"].endswith(f":{kind}") and each.get("info")]

    def cameras(self) -> list[dict[str, Any]]:
        """The properties of our nodes."""
        return [node for node in self.objects("Node") if node.get("node.name") == "u2live"]

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env=os.environ | self.environment, capture_output=True, text=True, timeout=READ_TIMEOUT_S, check=False
        )

    def reader(self, *elements: str, count: int = -1, size: Size = SIZE, option: str = "-q") -> tuple[str, ...]:
        """The command of a program that reads `count` pictures, or goes on."""
        source = ("pipewiresrc", "target-object=u2live", f"num-buffers={count}")
        caps = f"video/x-raw,format=YUY2,width={size.width},height={size.height}"
        return ("gst-launch-1.0", option, *source, "!", caps, "!", *elements)

    def read(self, count: int, size: Size = SIZE) -> np.ndarray:
        """`count` pictures as another program gets them, count×H×W×3 BGR."""
        path = self.folder / "read.yuy2"
        done = self.run(*self.reader("filesink", f"location={path}", count=count, size=size))
        assert done.returncode == 0, done.stderr
        packed = np.fromfile(path, np.uint8).reshape(-1, size.height, size.width, 2)
        path.unlink()
        assert len(packed) == count
        return np.stack([cv2.cvtColor(picture, cv2.COLOR_YUV2BGR_YUY2) for picture in packed])

    @contextmanager
    def reading(self, size: Size = SIZE) -> Iterator[subprocess.Popen[bytes]]:
        """A program that reads until it is ended, at the latest when this is left."""
        with subprocess.Popen(
            self.reader("fakesink", size=size), env=os.environ | self.environment, stderr=subprocess.DEVNULL
        ) as reader:
            try:
                yield reader
            finally:
                reader.kill()

    def launch(self, *command: str) -> None:
        """Start a program that runs until `end` or `close`; what it says goes to a file."""
        name = Path(command[0]).name
        with (self.folder / f"{name}.log").open("wb") as log:
            self._running[name] = subprocess.Popen(
                command,
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def end(self, name: str, number: signal.Signals = signal.SIGTERM) -> None:
        """With all that it started."""
        process = self._running.pop(name)
        for attempt in (number, signal.SIGKILL):
            try:
                os.killpg(process.pid, attempt)
                process.wait(5)
                return
            except ProcessLookupError:
                process.wait()
                return
            except subprocess.TimeoutExpired:
                continue

    def close(self) -> None:
        for name in tuple(self._running)[::-1]:
            self.end(name)


@contextmanager
def new_session(folder: Path, *more_programs: str) -> Iterator[Session]:
    """Skips, saying so, where a program is missing."""
    missing = [program for program in PROGRAMS + more_programs if not shutil.which(program)]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    # Not --exists: that asks for version 1.0, which PipeWire's plug-in has not always been.
    if subprocess.run(["gst-inspect-1.0", "pipewiresrc"], capture_output=True, check=False).returncode:
        pytest.skip("GStreamer's PipeWire plug-in is not installed")
    session = Session(folder)
    try:
        session.start()
        yield session
    finally:
        session.close()


def until(condition: Callable[[], Any], timeout_s: float = 15) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, f"not within {timeout_s} s"
        time.sleep(0.05)


def halves(left: tuple[int, int, int], right: tuple[int, int, int], size: Size = SIZE) -> np.ndarray:
    """A picture of two colours, BGR."""
    picture = np.empty((size.height, size.width, 3), np.uint8)
    picture[:, : size.width // 2], picture[:, size.width // 2 :] = left, right
    return picture
