"""Composites as numbered PNG files: lossless, with straight alpha, each picture on its own."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from fractions import Fraction
from pathlib import Path
from typing import TextIO

import cv2
import numpy as np

from u2live.errors import SinkError
from u2live.sinks.canvas import matte_picture
from u2live.sinks.disk_errors import write_error
from u2live.sinks.output_file import temporary_beside
from u2live.sinks.pause import Pause
from u2live.sinks.recording_status import Layout, RecordingStatus
from u2live.sinks.sink import Delivery
from u2live.sinks.space import SpaceWatch
from u2live.sinks.timeline import TIME_BASE, Timeline
from u2live.sinks.unfinished import Marker
from u2live.sinks.video_track import Content
from u2live.types import Composite, Notify, Size

LIST_NAME = "frames.ffconcat"
"""Names each picture with how long it is shown: `ffmpeg -i frames.ffconcat` plays them at their own speed."""


class PngSequence:
    """A folder of 000000.png, 000001.png … in the sizes they come in, and a list that says how long each is shown.

    The list grows with the pictures, so that a sequence that was cut off plays. In the finished layout the folder stands
    under a temporary name until `keep`. There is no sound in it.
    """

    name = "recorder"
    delivery = Delivery.EVERY
    sound = None

    def __init__(
        self,
        path: Path,
        *,
        layout: Layout = Layout.GROWING,
        content: Content = Content.COMPOSITE,
        overwrite: bool = False,
        notify: Notify = lambda _: None,
    ) -> None:
        """`path` is the folder, made by `open`. It must be missing or empty unless `overwrite`."""
        self.path = Path(path)
        self._layout = layout
        self._content = content
        self._overwrite = overwrite
        self._notify = notify
        self._folder: Path | None = None
        self._kept: Path | None = None
        self._pause = Pause()
        self._timeline: Timeline | None = None
        self._space: SpaceWatch | None = None
        self._marker: Marker | None = None
        self._list: TextIO | None = None
        self._frames = 0
        self._last_ticks = 0
        self._size_bytes = 0

    @property
    def status(self) -> RecordingStatus:
        return RecordingStatus(
            seconds=self._timeline.seconds if self._timeline else 0.0,
            size_bytes=self._size_bytes,
            frames=self._frames,
            paused=self._pause.wanted,
            minutes_left=self._space.minutes_left if self._space else None,
            encoder="png",
        )

    def pause(self) -> None:
        self._pause.begin()

    def resume(self) -> None:
        self._pause.end()

    def open(self, size: Size, frame_rate: Fraction) -> None:
        self.close()
        self.discard()
        if not self._overwrite and _is_filled(self.path):
            raise SinkError(f"the folder {self.path} is not empty: choose another one, or allow overwriting (--overwrite)")
        folder = self.path if self._layout is Layout.GROWING else temporary_beside(self.path)
        try:
            folder.mkdir(exist_ok=self._layout is Layout.GROWING)
            _remove_sequence(folder)
        except OSError as error:
            raise write_error(self.path, error) from error
        self._folder = self._kept = folder
        self._frame_rate = frame_rate
        self._timeline = None
        self._space = SpaceWatch(folder / LIST_NAME, self._notify) if self._layout is Layout.GROWING else None
        self._marker = Marker(self.path) if self._layout is Layout.GROWING else None
        self._frames = 0
        self._size_bytes = 0

    def write(self, composite: Composite) -> None:
        if self._folder is None:
            raise SinkError(f"the sequence {self.path} is not open: start a new one")
        if self._pause.leaves_out(composite.timestamp_ns, self._timeline, None):
            return
        if self._timeline is None:
            self._timeline = Timeline(self._frame_rate, composite.timestamp_ns)
        path = self._folder / _name(self._frames)
        try:
            data = _png(self._picture(composite))
            path.write_bytes(data)
            self._list_picture(self._timeline.ticks(composite.timestamp_ns), path.name)
        except OSError as error:
            with contextlib.suppress(OSError):
                path.unlink()
            self._release()
            raise write_error(self.path, error) from error
        self._size_bytes += len(data)
        self._frames += 1
        if self._space is not None and self._space.is_exhausted(self._size_bytes):
            self.close()
            raise SinkError(f"the disk is almost full: {self.path} was finished in time; free some space to record on")

    def close(self) -> None:
        folder = self._folder
        if folder is None:
            return
        try:
            if self._list is not None and self._timeline is not None:
                self._list.write(_duration(self._timeline.frame_ticks))
                self._list.flush()
        except OSError as error:
            self._release()
            raise write_error(self.path, error) from error
        self._release()
        if not self._frames:
            with contextlib.suppress(OSError):
                folder.rmdir()
        if self._marker is not None:
            self._marker.remove()

    def _list_picture(self, ticks: int, name: str) -> None:
        """How long the one before is shown is known now."""
        assert self._folder is not None
        if self._list is None:
            self._list = (self._folder / LIST_NAME).open("w", encoding="utf-8")
            self._list.write("ffconcat version 1.0\n")
        else:
            self._list.write(_duration(ticks - self._last_ticks))
        self._list.write(f"file {name}\n")
        self._list.flush()
        self._last_ticks = ticks

    def _release(self) -> None:
        """Let go of everything; what is written stays."""
        self._folder = None
        listed, self._list = self._list, None
        if listed is not None:
            with contextlib.suppress(OSError):
                listed.close()
        if self._marker is not None:
            self._marker.leave()

    def keep(self) -> None:
        """Give a finished folder its own name. Raises SinkError, also when that name is taken by now."""
        if self._layout is Layout.GROWING or self._kept is None:
            return
        try:
            if os.path.isdir(self.path):
                if not self._overwrite and _is_filled(self.path):
                    raise FileExistsError(self.path)
                _remove_sequence(self.path)
                for made in self._kept.iterdir():
                    made.replace(self.path / made.name)
            else:
                self._kept.rename(self.path)
        except OSError as error:
            raise write_error(self.path, error) from error
        finally:
            self.discard()

    def discard(self) -> None:
        """Delete a finished folder that was not kept."""
        if self._layout is Layout.FINISHED and self._kept is not None:
            shutil.rmtree(self._kept, ignore_errors=True)
        self._kept = None

    def _picture(self, composite: Composite) -> np.ndarray:
        if self._content is Content.MATTE:
            return matte_picture(composite)[..., 0]
        if self._content is Content.COMPOSITE and composite.alpha is not None:
            return np.dstack((composite.pixels, composite.alpha))
        return composite.pixels


def _is_filled(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except OSError:  # not there, or making it will tell
        return False


def _remove_sequence(folder: Path) -> None:
    """Delete the sequence that lies in `folder`, if there is one: what its list names, and nothing else. Raises OSError."""
    listed = folder / LIST_NAME
    if not listed.exists():
        return
    for line in listed.read_text(encoding="utf-8", errors="replace").splitlines():
        name = line.removeprefix("file ")
        if re.fullmatch(r"\d{6,}\.png", name):
            (folder / name).unlink(missing_ok=True)
    listed.unlink()


def _name(index: int) -> str:
    return f"{index:06d}.png"


def _duration(ticks: int) -> str:
    return f"duration {float(ticks * TIME_BASE):.6f}\n"


def _png(pixels: np.ndarray) -> bytes:
    """Compressed little: four times as fast, a tenth larger."""
    return cv2.imencode(".png", np.ascontiguousarray(pixels), [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()
