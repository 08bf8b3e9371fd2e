"""A program that reads the virtual camera, and looks at every single picture."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.vm.inside.pictures import HEIGHT, WIDTH, Judge, decoded

DEVICE = Path("/dev/video10")
FORMAT = Path("/sys/class/video4linux/video10/format")
_PAUSE_S = 0.06
"""Between two looks for a new picture: every look costs the emulated processor time that the program needs."""


@dataclass(frozen=True, slots=True)
class Seen:
    at_s: float
    label: str


class Reader(threading.Thread):
    """Holds the device open from the start, as a call program does, and judges whatever comes until `stop`."""

    def __init__(self, judge: Judge | None = None) -> None:
        super().__init__(daemon=True)
        self.seen: list[Seen] = []
        self.formats: set[str] = set()
        self.judge = judge or Judge()
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self.opened_s = time.monotonic()
        self._handle = os.open(DEVICE, os.O_RDWR | os.O_NONBLOCK)
        self.start()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                data = os.read(self._handle, WIDTH * HEIGHT * 4)
            except OSError:
                data = b""
            if len(data) < WIDTH * HEIGHT * 3 // 2:  # nothing new, or no writer yet
                time.sleep(_PAUSE_S)
                continue
            self._note(time.monotonic(), data)

    def _note(self, at_s: float, data: bytes) -> None:
        if len(self.seen) % 20 == 0:
            self.formats.add(FORMAT.read_text().strip().partition("@")[0])
        label = self.judge.label(decoded(data, WIDTH, HEIGHT))
        with self._changed:
            self.seen.append(Seen(at_s, label))
            self._changed.notify_all()

    def stop(self) -> list[Seen]:
        self._stopping.set()
        self.join()
        os.close(self._handle)
        return self.seen

    def first(self, label: str | Collection[str], after_s: float, within_s: float) -> float | None:
        """When the first picture of that kind, or one of those kinds, after `after_s` came, waiting for it."""
        wanted = {label} if isinstance(label, str) else set(label)
        until_s = time.monotonic() + within_s
        looked = 0
        with self._changed:
            while True:
                for seen in self.seen[looked:]:
                    if seen.at_s >= after_s and seen.label in wanted:
                        return seen.at_s
                looked = len(self.seen)
                if not self._changed.wait(until_s - time.monotonic()):
                    return None

    def took_s(self, label: str | Collection[str], after_s: float, within_s: float) -> float:
        """Seconds from `after_s` to that picture; infinite when it did not come."""
        at_s = self.first(label, after_s, within_s)
        return float("inf") if at_s is None else at_s - after_s


def labels(seen: Sequence[Seen]) -> dict[str, int]:
    return dict(Counter(one.label for one in seen))


def longest_gap_s(seen: Sequence[Seen]) -> float:
    return max((later.at_s - earlier.at_s for earlier, later in itertools.pairwise(seen)), default=0.0)
