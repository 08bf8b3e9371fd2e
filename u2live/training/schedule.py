"""How far a run is, and how fast it learns there."""

from __future__ import annotations

import math

from u2live.training.config import TrainConfig


def progress(config: TrainConfig, step: int, elapsed_s: float, steps_per_epoch: int) -> float:
    """0 at the start, 1 at the end: by the clock, or by the pictures seen."""
    if config.minutes > 0:
        return min(1.0, elapsed_s / (60 * config.minutes))
    return min(1.0, step / total_steps(config, steps_per_epoch))


def total_steps(config: TrainConfig, steps_per_epoch: int) -> int:
    return max(1, round(config.epochs * steps_per_epoch))


def learning_rate(config: TrainConfig, step: int, done: float) -> float:
    """A short linear warm-up, then a cosine from `rate` down to `final_rate` of it (Loshchilov and Hutter, SGDR, 2017)."""
    warm = min(1.0, (step + 1) / max(1, config.warm_up_steps))
    cosine = (1 + math.cos(math.pi * done)) / 2
    return config.rate * warm * (config.final_rate + (1 - config.final_rate) * cosine)
