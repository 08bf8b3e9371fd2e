"""Decoded pictures in one file that every process maps into its memory."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from u2live.errors import U2LiveError
from u2live.paths import user_cache_dir


@dataclass(frozen=True, slots=True)
class Picture:
    """`image` H×W×3 uint8 BGR; `mattes` H×W×C uint8: the truth, then, where there is one, the teacher's; all zero when
    nobody is there. `box` is the person's (x0, y0, x1, y1) in pixels by the truth."""

    name: str
    image: np.ndarray
    mattes: np.ndarray
    box: tuple[int, int, int, int]


def mapped(files: Sequence[tuple[Path | None, ...]], longest: int, read: Callable[[], Iterable[Picture]]) -> list[Picture]:
    """The pictures that `read` gives, from the store when it holds them for these very files, else put there first.

    Raises U2LiveError where nothing can be kept.
    """
    store = user_cache_dir() / "training-pictures"
    key = _key(files, longest)
    index, pixels = store / f"{key}.json", store / f"{key}.bin"
    if not index.is_file():
        try:
            store.mkdir(parents=True, exist_ok=True)
            _write(read(), index, pixels)
        except OSError as error:
            reason = error.strerror or error
            raise U2LiveError(f"decoded pictures cannot be kept in {store} ({reason}): set U2LIVE_CACHE_DIR") from None
    data = np.asarray(np.memmap(pixels, np.uint8, "r"))
    return [_view(data, entry) for entry in json.loads(index.read_text())]


def _key(files: Sequence[tuple[Path | None, ...]], longest: int) -> str:
    """A name that changes when any of the files does."""
    digest = hashlib.sha256(f"1 {longest}".encode())
    for path in (path for several in files for path in several if path is not None):
        stat = path.stat()
        digest.update(f"{path.resolve()} {stat.st_size} {stat.st_mtime_ns}".encode())
    return digest.hexdigest()[:16]


def _write(pictures: Iterable[Picture], index: Path, pixels: Path) -> None:
    """Under names of this process first: several may write the same at once, and each finds a whole file."""
    mark = f".{os.getpid()}.partial"
    entries: list[dict[str, Any]] = []
    partial = pixels.with_name(pixels.name + mark)
    try:
        with partial.open("wb") as file:
            for picture in pictures:
                start = file.tell()
                file.write(np.ascontiguousarray(picture.image).tobytes())
                file.write(np.ascontiguousarray(picture.mattes).tobytes())
                entries.append(
                    {
                        "name": picture.name,
                        "start": start,
                        "image": picture.image.shape,
                        "mattes": picture.mattes.shape,
                        "box": picture.box,
                    }
                )
        partial.replace(pixels)
    finally:
        partial.unlink(missing_ok=True)
    text = index.with_name(index.name + mark)
    text.write_text(json.dumps(entries))
    text.replace(index)


def _view(data: np.ndarray, entry: dict[str, Any]) -> Picture:
    start = entry["start"]
    middle = start + int(np.prod(entry["image"]))
    end = middle + int(np.prod(entry["mattes"]))
    image = data[start:middle].reshape(entry["image"])
    x0, y0, x1, y1 = entry["box"]
    return Picture(entry["name"], image, data[middle:end].reshape(entry["mattes"]), (x0, y0, x1, y1))
