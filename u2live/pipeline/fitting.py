"""Which of the person models fits a machine, at which size and on how many frames: measured, not guessed."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from u2live.types import Size

if TYPE_CHECKING:
    from u2live.matting.engine import Engine

OpenEngine: TypeAlias = "Callable[[Model], Engine]"

BUDGET = 0.6
"""The share of a frame's time that the network may take: the rest is for everything else, and for the call program."""
LONGEST = 1.5
"""Frames' times that one run may take where a smaller could. Two frames would come meanwhile, and one of them be lost."""
WIDER = 1.5
"""How many times as long the next better network takes at least: what is foretold before it is opened and measured."""
_TRIALS = 5


@dataclass(frozen=True, slots=True)
class Model:
    """Weights by name, and the side of the square they are shown in pixels; 0 is the one they were made for."""

    name: str
    input_size: int = 0

    def __str__(self) -> str:
        return f"{self.name} at {self.input_size}²" if self.input_size else self.name


@dataclass(frozen=True, slots=True)
class Fitting:
    """What runs live: an engine that is open, on one frame in `interval`, and why in one line."""

    engine: Engine
    interval: int
    why: str


def fitting(models: Sequence[Model], rate: float, frame: Size, open_engine: OpenEngine) -> Fitting:
    """The best of `models` that keeps up, the best first; the last of them, on as many frames as it can, where none does.

    The best network of several runs on every frame or not at all: on fewer, what it knows better is lost in carrying mattes
    along. Every other model is taken where its run holds no frame up for long. The search begins with the last, which
    foretells what the others would take: only what promises to fit is opened, the best first. Raises as `open_engine`.
    """
    from u2live.matting.pace import MOST

    last = models[-1]
    fits, engine = last, open_engine(last)
    last_ms = took_ms = _median_ms(engine, frame)
    for model in models[:-1]:
        alone = model.name == models[0].name != last.name
        longest_ms = budget_ms(rate) if alone else 1e3 / rate * LONGEST
        if last_ms * _growth(last, model, models) > longest_ms:
            continue
        better = open_engine(model)
        better_ms = _median_ms(better, frame)
        if better_ms <= longest_ms:
            engine.close()
            fits, engine, took_ms = model, better, better_ms
            break
        better.close()
    return Fitting(engine, min(interval_for(took_ms, rate), MOST), _why(fits, took_ms, rate))


def _growth(last: Model, model: Model, models: Sequence[Model]) -> float:
    """How many times as long as `last` `model` takes at least. A size that is not known is taken for the largest."""
    side = model.input_size or max(each.input_size for each in models)
    area = (side / last.input_size) ** 2 if last.input_size else 1.0
    networks = list(dict.fromkeys(each.name for each in models))
    return float(area * WIDER ** (networks.index(last.name) - networks.index(model.name)))


def interval_for(network_ms: float, rate: float) -> int:
    """On one of how many frames a network that takes so long can run at `rate` frames a second.

    No more than `pace.MOST` are told and run: a matte is carried no further.
    """
    return max(1, math.ceil(network_ms / budget_ms(rate)))


def budget_ms(rate: float) -> float:
    return 1e3 / rate * BUDGET


def _why(model: Model, took_ms: float, rate: float) -> str:
    from u2live.matting.pace import MOST

    interval = min(interval_for(took_ms, rate), MOST)
    often = "every frame" if interval == 1 else f"one frame in {interval}"
    return f"{model} runs on {often}: it takes {took_ms:.0f} ms, and {_there_is(rate)}"


def _there_is(rate: float) -> str:
    return f"{budget_ms(rate):.0f} ms a frame is what there is"


def _median_ms(engine: Engine, frame: Size) -> float:
    pixels = np.random.default_rng(0).integers(0, 256, (frame.height, frame.width, 3), np.uint8)
    engine.infer(pixels)  # the first run compiles and allocates
    durations = []
    for _ in range(_TRIALS):
        start = time.perf_counter()
        engine.infer(pixels)
        durations.append((time.perf_counter() - start) * 1e3)
    return statistics.median(durations)
