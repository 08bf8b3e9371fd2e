"""The demo as a source: an animated presenter in a room, live or as a file, with the exact matte of every frame."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from fractions import Fraction

import numpy as np

from u2live.capture.demo.motion import Script
from u2live.capture.demo.scene import Scene
from u2live.capture.source import SourceInfo
from u2live.errors import SourceError, UsageError
from u2live.types import Frame, Size

_SMALLEST, _LARGEST = 32, 8192


class DemoSource:
    """A camera that is not there.

    `read` waits for the next due frame of its own clock; a reader that comes late misses frames, as with a camera, and
    sees it by the gap in `Frame.index`. `frame_count` ends the source after that many frame times; None never ends.
    `render` draws any frame without the clock, together with its alpha.
    """

    def __init__(
        self,
        size: Size = Size(1280, 720),  # noqa: B008 (frozen)
        frame_rate: float = 30,
        seed: int = 0,
        *,
        frame_count: int | None = None,
        script: Script = Script(),  # noqa: B008 (frozen)
    ) -> None:
        if not all(_SMALLEST <= extent <= _LARGEST for extent in (size.width, size.height)):
            raise UsageError(
                f"the demo cannot be {size.width}x{size.height}: choose a size between "
                f"{_SMALLEST}x{_SMALLEST} and {_LARGEST}x{_LARGEST}"
            )
        if not 0 < frame_rate <= 1000:
            raise UsageError(f"the demo cannot run at {frame_rate:g} frames per second: choose a rate between 1 and 240")
        if seed < 0:
            raise UsageError(f"the demo's seed cannot be {seed}: choose 0 or more")
        self._size = size
        self._rate = Fraction(frame_rate).limit_denominator(1001)
        self._seed = seed
        self._count = frame_count
        self._script = script
        self._scene: Scene | None = None
        self._drawing = threading.Lock()  # `render` may be asked while another thread reads
        self._start_ns: int | None = None
        self._next = 0
        self._open = False
        self._stop = threading.Event()

    def open(self) -> SourceInfo:
        """Draw what never changes and set the clock to frame 0."""
        self._ready()
        self._open, self._start_ns, self._next = True, None, 0
        self._stop.clear()
        return SourceInfo("demo", self._size, self._rate, live=True, frame_count=self._count)

    def read(self) -> Frame | None:
        """The next due frame; None after the last one or when `close` was called meanwhile."""
        if not self._open:
            raise SourceError("the demo is not open: open it before reading")
        now = time.monotonic_ns()
        if self._start_ns is None:
            self._start_ns = now
        running = int((now - self._start_ns) * self._rate / 1_000_000_000)
        index = max(self._next, running)
        if self._count is not None and index >= self._count:
            return None
        due = self._start_ns + int(index * 1_000_000_000 / self._rate)
        if due > now and self._stop.wait((due - now) / 1e9):
            return None
        self._next = index + 1
        with self._drawing:
            pixels, _ = self._ready().draw(index, float(index / self._rate))
        return Frame(index, due, pixels)

    def close(self) -> None:
        """Ends a waiting `read`. What was drawn is kept, so opening again costs nothing."""
        self._open = False
        self._stop.set()

    def render(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Frame `index` without the clock: H×W×3 BGR uint8 and its exact alpha, H×W float32 in [0, 1].

        The same for the same seed, size, frame rate, script and index, whatever was drawn before.
        """
        with self._drawing:
            pixels, alpha = self._ready().draw(index, float(index / self._rate))
        return pixels, alpha.astype(np.float32) / np.float32(255)

    def _ready(self) -> Scene:
        if self._scene is None:
            self._scene = Scene(self._size, self._seed, self._script)
        return self._scene


class DemoFile:
    """`demo` as a file: each frame once, as soon as its reader takes it; timestamps count from 0."""

    def __init__(self, demo: DemoSource) -> None:
        self._demo = demo
        self._info: SourceInfo | None = None
        self._next = 0

    def open(self) -> SourceInfo:
        self._info, self._next = replace(self._demo.open(), live=False), 0
        return self._info

    def read(self) -> Frame | None:
        """The next frame, drawn now; None after the last one."""
        if self._info is None:
            raise SourceError("the demo is not open: open it before reading")
        if self._next == self._info.frame_count:
            return None
        index, self._next = self._next, self._next + 1
        pixels, _ = self._demo.render(index)
        return Frame(index, int(index * 1_000_000_000 / self._info.frame_rate), pixels)

    def close(self) -> None:
        self._info = None
        self._demo.close()
