"""Each picture seen twice, as it is and mirrored: where the network is unsure, the two runs rarely go wrong alike.

For what can wait, files and pictures. A mean over mirrored copies is the oldest augmentation at test time (Krizhevsky et
al., "ImageNet classification with deep convolutional neural networks", NIPS 2012).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from u2live.matting.engine import Engine, EngineInfo
from u2live.types import Array

TINY = 1e-6  # what keeps two maps that flatly contradict each other from dividing by nothing


class MirroredEngine:
    """An engine that runs another one, which it owns, twice for each picture.

    Only once from where that one has stepped down to a slower device: the rest of a long file would take too long.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._runs_on = _device(engine)

    @property
    def info(self) -> EngineInfo:
        return self._engine.info

    @property
    def picture(self) -> Array | None:
        return self._engine.picture

    def infer(self, pixels: np.ndarray) -> Array:
        """As `Engine.infer`. Raises EngineError."""
        mirrored = None
        if self._runs_on == _device(self._engine):
            mirrored = mirrored_back(self._engine.infer(np.ascontiguousarray(pixels[:, ::-1])))
        plain = self._engine.infer(pixels)  # last: `picture` is the one that was asked about
        if mirrored is None or self._runs_on != _device(self._engine):  # perhaps failed between the two
            return plain
        both: Array = agreed(plain, mirrored)
        return both

    def close(self) -> None:
        self._engine.close()


def _device(engine: Engine) -> tuple[str, str]:
    return engine.info.name, engine.info.device


def mirrored_back(alpha: Any) -> Any:
    """[H, W], its columns in the opposite order, in memory of its own: an engine may write its next map over the last."""
    return alpha[:, ::-1].copy() if isinstance(alpha, np.ndarray) else alpha.flip(1)


def agreed(one: Any, other: Any) -> Any:
    """Two maps in [0, 1], of one kind and shape → the sigmoid of the mean of their logits: who is sure counts more.

    The normalised geometric mean (Hinton, "Products of experts", ICANN 1999).
    """
    yes = (one * other) ** 0.5
    no = ((1 - one) * (1 - other)) ** 0.5
    return (yes + TINY) / (yes + no + 2 * TINY)
