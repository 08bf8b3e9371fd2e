"""What can stand behind the person.

The compositors know four kinds: `Original` (no effect), `Transparent`, `Blur` of the room itself, and `Picture`, which is
everything that has pixels of its own: a colour, an image, a video, a slideshow.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from u2live.compose.fit import fitted
from u2live.types import Size


class Background:
    """One background. The compose thread uses it; `close` releases its file and thread and is harmless when called twice."""

    def close(self) -> None:
        return None


class Original(Background):
    """No effect: the frame leaves as it came."""


class Transparent(Background):
    """No background: the composite carries its alpha."""


class Blur(Background):
    """The room itself, blurred. `strength` lies above 0, up to 100: `sigma` is the Gaussian's, in parts of the height.

    Even the smallest strength has a σ of 0.4 % of the height (3 px at 720p): a note on the wall is no longer legible.
    """

    def __init__(self, strength: float) -> None:
        self.strength = strength
        self.sigma = 0.004 + 0.056 * (strength / 100) ** 1.5


class Picture(Background, ABC):
    """A background with pixels of its own."""

    def prepare(self, size: Size) -> None:
        """Get ready for frames of this size before the first one comes."""
        return

    @abstractmethod
    def picture_at(self, size: Size, timestamp_ns: int) -> np.ndarray:
        """The picture for a composite of this size and time: H×W×3 uint8 BGR, never written to.

        As long as the same picture stands, the same array comes back. A picture that moves counts its time from the first
        timestamp it is asked for.
        """


class Color(Picture):
    """One colour, as (blue, green, red)."""

    def __init__(self, color: tuple[int, int, int]) -> None:
        self.color = color
        self._picture = np.empty((0, 0, 3), np.uint8)

    def prepare(self, size: Size) -> None:
        if self._picture.shape[:2] != (size.height, size.width):
            self._picture = np.full((size.height, size.width, 3), self.color, np.uint8)

    def picture_at(self, size: Size, timestamp_ns: int) -> np.ndarray:
        self.prepare(size)
        return self._picture


class Image(Picture):
    """A still picture, fitted once per frame size. `picture` is H×W×3 uint8 BGR."""

    def __init__(self, picture: np.ndarray, fit: str) -> None:
        self._whole = picture
        self._fit = fit
        self._picture = np.empty((0, 0, 3), np.uint8)

    def prepare(self, size: Size) -> None:
        if self._picture.shape[:2] != (size.height, size.width):
            self._picture = fitted(self._whole, size, self._fit)

    def picture_at(self, size: Size, timestamp_ns: int) -> np.ndarray:
        self.prepare(size)
        return self._picture
