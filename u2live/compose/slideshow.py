"""A folder of pictures as the background."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from u2live.compose.backgrounds import Picture
from u2live.compose.clock import OwnClock
from u2live.compose.fit import fitted
from u2live.compose.pictures import read_picture
from u2live.errors import UsageError
from u2live.types import Level, Notice, Notify, Size

FADE_S = 0.8


@dataclass(frozen=True, slots=True)
class _Slide:
    """A picture as it was read, and as it fills the frame."""

    whole: np.ndarray
    fitted: np.ndarray


class Slideshow(Picture):
    """Pictures in turn, each for `slide_seconds`, melting softly into the next; read ahead in a thread of their own.

    Live, nothing waits for a slide: one that is not there yet leaves the last one standing. Unreadable pictures are left
    out. Raises UsageError when all of them are unreadable.
    """

    def __init__(
        self, paths: list[Path], fit: str, slide_seconds: float, *, live: bool, notify: Notify | None = None
    ) -> None:
        self._fit = fit
        self._slide_ns = round(slide_seconds * 1e9)
        self._fade = min(FADE_S / slide_seconds, 0.5)  # as a part of the slide's time
        self._live = live
        self._notify = notify
        self._clock = OwnClock()
        self._drawn = self._readable(paths)
        first = next(self._drawn, None)
        if first is None:
            raise UsageError(f"none of the {len(paths)} pictures in {paths[0].parent} can be read; choose another folder")
        self._size: Size | None = None
        self._slides: dict[int, Future[_Slide | None]] = {0: Future()}
        self._slides[0].set_result(_Slide(first, first))
        self._standing = first
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="background slides")

    def prepare(self, size: Size) -> None:
        """Begin with pictures fitted for frames of this size."""
        if self._size == size:
            return
        self._size = size
        for index, slide in self._slides.items():
            self._slides[index] = self._reader.submit(self._refitted, slide, size)
        self._standing = fitted(self._standing, size, self._fit)

    def picture_at(self, size: Size, timestamp_ns: int) -> np.ndarray:
        self.prepare(size)
        index, into_ns = divmod(self._clock.elapsed_ns(timestamp_ns), self._slide_ns)
        for gone in [known for known in self._slides if known < index]:
            del self._slides[gone]
        present, following = self._slide(index, size), self._slide(index + 1, size)
        if present is not None:
            self._standing = present.fitted
        melted = (into_ns / self._slide_ns - (1 - self._fade)) / self._fade
        if melted <= 0 or following is None:
            return self._standing
        share = melted * melted * (3 - 2 * melted)  # smoothstep
        return cv2.addWeighted(following.fitted, share, self._standing, 1 - share, 0)

    def close(self) -> None:
        self._reader.shutdown(wait=False, cancel_futures=True)

    def _slide(self, index: int, size: Size) -> _Slide | None:
        """The slide, begun at the latest now; None while it is not there and nothing may wait."""
        if index not in self._slides:
            self._slides[index] = self._reader.submit(self._next_slide, size)
        slide = self._slides[index]
        return slide.result() if slide.done() or not self._live else None

    def _next_slide(self, size: Size) -> _Slide | None:
        whole = next(self._drawn, None)
        return None if whole is None else _Slide(whole, fitted(whole, size, self._fit))

    def _refitted(self, former: Future[_Slide | None], size: Size) -> _Slide | None:
        slide = former.result()
        return None if slide is None else _Slide(slide.whole, fitted(slide.whole, size, self._fit))

    def _readable(self, paths: list[Path]) -> Iterator[np.ndarray]:
        """The pictures over and over without those that cannot be read; ends when none is left."""
        remaining = list(paths)
        while remaining:
            for path in list(remaining):
                try:
                    yield read_picture(path)
                except UsageError as error:
                    remaining.remove(path)
                    if self._notify is not None:
                        self._notify(Notice(Level.WARNING, "background", f"{error} (left out of the slideshow)"))
