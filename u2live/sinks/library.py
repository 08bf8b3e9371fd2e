"""The recordings in a folder, as a list with pictures."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from u2live.sinks.formats import FORMATS
from u2live.sinks.png_sequence import LIST_NAME
from u2live.types import Size


@dataclass(frozen=True, slots=True)
class RecordingInfo:
    """One recording; `seconds` is None where the file does not say, `modified_s` counts from 1970."""

    path: Path
    size_bytes: int
    modified_s: float
    seconds: float | None
    size: Size | None
    has_sound: bool


def recordings(folder: Path) -> list[RecordingInfo]:
    """Everything recorded in `folder`, the newest first; none where there is no folder. Reads each file's header."""
    found = []
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            with contextlib.suppress(OSError):
                if path.name.startswith("."):
                    continue
                if path.suffix.lower() in FORMATS and path.is_file():
                    found.append(_file(path))
                elif (path / LIST_NAME).is_file():
                    found.append(_sequence(path))
    return sorted(found, key=lambda info: info.modified_s, reverse=True)


def thumbnail(path: Path, width: int = 160) -> np.ndarray | None:
    """A picture from the beginning of a recording, H×W×3 BGR with that width; None when it has none that can be read."""
    if os.path.isdir(path):
        picture = cv2.imread(str(path / "000000.png"))
    else:
        picture = _first_picture(path)
    if picture is None:
        return None
    height = max(1, round(picture.shape[0] * width / picture.shape[1]))
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def _file(path: Path) -> RecordingInfo:
    import av

    status = path.stat()
    seconds, size, has_sound = None, None, False
    with contextlib.suppress(av.FFmpegError, ValueError), av.open(str(path), metadata_errors="replace") as container:
        if container.duration:
            seconds = container.duration / 1e6
        has_sound = bool(container.streams.audio)
        if container.streams.video:
            stream = container.streams.video[0]
            size = Size(stream.width, stream.height)
    return RecordingInfo(path, status.st_size, status.st_mtime, seconds, size, has_sound)


def _sequence(path: Path) -> RecordingInfo:
    lines = (path / LIST_NAME).read_text(encoding="utf-8").splitlines()
    seconds = sum(float(line.split()[1]) for line in lines if line.startswith("duration "))
    size_bytes = sum(entry.stat().st_size for entry in path.iterdir())
    return RecordingInfo(path, size_bytes, (path / LIST_NAME).stat().st_mtime, seconds, None, has_sound=False)


def _first_picture(path: Path) -> np.ndarray | None:
    import av

    with (
        contextlib.suppress(av.FFmpegError, ValueError, OSError),
        av.open(str(path), metadata_errors="replace") as container,
    ):
        if container.duration:
            container.seek(min(container.duration // 10, 1_000_000))
        for frame in container.decode(video=0):
            return frame.to_ndarray(format="bgr24")
    return None
