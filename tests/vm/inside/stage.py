"""What the acts have in common: the programs and readers that run, time that fits the machine, and the results."""

from __future__ import annotations

import json
import time
from pathlib import Path

from tests.vm.inside.pictures import save_background
from tests.vm.inside.program import Program
from tests.vm.inside.reading import Reader

BACKGROUND = Path("/tmp/background.png")
WEIGHTS = "nobody.safetensors"
"""Lies in OUT, made by the host: importing torch takes a minute here, and only the program itself has to."""


class Stage:
    """`slowness` is how many times slower than an ordinary machine this guest computes."""

    def __init__(self, out: Path, slowness: float) -> None:
        self.out = out
        self.slowness = slowness
        self.program: Program | None = None
        self.readers: list[Reader] = []
        self._began_s = time.monotonic()
        save_background(BACKGROUND)

    def limit_s(self, usual_s: float) -> float:
        """What takes `usual_s` at most on an ordinary machine may take so long here, where emulation shares two cores."""
        return usual_s * max(3.0, self.slowness)

    @property
    def starting_s(self) -> float:
        """How long the program may take until pictures come."""
        return 60 + 15 * self.slowness

    @property
    def network_s(self) -> float:
        """How long it may take until its network runs."""
        return 500 + 40 * self.slowness

    def start(self, name: str, *options: str, background: str = str(BACKGROUND)) -> Program:
        """The program with a matte that finds nobody."""
        self.program = Program(name, *options, background=background)
        return self.program

    def start_with_network(self, name: str, *options: str) -> Program:
        self.program = Program(name, *options, background=str(BACKGROUND), weights=self.out / WEIGHTS)
        return self.program

    def reader(self) -> Reader:
        reader = Reader()
        self.readers.append(reader)
        return reader

    def check(self, name: str, passed: bool, detail: object = "") -> None:
        """One result, and what was measured."""
        line = json.dumps({"check": name, "passed": bool(passed), "detail": str(detail)}, ensure_ascii=False)
        self.log(line)
        with (self.out / "results").open("a") as file:
            file.write(line + "\n")

    def log(self, text: str) -> None:
        line = f"[{time.monotonic() - self._began_s:7.1f} s] {text}"
        print(line, flush=True)
        with (self.out / "log").open("a") as file:
            file.write(line + "\n")

    def clear(self) -> None:
        """Nothing of one act runs on into the next, or into the end."""
        for reader in self.readers:
            if reader.is_alive():
                reader.stop()
        self.readers.clear()
        if self.program is not None:
            if self.program.process.poll() is None:
                self.program.kill()
            self.log(f"the program said: {self.program.errors[-2000:]}")
        self.program = None
