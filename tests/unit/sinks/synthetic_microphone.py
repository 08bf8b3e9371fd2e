"""A microphone that hears what a test says, on a clock that may run wrong."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from u2live.errors import SinkError
from u2live.sinks.microphone import SILENT_DB, Block, decibels


class SyntheticMicrophone:
    """`wave(seconds)` gives what sounds at times of our clock, from `start_ns` on, up to `now_ns()`.

    `drift` is how much faster the card's clock runs, `jitter_s` how unsteadily its blocks are stamped.
    """

    def __init__(
        self,
        wave: Callable[[np.ndarray], np.ndarray],
        now_ns: Callable[[], int],
        *,
        start_ns: int,
        sample_rate: int = 48_000,
        channels: int = 1,
        drift: float = 0.0,
        jitter_s: float = 0.0,
        block: int = 512,
    ) -> None:
        self.sample_rate = sample_rate
        self.channels = channels
        self.gone = False
        self._wave = wave
        self._now_ns = now_ns
        self._start_ns = start_ns
        self._true_rate = sample_rate * (1 + drift)
        self._jitter_s = jitter_s
        self._block = block
        self._taken = 0
        self._peak = 0.0
        self._random = np.random.default_rng(0)

    def open(self) -> None:
        pass

    def take(self) -> list[Block]:
        blocks = []
        while not self.gone and self._time_ns(self._taken + self._block) <= self._now_ns():
            seconds = (self._taken + np.arange(self._block)) / self._true_rate
            samples = np.repeat(self._wave(seconds)[:, None], self.channels, axis=1).astype(np.float32)
            self._peak = float(np.abs(samples).max())
            late_ns = round(abs(self._random.normal(0, self._jitter_s)) * 1e9) if self._jitter_s else 0
            blocks.append(Block(self._time_ns(self._taken) + late_ns, samples))
            self._taken += self._block
        return blocks

    @property
    def level_db(self) -> float:
        return decibels(self._peak) if self._peak else SILENT_DB

    def close(self) -> None:
        pass

    def _time_ns(self, sample: int) -> int:
        return self._start_ns + round(sample / self._true_rate * 1e9)


class NoMicrophone(SyntheticMicrophone):
    """One that is not there."""

    def __init__(self) -> None:
        super().__init__(np.zeros_like, lambda: 0, start_ns=0)

    def open(self) -> None:
        raise SinkError("there is no microphone: plug one in or choose another one")
