"""What the acts have in common: the programs and readers that run, time that fits the machine, and the results."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

from tests.vm.inside.pictures import Judge, save_background
from tests.vm.inside.program import Program
from tests.vm.inside.reading import Reader

BACKGROUND = Path("/tmp/background.png")
_TRIES = 3
_LOOP = 400_000
_USUAL_LOOP_S = 0.016
"""What the loop takes on an ordinary machine."""


class Stage:
    """Emulation shares its host's cores with whatever runs there: this guest is as slow as it is just now.

    Waiting is patient and costs nothing where things happen soon. What must not take long is judged by the guest's own
    clock, against a limit that grows with how slowly this guest computes at that moment, and the best of three tries
    counts: a stalled host makes one of them slow, a slow program all.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self.program: Program | None = None
        self.readers: list[Reader] = []
        self._began_s = time.monotonic()
        self.slowness = 1.0
        self.measure()
        save_background(BACKGROUND)

    def measure(self) -> float:
        """How many times slower than an ordinary machine this guest computes; the slowest of late counts."""
        start_s = time.thread_time()  # what other threads and programs of this guest take is theirs to answer for
        for _ in range(_LOOP):
            pass
        now = max(1.0, (time.thread_time() - start_s) / _USUAL_LOOP_S)
        self.slowness = max(now, 0.8 * self.slowness)
        return self.slowness

    @property
    def patience_s(self) -> float:
        """How long to wait for what has to come sooner or later: the program's start, with its imports, above all."""
        return 120 + 25 * self.slowness

    def limit_s(self, usual_s: float) -> float:
        """What takes `usual_s` at most on an ordinary machine may take so long here and now."""
        return usual_s * max(3.0, 2.0 * self.measure())

    def within(self, usual_s: float, attempt: Callable[[], float]) -> tuple[bool, str]:
        """Whether `attempt`, which gives the seconds it took, comes within the limit once in three tries, and the story."""
        story = []
        for _ in range(_TRIES):
            took_s = attempt()
            limit_s = self.limit_s(usual_s)
            story.append(f"{took_s:.2f} s of {limit_s:.1f}")
            if took_s <= limit_s:
                return True, ", ".join(story)
        return False, ", ".join(story)

    def start(self, name: str, *options: str) -> Program:
        """The program with vivid's camera, a background of known colours, and a matte that finds nobody."""
        self.program = Program.without_network(name, *options, background=BACKGROUND)
        return self.program

    def start_with_network(self, name: str, *options: str) -> Program:
        """main.py with exactly these options beside the virtual camera."""
        self.program = Program.with_network(name, *options)
        return self.program

    def reader(self, judge: Judge | None = None) -> Reader:
        reader = Reader(judge)
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
