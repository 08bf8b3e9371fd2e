"""From the model settings to a matter that runs: which network, on which engine, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from u2live.settings import ModelSettings
from u2live.types import Notify

if TYPE_CHECKING:
    from u2live.matting.matter import Matter


def load_matter(model: ModelSettings, notify: Notify) -> Matter:
    """Load the weights and engine that `model` asks for. Takes seconds. Raises WeightsError, EngineError, UsageError."""
    from u2live.matting.ladder import open_engine
    from u2live.matting.matter import Matter
    from u2live.model.weights import load_weights

    weights = load_weights(model.weights)
    return Matter(open_engine(model.engine, weights, model.input_size, notify=notify))
