"""Each picture seen twice, as it is and mirrored: where the network is unsure, the two runs rarely go wrong alike.

For what can wait, files and pictures. A mean over mirrored copies is the oldest augmentation at test time (Krizhevsky et
al., "ImageNet classification with deep convolutional neural networks", NIPS 2012).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from u2live.matting.engine import EngineAround
from u2live.types import Array

TINY = 1e-6  # what keeps two maps that flatly contradict each other from dividing by nothing


class MirroredEngine(EngineAround):
    """Runs another engine twice for each picture."""

    def infer(self, pixels: np.ndarray) -> Array:
        """As `Engine.infer`. Raises EngineError."""
        mirrored = mirrored_back(self._engine.infer(np.ascontiguousarray(pixels[:, ::-1])))
        plain = self._engine.infer(pixels)  # last: `picture` is the one that was asked about
        if type(mirrored) is not type(plain):  # a GPU failed between the two, and maps are NumPy arrays from now on
            return plain
        both: Array = agreed(plain, mirrored)
        return both


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
