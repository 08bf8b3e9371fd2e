"""Sources, mattes and sinks whose every picture can be told apart, for the tests of the pipeline's promises.

The network is replaced by a matter that reads a frame's number out of its pixels and writes it into the matte, so that a
frame painted with another frame's matte would show. What the real network does is tested elsewhere, on real clips.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from u2live.capture.source import SourceInfo
from u2live.errors import EngineError, SinkError, SourceError
from u2live.matting.engine import EngineInfo
from u2live.settings import Settings, with_value
from u2live.sinks.sink import Delivery
from u2live.types import Composite, Frame, MattedFrame, Size

SIZE = Size(64, 48)
RED = with_value(Settings(), "background.choice", "color:#ff0000")
RAW_BLUE = 200
"""The blue of every raw frame: no background or placeholder here has it where the matte is 0."""


def numbered(index: int) -> np.ndarray:
    """A raw frame that carries its number in green and is blue all over."""
    pixels = np.zeros((SIZE.height, SIZE.width, 3), np.uint8)
    pixels[..., 0] = RAW_BLUE
    pixels[..., 1] = index % 250
    return pixels


class Numbered:
    """A source of `count` numbered frames; live ones come every 5 ms. `lose_at` raises once at that frame."""

    def __init__(self, count: int | None, *, live: bool, lose_at: int | None = None) -> None:
        self.count = count
        self.live = live
        self.lose_at = lose_at
        self.absent = False
        self.opened = 0
        self.closed = 0
        self._index = 0

    def open(self) -> SourceInfo:
        if self.absent:
            raise SourceError("no camera 0: plug one in")
        self.opened += 1
        return SourceInfo("numbered", SIZE, Fraction(30), self.live, None if self.live else self.count)

    def read(self) -> Frame | None:
        if self.lose_at is not None and self._index >= self.lose_at:
            self.lose_at = None
            self.absent = self.live
            raise SourceError("the camera was unplugged: plug it in again")
        if self.count is not None and self._index >= self.count:
            return None
        if self.live:
            time.sleep(0.005)
        index = self._index
        self._index += 1
        timestamp = time.monotonic_ns() if self.live else index * 33_000_000
        return Frame(index, timestamp, numbered(index))

    def close(self) -> None:
        self.closed += 1


class NumberMatter:
    """The left half of the frame is the subject, with an opacity that tells the frame's number."""

    info = EngineInfo("torch", "test", "fp32", 32)

    def __init__(self, delay_s: float = 0.0, fail_at: int | None = None) -> None:
        self.delay_s = delay_s
        self.fail_at = fail_at
        self.resets = 0
        self.closed = False

    def matte(self, frame: Frame, _settings: Any) -> MattedFrame:
        if frame.index == self.fail_at:
            raise EngineError("the device is gone: restart the program")
        time.sleep(self.delay_s)
        alpha = np.zeros(frame.pixels.shape[:2], np.float32)
        alpha[:, : SIZE.width // 2] = frame.pixels[0, 0, 1] / 250
        return MattedFrame(frame, alpha, np.full_like(frame.pixels, 255))

    def reset(self) -> None:
        self.resets += 1

    def close(self) -> None:
        self.closed = True


class Collector:
    """A sink that keeps everything; `slow_s` a write, failing at `fail_at`, gated by `gate`."""

    def __init__(self, name: str = "collector", delivery: Delivery = Delivery.EVERY, slow_s: float = 0.0) -> None:
        self.name = name
        self.delivery = delivery
        self.slow_s = slow_s
        self.fail_at: int | None = None
        self.opened: tuple[Size, Fraction] | None = None
        self.closed = 0
        self.composites: list[Composite] = []

    def open(self, size: Size, frame_rate: Fraction) -> None:
        self.opened = (size, frame_rate)

    def write(self, composite: Composite) -> None:
        if self.fail_at is not None and len(self.composites) >= self.fail_at:
            raise SinkError("the disk is full: make room")
        time.sleep(self.slow_s)
        self.composites.append(composite)

    def close(self) -> None:
        self.closed += 1


def until(condition: Callable[[], object], what: str, timeout_s: float = 10.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.005)


def carries_its_own_matte(composite: Composite) -> bool:
    """White blended over red by the frame's number: any other frame's matte gives another pink."""
    expected = 255 * (composite.index % 250) / 250
    return abs(float(composite.pixels[10, 5, 0]) - expected) <= 1.5


def shows_the_room(composite: Composite) -> bool:
    """Whether the raw frame's blue stands in the half that the background covers."""
    right = composite.pixels[:, SIZE.width // 2 + 4 :, :]
    return bool(((right[..., 0] == RAW_BLUE) & (right[..., 2] == 0)).any())
