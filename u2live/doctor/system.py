"""Everything the doctor looks at, behind one record: a test gives it another machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from platform import machine as machine_name

from u2live.capture import devices_linux
from u2live.doctor.probes import (
    TorchFacts,
    WeightsFacts,
    module_installed,
    openvino_devices,
    torch_facts,
    video_capabilities,
    weights_facts,
)

_PROGRAM_FOLDERS = ("/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin")
_LIBRARY_FOLDERS = ("lib", "lib64", "usr/lib", "usr/lib64", "usr/local/lib")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program said. `code` 127: there is no such program."""

    code: int
    output: str = ""


def run_command(argv: Sequence[str], text: str = "") -> Answer:
    """Run a program without a shell and without a terminal; ten seconds at most."""
    try:
        done = subprocess.run(argv, input=text, capture_output=True, text=True, errors="replace", timeout=10, check=False)
    except FileNotFoundError:
        return Answer(127)
    except (OSError, subprocess.TimeoutExpired):
        return Answer(126)
    return Answer(done.returncode, done.stdout + done.stderr)


def _free_bytes(path: Path) -> int:
    while not path.exists() and path != path.parent:
        path = path.parent
    return shutil.disk_usage(path).free


@dataclass(frozen=True, slots=True)
class System:
    """One machine as the checks see it. Files are read under `root`; whatever is no file is a callable."""

    root: Path = Path("/")
    platform: str = sys.platform
    machine: str = field(default_factory=machine_name)
    uid: int = field(default_factory=lambda: os.getuid() if hasattr(os, "getuid") else -1)
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    run: Callable[[Sequence[str]], Answer] = run_command
    may_open: Callable[[Path], bool] = lambda path: os.access(path, os.R_OK | os.W_OK)
    capabilities: Callable[[Path], int | None] = video_capabilities
    free_bytes: Callable[[Path], int] = _free_bytes
    installed: Callable[[str], bool] = module_installed
    torch: Callable[[], TorchFacts | None] = torch_facts
    openvino: Callable[[], tuple[str, ...] | None] = openvino_devices
    weights: Callable[[], WeightsFacts] = weights_facts

    def path(self, absolute: str) -> Path:
        return self.root / absolute.lstrip("/")

    def exists(self, absolute: str) -> bool:
        try:
            return self.path(absolute).exists()
        except OSError:
            return False

    def read(self, absolute: str) -> str:
        """The file's text without the white space around it; empty when it cannot be read."""
        try:
            return self.path(absolute).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return ""

    def read_bytes(self, absolute: str) -> bytes:
        try:
            return self.path(absolute).read_bytes()
        except OSError:
            return b""

    def entries(self, absolute: str) -> list[str]:
        """The names in a folder, in order; none when there is no such folder."""
        try:
            return sorted(os.listdir(self.path(absolute)))
        except OSError:
            return []

    def has_program(self, name: str) -> bool:
        return any(self.exists(f"{folder}/{name}") for folder in _PROGRAM_FOLDERS)

    def has_library(self, name: str) -> bool:
        """A shared library by its soname, or a plug-in by its path below a library folder."""
        return any((folder / name).exists() for folder in self._library_folders())

    def _library_folders(self) -> Iterator[Path]:
        for extra in self.environment.get("LD_LIBRARY_PATH", "").split(":"):
            if extra:
                yield self.path(extra)
        for folder in _LIBRARY_FOLDERS:
            yield self.root / folder
            yield self.root / folder / f"{self.machine}-linux-gnu"

    def processes(self) -> Iterator[tuple[int, str]]:
        """Number and name of every process."""
        for name in self.entries("/proc"):
            if name.isdecimal():
                yield int(name), self.read(f"/proc/{name}/comm")

    def holders(self, device: str) -> list[str]:
        """Other programs that have `device` open, as "name (process 123)", as far as this user may see."""
        return devices_linux.holders(device, self.path("/proc"))
