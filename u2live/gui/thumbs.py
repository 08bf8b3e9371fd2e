"""The small pictures of the gallery: each background, with the person in front of it while live."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from u2live.gui.logic.gallery import PICTURES, Entry, Look
from u2live.gui.painting import as_numpy, checkerboard
from u2live.types import Size

if TYPE_CHECKING:
    from u2live.types import MattedFrame

SIZE = Size(192, 108)


@dataclass(frozen=True, slots=True)
class Cutting:
    """A person at the size of a thumbnail: the frame, the foreground (BGR) and the alpha (float32)."""

    frame: np.ndarray
    foreground: np.ndarray
    alpha: np.ndarray


def cutting_of(matted: MattedFrame) -> Cutting:
    """The matted frame cropped to the thumbnail's shape and made small; skips pixels first, for it is done often."""
    step = max(1, matted.frame.pixels.shape[1] // (2 * SIZE.width))
    frame = _fit(np.ascontiguousarray(matted.frame.pixels[::step, ::step]))
    foreground = as_numpy(matted.foreground[::step, ::step])
    if foreground.dtype != np.uint8:
        foreground = np.rint(foreground).clip(0, 255).astype(np.uint8)
    alpha = np.ascontiguousarray(as_numpy(matted.alpha[::step, ::step]), np.float32)
    return Cutting(frame, _fit(np.ascontiguousarray(foreground)), _fit(alpha))


def draw(entry: Entry, picture: np.ndarray | None, cutting: Cutting | None, dark: bool) -> np.ndarray:
    """The thumbnail of `entry` as BGR: `picture` behind the person, who is left out while there is none."""
    if entry.look is Look.ORIGINAL:
        return cutting.frame if cutting is not None else _plain(dark)
    if entry.look is Look.BLUR:
        behind = cv2.GaussianBlur(cutting.frame, (0, 0), 7) if cutting is not None else _haze(dark)
    elif entry.look is Look.TRANSPARENT:
        behind = checkerboard(SIZE, dark)
    elif entry.look is Look.COLOR:
        behind = np.full((SIZE.height, SIZE.width, 3), _bgr(entry.choice), np.uint8)
    else:
        behind = picture if picture is not None else _plain(dark)
    if cutting is None:
        return behind
    return cv2.blendLinear(cutting.foreground, behind, cutting.alpha, 1 - cutting.alpha)


def read_picture(entry: Entry) -> np.ndarray | None:
    """The picture of a file or folder at the thumbnail's size; the first picture of a folder, of a video an early one."""
    path = entry.path
    if path is None:
        return None
    try:
        if entry.look is Look.VIDEO:
            return _from_video(path)
        if entry.look is Look.FOLDER:
            path = next((child for child in sorted(path.iterdir()) if child.suffix.lower() in PICTURES), path)
        data = np.frombuffer(path.read_bytes(), np.uint8)
        picture = cv2.imdecode(data, cv2.IMREAD_REDUCED_COLOR_4)
    except (OSError, cv2.error):
        return None
    return None if picture is None else _fit(picture)


class Loader:
    """Reads the pictures of entries in a thread of its own, once each; `loaded` is called there with the choice."""

    def __init__(self, loaded: Callable[[str], None]) -> None:
        self._loaded = loaded
        self._lock = threading.Lock()
        self._pictures: dict[str, np.ndarray | None] = {}
        self._wanted: list[Entry] = []
        self._running = False

    def picture(self, entry: Entry) -> np.ndarray | None:
        """The picture if it is there already; asks for it otherwise."""
        with self._lock:
            if entry.choice in self._pictures or entry.path is None:
                return self._pictures.get(entry.choice)
            if entry not in self._wanted:
                self._wanted.append(entry)
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, name="u2live-thumbnails", daemon=True).start()
        return None

    def forget(self, choice: str) -> None:
        """Read this one anew when it is asked for next."""
        with self._lock:
            self._pictures.pop(choice, None)

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._wanted:
                    self._running = False
                    return
                entry = self._wanted[0]
            picture = read_picture(entry)
            with self._lock:
                self._pictures[entry.choice] = picture
                self._wanted.remove(entry)
            self._loaded(entry.choice)


def _from_video(path: Path) -> np.ndarray | None:
    import av

    try:
        with av.open(str(path)) as container:
            early = list(itertools.islice(container.decode(video=0), 5))
            return _fit(early[-1].to_ndarray(format="bgr24"))
    except (av.FFmpegError, OSError, ValueError, IndexError):
        return None


def _fit(picture: np.ndarray) -> np.ndarray:
    """Cropped to the thumbnail's shape around the middle and brought to its size."""
    height, width = picture.shape[:2]
    wide = min(width, height * SIZE.width / SIZE.height)
    tall = wide * SIZE.height / SIZE.width
    x, y = round((width - wide) / 2), round((height - tall) / 2)
    part = picture[y : y + max(1, round(tall)), x : x + max(1, round(wide))]
    return cv2.resize(part, (SIZE.width, SIZE.height), interpolation=cv2.INTER_AREA)


def _bgr(choice: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(choice.partition("#")[2].rjust(6, "0"))
    return blue, green, red


def _plain(dark: bool) -> np.ndarray:
    return np.full((SIZE.height, SIZE.width, 3), (52, 46, 40) if dark else (232, 226, 220), np.uint8)


def _haze(dark: bool) -> np.ndarray:
    """What stands for blur before there is a picture."""
    rows, columns = np.mgrid[0 : SIZE.height, 0 : SIZE.width].astype(np.float32)
    light = 0.5 + 0.25 * np.sin(columns / 38) + 0.25 * np.cos(rows / 25 + columns / 60)
    ends = [(66, 52, 42), (118, 96, 78)] if dark else [(222, 208, 196), (246, 240, 234)]
    low, high = np.array(ends, np.float32)
    haze: np.ndarray = low + (high - low) * light[..., None]
    return haze.astype(np.uint8)
