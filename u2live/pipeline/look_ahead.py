"""Smoothing in both directions of time, for files, which can be read ahead.

Live smoothing knows only the past, so what moves is held back a little. Here each matte is the mean of one steadied from
the past and one steadied, by the same rules, from the frames that follow: what is held back on one side is hurried on the
other. On the demo the error at moving edges falls from 0.1325 to 0.1301 (unsmoothed 0.1283) and dtSSD from 2.97 to 2.95.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from u2live.capture.orient import oriented
from u2live.capture.source import Source, SourceInfo
from u2live.matting.array_ops import ops_for
from u2live.matting.islands import Islands
from u2live.matting.matter import finish, small_views
from u2live.matting.temporal import Smoother
from u2live.types import Frame, MattedFrame

if TYPE_CHECKING:
    from u2live.matting.array_ops import Stack
    from u2live.matting.engine import Engine, EngineInfo
    from u2live.settings import CameraSettings, MatteSettings

FRAMES_AHEAD = 4
"""Further ones change nothing: measured with 4, 8 and 12."""
_KEPT = 16
"""More than any reader is behind."""


class LookAheadSource:
    """A source that does not wait for its reader, read some frames ahead; `following` shows them."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._frames: deque[Frame] = deque()
        self._given = 0
        self._ended = False

    def open(self) -> SourceInfo:
        """Raises SourceError."""
        with self._lock:
            self._frames.clear()
            self._given = 0
        self._ended = False
        return self._source.open()

    def read(self) -> Frame | None:
        """The next frame; those that `following` will be asked for are read before it is given. Raises SourceError."""
        while not self._ended and len(self._frames) - self._given <= FRAMES_AHEAD:
            frame = self._source.read()
            with self._lock:
                if frame is None:
                    self._ended = True
                else:
                    self._frames.append(frame)
        with self._lock:
            if self._given == len(self._frames):
                return None
            self._given += 1
            frame = self._frames[self._given - 1]
            while self._given > _KEPT:  # nobody asks, as with no effect
                self._frames.popleft()
                self._given -= 1
            return frame

    def following(self, frame: Frame) -> list[Frame]:
        """`frame` and those after it, FRAMES_AHEAD at most. Frames before it are forgotten."""
        with self._lock:
            while self._frames and self._frames[0].index < frame.index:
                self._frames.popleft()
                self._given -= 1
            return list(self._frames)[: FRAMES_AHEAD + 1]

    def close(self) -> None:
        self._source.close()


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the network saw in one frame: map and luma [1, S, S]."""

    saliency: Stack
    luma: Stack
    timestamp_ns: int


class LookAheadMatter:
    """As a Matter, but it has looked at what follows. It lends the engine and does not close it."""

    def __init__(self, engine: Engine, source: LookAheadSource, camera: CameraSettings) -> None:
        self._engine = engine
        self._source = source
        self._camera = camera
        self._seen: dict[int, _Seen] = {}
        self._from_past = Smoother()
        self._islands = Islands()

    @property
    def info(self) -> EngineInfo:
        return self._engine.info

    def matte(self, frame: Frame, settings: MatteSettings) -> MattedFrame:
        """The matte of this very frame. Raises EngineError when no engine works any more."""
        following = self._source.following(frame)
        for ahead in following:
            if ahead.index not in self._seen:
                self._seen[ahead.index] = self._look_at(ahead)
        self._seen = {index: seen for index, seen in self._seen.items() if index >= frame.index}
        now = self._seen[frame.index]
        ops = ops_for(now.saliency)
        forward = self._from_past.steady(ops, now.saliency, now.luma, frame.timestamp_ns, settings.steadiness)
        backward, from_future = now.saliency, Smoother()
        for ahead in reversed(following):
            seen = self._seen[ahead.index]
            backward = from_future.steady(ops, seen.saliency, seen.luma, -seen.timestamp_ns, settings.steadiness)
        steady = self._islands.cleared(ops, (forward + backward) / 2, now.luma, frame.timestamp_ns)
        pixels = ops.from_host(np.ascontiguousarray(frame.pixels), now.saliency)
        picture, _ = small_views(ops, pixels, now.saliency.shape[1])
        return MattedFrame(frame, *finish(ops, steady, picture, pixels, settings))

    def _look_at(self, frame: Frame) -> _Seen:
        pixels = np.ascontiguousarray(oriented(frame.pixels, self._camera))
        saliency = self._engine.infer(pixels)[None]
        ops = ops_for(saliency)
        _, luma = small_views(ops, ops.from_host(pixels, saliency), saliency.shape[1])
        # A new array, too: an engine may use the memory of its result again.
        return _Seen(ops.finite(saliency), luma, frame.timestamp_ns)

    def reset(self) -> None:
        self._from_past.reset()
        self._islands.reset()
        self._seen.clear()

    def close(self) -> None:
        self.reset()
