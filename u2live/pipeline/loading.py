"""From the settings to a matter that runs: which network, on which engine."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from u2live.pipeline.fitting import Model, fitting
from u2live.settings import Settings
from u2live.types import Level, Notice, Notify, Size

if TYPE_CHECKING:
    from u2live.matting.engine import Engine
    from u2live.matting.matter import Matter

SMALLEST_SHARE = 0.7
"""Of the finest size that weights were trained at. Measured after refinement, portraits are as good at three quarters of it
as at the whole, furniture is left standing more often; at five eighths some people are missed altogether (before refinement,
portraits elsewhere: mean IoU .933 at three quarters, .873 at five eighths, though trained at that size too)."""

FINER = 1.25
"""How many times as fine as weights were trained at the second of two looks is, where people leave room for it."""


def asks_for(settings: Settings) -> tuple[object, ...]:
    """What the choice of network and engine depends on: while this stays the same, what runs stays right.

    Only `auto` weights look at the rate. They do not look at the size, which the network's time hardly depends on.
    """
    return settings.model, settings.camera.frame_rate if settings.model.weights == "auto" else None


def load_live_matter(settings: Settings, notify: Notify) -> Matter:
    """Weights and engine for a live picture. Takes seconds. Raises WeightsError, EngineError, UsageError.

    With `auto` weights the person U2NETP runs where it can on every frame, on an NVIDIA GPU with time to spare seeing each
    frame twice. Else the student does: at the finest size that it was trained at where one run takes no longer than a frame
    and a half, else at a smaller one; on every second to fifth frame, if need be, with its matte carried to those between.
    Which and why is told. A file that is played (`run`, the window) is live here: it is to keep its rate, although it drops
    nothing.
    """
    models = live_models(settings)
    if not models:
        engine = _engine(settings, Model(settings.model.weights, settings.model.input_size), notify)
        return _live(engine, settings)
    camera = settings.camera

    def open_engine(model: Model) -> Engine:
        return _engine(settings, model, notify)

    found = fitting(
        (replace(models[0], looks=2), *models), camera.frame_rate, Size(camera.width, camera.height), open_engine
    )
    notify(Notice(Level.INFO, "model", found.why))
    return _live(found.engine, settings, found.interval)


def load_best_matter(settings: Settings, notify: Notify) -> Matter:
    """`load_best_engine` as a matter, for `process`. Raises as live."""
    from u2live.matting.matter import Matter

    return Matter(load_best_engine(settings, notify), keyframe_interval=settings.model.keyframe_interval)


def load_best_engine(settings: Settings, notify: Notify) -> Engine:
    """For files and pictures, which can wait: with `auto` weights the better person model, and any that say so at the finest
    size that they were trained at. Raises as live.
    """
    name, finest = _best(settings)
    return _engine(settings, Model(name, settings.model.input_size or finest), notify)


def load_finer_engine(settings: Settings, notify: Notify) -> Engine | None:
    """For the second of two looks: what `load_best_engine` takes, but at a finer size. None where a size was asked for or
    the weights do not say what they were made for. Raises as live.
    """
    name, finest = _best(settings)
    if settings.model.input_size or not finest:
        return None
    return _engine(settings, Model(name, int(FINER * finest)), notify)


def _best(settings: Settings) -> tuple[str, int]:
    """The weights' name or path, and the finest size that they were trained at, 0 where they do not say."""
    from u2live.model.registry import find_weights, stored_metadata, trained_sizes

    models = live_models(settings)
    name = models[0].name if models else settings.model.weights
    sizes = trained_sizes(stored_metadata(find_weights(name).path))
    return name, sizes[0] if sizes else 0


def live_models(settings: Settings) -> tuple[Model, ...]:
    """What `auto` chooses between, the best first, the last at all the sizes that it was trained at; nothing where something
    else is asked for.
    """
    from u2live.model.registry import ENVIRONMENT_VARIABLE, person_weights, stored_metadata, trained_sizes

    if settings.model.weights != "auto" or os.environ.get(ENVIRONMENT_VARIABLE):
        return ()
    files = person_weights()
    asked = settings.model.input_size
    models: list[Model] = []
    for place, name in enumerate(files, 1):
        last = place == len(files)
        trained = trained_sizes(stored_metadata(files[name])) if last and not asked else ()
        sizes = [size for size in trained if size >= SMALLEST_SHARE * trained[0]]
        models += [Model(name, size) for size in sizes or [asked]]
    return tuple(models)


def _live(engine: Engine, settings: Settings, interval: int = 1) -> Matter:
    """A matter that rests while nothing moves: nobody sees the difference, and the fan hears it."""
    from u2live.matting.matter import Matter
    from u2live.matting.stillness import Stillness

    interval = max(interval, settings.model.keyframe_interval)
    return Matter(engine, keyframe_interval=interval, stillness=Stillness())


def _engine(settings: Settings, model: Model, notify: Notify) -> Engine:
    from u2live.matting.ladder import open_engine
    from u2live.model.stored import StoredWeights

    return open_engine(settings.model.engine, StoredWeights(model.name), model.input_size, looks=model.looks, notify=notify)
