"""Each picture seen twice, as it is and mirrored: where the network is unsure, the two runs rarely go wrong alike.

For what can wait, files and pictures. A mean over mirrored copies is the oldest augmentation at test time (Krizhevsky et
al., "ImageNet classification with deep convolutional neural networks", NIPS 2012); over sizes, the next (Simonyan and
Zisserman, "Very deep convolutional networks for large-scale image recognition", ICLR 2015).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from u2live.matting.array_ops import ops_for
from u2live.matting.engine import Engine, EngineInfo
from u2live.types import Array

TINY = 1e-6  # what keeps two maps that flatly contradict each other from dividing by nothing

FILLED = 0.4
"""The share of a picture that people who fill it take at least. Measured on portraits, street photographs and people
elsewhere: up to .5 a second look at five quarters of the size is better than one at the same size, by .002 to .01 of mean
IoU, above it worse by .001.
"""
_UNDECIDED = 0.05  # so far on the other side of FILLED the size of the last picture's second look stays


class MirroredEngine:
    """Runs another engine for each picture, and once more for its mirror image: the same one, or a `finer` one where who is
    there does not fill the picture. Maps are as large as the finer one's, where there is one.
    """

    def __init__(self, engine: Engine, finer: Engine | None = None) -> None:
        self._engine = engine
        self._finer = finer
        self._looks_finer: bool | None = None
        self._picture: Array | None = None

    @property
    def info(self) -> EngineInfo:
        return (self._finer or self._engine).info

    @property
    def picture(self) -> Array | None:
        """As `Engine.picture`."""
        return self._picture

    def infer(self, pixels: np.ndarray) -> Array:
        """As `Engine.infer`. Raises EngineError."""
        turned = np.ascontiguousarray(pixels[:, ::-1])
        plain = self._engine.infer(pixels) * 1  # in memory of its own, as in `mirrored_back`
        if self._finer is not None and self._has_room(plain):
            mirrored = mirrored_back(self._finer.infer(turned))
            self._picture = self._engine.picture
        else:
            mirrored = mirrored_back(self._engine.infer(turned))
            shown = self._engine.picture
            self._picture = None if shown is None else mirrored_back(shown)
        if type(mirrored) is type(plain):
            both: Array = agreed(self._sized(plain), self._sized(mirrored))
            return both
        self._picture = None  # a GPU failed: maps are NumPy arrays from now on, and this one is one already
        return self._sized(plain if isinstance(plain, np.ndarray) else mirrored)

    def close(self) -> None:
        """Close both engines. Harmless when called twice."""
        self._engine.close()
        if self._finer is not None:
            self._finer.close()

    def _has_room(self, alpha: Any) -> bool:
        """Whether who is seen leaves so much of the picture free that a finer look is worth it; near the bound, what it was
        for the picture before: the outline of somebody who moves to and fro should not jump.
        """
        margin = {None: 0.0, True: _UNDECIDED, False: -_UNDECIDED}[self._looks_finer]
        self._looks_finer = leaves_room(alpha, FILLED + margin)
        return self._looks_finer

    def _sized(self, alpha: Any) -> Array:
        """`alpha`, as large as `info` says."""
        side = self.info.input_size
        sized: Array = alpha if len(alpha) == side else ops_for(alpha).resize(alpha[None], side, side)[0]
        return sized


def leaves_room(alpha: Any, filled: float = FILLED) -> bool:
    """Whether who is in this map [H, W] takes less of it than `filled`."""
    return bool((alpha > 0.5).sum() < filled * alpha.shape[0] * alpha.shape[1])


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
