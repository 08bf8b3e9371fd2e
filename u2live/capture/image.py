"""Still pictures: as one frame, or shown again and again like a camera's."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from u2live.capture.file import check_readable
from u2live.capture.source import SourceInfo
from u2live.capture.ticker import Ticker
from u2live.errors import SourceError
from u2live.types import Frame, Size

IMAGE_SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".jp2", ".bmp", ".dib", ".webp", ".avif", ".tif", ".tiff", ".pbm", ".pgm", ".ppm"}
)
_MOST_PIXELS = 1 << 27  # 128 Mpx; more would take gigabytes before anyone notices the slip


def load_picture(path: Path) -> np.ndarray:
    """The picture in `path` as H×W×3 uint8 BGR, turned as its EXIF orientation says; alpha is dropped, 16 bit becomes 8.

    Raises SourceError: missing, unreadable, empty, not a picture, or far too large.
    """
    check_readable(path)
    try:
        # Not cv2.imread: on Windows it cannot open names outside the code page.
        data = np.frombuffer(path.read_bytes(), dtype=np.uint8)
        pixels = cv2.imdecode(data, cv2.IMREAD_COLOR)
    except (cv2.error, OSError, MemoryError) as error:
        reason = str(error).strip().splitlines()[-1]
        raise SourceError(f"the picture {path} cannot be read: {reason}") from None
    if pixels is None:
        raise SourceError(f"{path} is not a picture that can be read; open it to check, or save it as PNG")
    if pixels.shape[0] * pixels.shape[1] > _MOST_PIXELS:
        raise SourceError(f"{path} is {pixels.shape[1]}×{pixels.shape[0]}, too large to work on; make it smaller first")
    return np.ascontiguousarray(pixels)


class ImageSource:
    """A picture as a Source of exactly one frame."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._open = False
        self._pixels: np.ndarray | None = None

    def open(self) -> SourceInfo:
        """Raises SourceError."""
        self._pixels = load_picture(self.path)
        self._open = True
        return SourceInfo(self.path.name, _size(self._pixels), Fraction(1), live=False, frame_count=1)

    def read(self) -> Frame | None:
        """The picture, then None. Raises SourceError when the source is not open."""
        if not self._open:
            raise SourceError(f"{self.path.name} is not open")
        pixels, self._pixels = self._pixels, None
        return None if pixels is None else Frame(0, 0, pixels)

    def close(self) -> None:
        self._open = False
        self._pixels = None


class RepeatedImage:
    """A picture as a live Source: the same picture at a steady rate on the monotonic clock, without an end.

    Every frame carries the same array, which by the contract nobody writes to. `close` may come from any thread and ends
    a waiting `read` with None.
    """

    def __init__(self, path: Path | str, frame_rate: Fraction | float = 30) -> None:
        self.path = Path(path)
        self._rate = Fraction(frame_rate).limit_denominator(1001)
        self._ticker: Ticker | None = None

    def open(self) -> SourceInfo:
        """Raises SourceError."""
        self.close()
        self._pixels = load_picture(self.path)
        self._index = 0
        self._ticker = Ticker(self._rate)
        return SourceInfo(self.path.name, _size(self._pixels), self._rate, live=True)

    def read(self) -> Frame | None:
        """The picture at the next tick. Raises SourceError when the source is not open."""
        ticker = self._ticker
        if ticker is None:
            raise SourceError(f"{self.path.name} is not open")
        if not ticker.wait():
            return None
        frame = Frame(self._index, time.monotonic_ns(), self._pixels)
        self._index += 1
        return frame

    def close(self) -> None:
        ticker, self._ticker = self._ticker, None
        if ticker is not None:
            ticker.stop()


def _size(pixels: np.ndarray) -> Size:
    return Size(pixels.shape[1], pixels.shape[0])
