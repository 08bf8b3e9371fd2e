"""Which of the person models fits a machine, at which size and on how many frames: measured, not guessed."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from u2live.matting.pace import MOST
from u2live.types import Size

if TYPE_CHECKING:
    from u2live.matting.engine import Engine

OpenEngine: TypeAlias = "Callable[[Model], Engine]"

BUDGET = 0.6
"""The share of a frame's time that the network may take: the rest is for everything else, and for the call program."""
LONGEST = 1.5
"""Frames' times that one run of a finer size may take. Two frames would come meanwhile, and one of them be lost."""
WIDER = 1.5
"""How many times as long a better network takes at least: what is foretold before it is opened and measured."""
SPARE = 0.5
"""The share of that budget that two looks at every picture may take: a second one is for GPUs with little else to do."""
_TRIALS = 5


@dataclass(frozen=True, slots=True)
class Model:
    """Weights by name, the side of the square they are shown in pixels, 0 being the one they were made for, and how often
    they see each picture: twice is as it is and mirrored, which only an NVIDIA GPU does.
    """

    name: str
    input_size: int = 0
    looks: int = 1

    def __str__(self) -> str:
        sized = f"{self.name} at {self.input_size}²" if self.input_size else self.name
        return sized if self.looks == 1 else f"{sized}, seeing each picture twice,"


@dataclass(frozen=True, slots=True)
class Fitting:
    """What runs live: an engine that is open, on one frame in `interval`, and why in one line."""

    engine: Engine
    interval: int
    why: str


def fitting(models: Sequence[Model], rate: float, frame: Size, open_engine: OpenEngine) -> Fitting:
    """The best of `models` that keeps up, the best first; the last of them, the smallest, on as many frames as it can.

    A finer size of that network is taken where its run holds no frame up for long, a better network where it can run on
    every frame: on fewer, what it knows better is lost in carrying mattes along. Two looks are taken where an NVIDIA GPU has
    time to spare for them. The search begins with the smallest, which foretells what the others would take: only what
    promises to fit is opened, the best first. Raises as `open_engine`.
    """
    *better, small = models
    fits, engine = small, open_engine(small)
    took_ms = _median_ms(engine, frame)
    for model in better:
        longest_ms = _longest_ms(model, small, engine, rate)
        if took_ms * _growth(small, model, models) > longest_ms:
            continue
        finer = open_engine(model)
        finer_ms = _median_ms(finer, frame)
        if finer_ms <= longest_ms:
            engine.close()
            fits, engine, took_ms = model, finer, finer_ms
            break
        finer.close()
    interval = min(interval_for(took_ms, rate), MOST)
    often = "every frame" if interval == 1 else f"one frame in {interval}"
    there_is = f"{budget_ms(rate):.0f} ms a frame is what there is"
    return Fitting(engine, interval, f"{fits} runs on {often}: it takes {took_ms:.0f} ms, and {there_is}")


def _longest_ms(model: Model, small: Model, engine: Engine, rate: float) -> float:
    """How long `model` may take where `small` runs on `engine`."""
    if model.looks > 1:
        return budget_ms(rate) * SPARE if engine.info.name == "cuda" else 0.0
    return 1e3 / rate * LONGEST if model.name == small.name else budget_ms(rate)


def _growth(small: Model, model: Model, models: Sequence[Model]) -> float:
    """How many times as long as `small` `model` takes at least. A size that is not known is taken for the largest."""
    side = model.input_size or max(each.input_size for each in models)
    area = (side / small.input_size) ** 2 if small.input_size else 1.0
    return area if model.name == small.name else area * WIDER


def interval_for(network_ms: float, rate: float) -> int:
    """On one of how many frames a network that takes so long can run at `rate` frames a second."""
    return max(1, math.ceil(network_ms / budget_ms(rate)))


def budget_ms(rate: float) -> float:
    return 1e3 / rate * BUDGET


def _median_ms(engine: Engine, frame: Size) -> float:
    pixels = np.random.default_rng(0).integers(0, 256, (frame.height, frame.width, 3), np.uint8)
    engine.infer(pixels)  # the first run compiles and allocates
    durations = []
    for _ in range(_TRIALS):
        start = time.perf_counter()
        engine.infer(pixels)
        durations.append((time.perf_counter() - start) * 1e3)
    return statistics.median(durations)
