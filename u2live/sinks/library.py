"""The recordings in a folder: a list with pictures, and giving them other names."""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from u2live.errors import SinkError
from u2live.paths import user_cache_dir
from u2live.sinks.disk_errors import write_error
from u2live.sinks.formats import FORMATS
from u2live.sinks.output_file import move_into_place
from u2live.sinks.png_sequence import LIST_NAME
from u2live.sinks.recording import fits_names, matte_beside
from u2live.sinks.unfinished import State, size_of, state_of
from u2live.types import Size

_KEPT_THUMBNAILS = 500


@dataclass(frozen=True, slots=True)
class RecordingInfo:
    """One recording; `seconds` is None where the file does not say, `modified_s` counts from 1970.

    `matte` is the second file of a recording whose matte lies beside its colours; `size_bytes` counts both.
    """

    path: Path
    size_bytes: int
    modified_s: float
    seconds: float | None
    size: Size | None
    has_sound: bool
    state: State = State.FINISHED
    matte: Path | None = None


def recording_paths(folder: Path) -> list[Path]:
    """Everything recorded in `folder`, the newest first; none where there is no folder. Opens nothing."""
    found: list[tuple[float, str, Path]] = []
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            with contextlib.suppress(OSError):
                if _is_recording(path):
                    found.append((path.stat().st_mtime, path.name, path))
    paths = [path for _, _, path in sorted(found, reverse=True)]
    mattes = {matte_beside(path) for path in paths}
    return [path for path in paths if path not in mattes]


def recording_info(path: Path) -> RecordingInfo:
    """What the list tells of one recording. Reads its header. Raises OSError for one that is gone."""
    info = _sequence(path) if path.is_dir() else _file(path)
    info = replace(info, state=state_of(path))
    matte = matte_beside(path)
    if os.path.exists(matte):
        info = replace(info, matte=matte, size_bytes=info.size_bytes + size_of(matte))
    return info


def recordings(folder: Path) -> list[RecordingInfo]:
    """What `recording_info` tells of all in `folder`, the newest first."""
    found = []
    for path in recording_paths(folder):
        with contextlib.suppress(OSError):
            found.append(recording_info(path))
    return found


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


def kept_thumbnail(path: Path, width: int = 160) -> np.ndarray | None:
    """`thumbnail`, read from the user's cache where this recording's picture lies there already."""
    try:
        status = path.stat()
    except OSError:
        return None
    key = f"{path.absolute()}\n{status.st_mtime_ns}\n{status.st_size}\n{width}"
    kept = user_cache_dir() / "recordings" / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.png"
    picture = cv2.imread(str(kept)) if kept.is_file() else None
    if picture is None:
        picture = thumbnail(path, width)
        if picture is not None:
            with contextlib.suppress(OSError):
                _keep(kept, picture)
    return picture


def rename(path: Path, name: str) -> Path:
    """Give a recording, and the matte beside it, another name; its ending stays. Returns the new path. Raises SinkError."""
    name = name.strip().removesuffix(path.suffix).strip()
    if not name or name.startswith(".") or not all(map(fits_names, name)):
        raise SinkError(f'{name!r} is no name for a file: leave out / \\ : * ? " < > | and a dot at the beginning')
    if path.is_dir():
        name = name.replace(".", "-")
    target = path.with_name(f"{name}{path.suffix}")
    if target == path:
        return path
    if state_of(path) is not State.FINISHED:
        raise SinkError(f"{path.name} is not finished yet: rename it afterwards")
    matte, new_matte = matte_beside(path), matte_beside(target)
    if os.path.exists(target) or (os.path.exists(matte) and os.path.exists(new_matte)):
        raise write_error(target, FileExistsError())
    try:
        _move(path, target)
        if os.path.exists(matte):
            _move(matte, new_matte)
    except OSError as error:
        raise write_error(target, error) from error
    return target


def _move(path: Path, target: Path) -> None:
    """Raises OSError, SinkError."""
    if path.is_dir():
        path.rename(target)
    else:
        move_into_place(path, target, overwrite=False)


def _is_recording(path: Path) -> bool:
    if path.name.startswith("."):
        return False
    return (path.suffix.lower() in FORMATS and path.is_file()) or (path / LIST_NAME).is_file()


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
    seconds, size = 0.0, None
    for line in (path / LIST_NAME).read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("duration "):
            with contextlib.suppress(ValueError):  # cut off in the middle
                seconds += float(line.split()[1])
    with contextlib.suppress(OSError), (path / "000000.png").open("rb") as first:
        header = first.read(24)
        if header[12:16] == b"IHDR":
            size = Size(int.from_bytes(header[16:20], "big"), int.from_bytes(header[20:24], "big"))
    return RecordingInfo(path, size_of(path), (path / LIST_NAME).stat().st_mtime, seconds, size, has_sound=False)


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


def _keep(path: Path, picture: np.ndarray) -> None:
    """Raises OSError. The oldest go when there are many."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    for old in sorted(path.parent.glob("*.png"), key=lambda kept: kept.stat().st_mtime)[:-_KEPT_THUMBNAILS]:
        old.unlink(missing_ok=True)
