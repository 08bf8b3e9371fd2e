"""From the settings to a matter that runs: which network, on which engine, and why."""

from __future__ import annotations

import math
import os
import statistics
import time
from typing import TYPE_CHECKING

import numpy as np

from u2live.settings import Settings
from u2live.types import Level, Notice, Notify

if TYPE_CHECKING:
    from u2live.matting.engine import Engine
    from u2live.matting.matter import Matter

BUDGET = 0.6
"""The share of a frame's time that the network may take: the rest is for everything else, and for the call program."""
_TRIALS = 5


def asks_for(settings: Settings) -> tuple[object, ...]:
    """What the choice of network and engine depends on: while this stays the same, what runs stays right.

    Only `auto` weights look at the rate. They do not look at the size, which the network's time hardly depends on.
    """
    return settings.model, settings.camera.frame_rate if settings.model.weights == "auto" else None


def load_live_matter(settings: Settings, notify: Notify) -> Matter:
    """Weights and engine for a live picture. Takes seconds. Raises WeightsError, EngineError, UsageError.

    With `auto` weights the person U2NETP runs where it keeps up with the camera's rate, if need be on every second to
    fifth frame with its matte propagated to those between; else its student. Which and why is told. A file that is played
    (`run`, the window) is live here: it is to keep its rate, although it drops nothing.
    """
    names = _person_names(settings)
    if len(names) < 2:
        return _live(_engine(settings, settings.model.weights, notify), settings)
    return _load_fitting(settings, better=names[0], faster=names[-1], notify=notify)


def load_best_matter(settings: Settings, notify: Notify) -> Matter:
    """Weights and engine for `process`, which can wait: with `auto` weights the better person model. Raises as live."""
    from u2live.matting.matter import Matter

    names = _person_names(settings)
    engine = _engine(settings, names[0] if names else settings.model.weights, notify)
    return Matter(engine, keyframe_interval=settings.model.keyframe_interval)


def _person_names(settings: Settings) -> tuple[str, ...]:
    """The person models that `auto` chooses between, the better one first; none where something else is asked for."""
    from u2live.model.registry import ENVIRONMENT_VARIABLE, person_weights

    if settings.model.weights != "auto" or os.environ.get(ENVIRONMENT_VARIABLE):
        return ()
    return tuple(person_weights())


def interval_for(network_ms: float, rate: float) -> int:
    """On one of how many frames a network that takes so long can run at `rate` frames a second.

    Above `pace.MOST` the faster network takes its place.
    """
    return max(1, math.ceil(network_ms / _budget_ms(rate)))


def _budget_ms(rate: float) -> float:
    return 1e3 / rate * BUDGET


def _live(engine: Engine, settings: Settings, interval: int = 1) -> Matter:
    """A matter that rests while nothing moves: nobody sees the difference, and the fan hears it."""
    from u2live.matting.matter import Matter
    from u2live.matting.stillness import Stillness

    interval = max(interval, settings.model.keyframe_interval)
    return Matter(engine, keyframe_interval=interval, stillness=Stillness())


def _engine(settings: Settings, name: str, notify: Notify) -> Engine:
    from u2live.matting.ladder import open_engine
    from u2live.model.stored import StoredWeights

    return open_engine(settings.model.engine, StoredWeights(name), settings.model.input_size, notify=notify)


def _load_fitting(settings: Settings, *, better: str, faster: str, notify: Notify) -> Matter:
    """Measure the better network; the faster one is loaded only where that is too slow."""
    from u2live.matting.pace import MOST

    budget_ms = _budget_ms(settings.camera.frame_rate)
    engine = _engine(settings, better, notify)
    took_ms = _median_ms(engine, settings)
    interval = interval_for(took_ms, settings.camera.frame_rate)
    if interval <= MOST:
        often = "every frame" if interval == 1 else f"one frame in {interval}"
        _tell(
            notify, f"{better} runs on {often}: it takes {took_ms:.0f} ms, and {budget_ms:.0f} ms a frame is what there is"
        )
        return _live(engine, settings, interval)
    engine.close()
    _tell(
        notify,
        f"{faster} runs: {better} takes {took_ms:.0f} ms here, too long where {budget_ms:.0f} ms a frame is what there is",
    )
    return _live(_engine(settings, faster, notify), settings)


def _median_ms(engine: Engine, settings: Settings) -> float:
    pixels = np.random.default_rng(0).integers(0, 256, (settings.camera.height, settings.camera.width, 3), np.uint8)
    engine.infer(pixels)  # the first run compiles and allocates
    durations = []
    for _ in range(_TRIALS):
        start = time.perf_counter()
        engine.infer(pixels)
        durations.append((time.perf_counter() - start) * 1e3)
    return statistics.median(durations)


def _tell(notify: Notify, message: str) -> None:
    notify(Notice(Level.INFO, "model", message))
