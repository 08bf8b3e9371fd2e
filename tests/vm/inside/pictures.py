"""What may be seen on the virtual camera, and telling it from what may not."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from u2live.compose.placeholder import placeholder
from u2live.types import Size

WIDTH, HEIGHT = 320, 180
PATCHES = {
    (0, 0): (40, 40, 200),
    (1, 0): (60, 180, 60),
    (2, 0): (200, 90, 30),
    (0, 1): (30, 200, 220),
    (1, 1): (230, 230, 230),
}
"""(column, row) of a 3×2 grid → BGR: the background that a program with a network that finds nobody has to show."""
_LIKE = 8.0
"""Mean distance in steps of 255 up to which two pictures are the same one."""


def background() -> np.ndarray:
    picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    for (column, row), color in PATCHES.items():
        picture[patch(column, row)] = color
    return picture


def patch(column: int, row: int) -> tuple[slice, slice]:
    """The middle of one cell of the grid."""
    wide, high = WIDTH // 3, HEIGHT // 2
    return slice(row * high + 14, (row + 1) * high - 14), slice(column * wide + 14, (column + 1) * wide - 14)


def save_background(path: Path) -> None:
    cv2.imwrite(str(path), background())


def decoded(data: bytes, width: int, height: int) -> np.ndarray:
    """One picture in YU12 as BGR."""
    planes = np.frombuffer(data, np.uint8, width * height * 3 // 2).reshape(height * 3 // 2, width)
    return cv2.cvtColor(planes, cv2.COLOR_YUV2BGR_I420)


def letterboxed(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    """What a picture of another shape has to look like in a format that a reader holds."""
    scale = min(width / picture.shape[1], height / picture.shape[0])
    inner = cv2.resize(
        picture, (round(picture.shape[1] * scale), round(picture.shape[0] * scale)), interpolation=cv2.INTER_AREA
    )
    canvas = np.zeros((height, width, 3), np.uint8)
    top, left = (height - inner.shape[0]) // 2, (width - inner.shape[1]) // 2
    canvas[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
    return canvas


class Judge:
    """Says of every picture which of the permitted ones it is, or "other".

    The permitted ones are "background", "placeholder", "black", and the first two as they have to look when they were made
    at 640×480 and fitted into this size: "letterboxed background", "letterboxed placeholder".
    """

    def __init__(self) -> None:
        sides = (WIDTH - HEIGHT * 4 // 3) // 2
        # A background that covers 4:3 loses its sides, and in the middle of 16:9 lies where it lay.
        cut = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        cut[:, sides:-sides] = background()[:, sides:-sides]
        self._known = {
            "background": background(),
            "placeholder": placeholder(Size(WIDTH, HEIGHT)),
            "black": np.zeros((HEIGHT, WIDTH, 3), np.uint8),
            "letterboxed background": cut,
            "letterboxed placeholder": letterboxed(placeholder(Size(640, 480)), WIDTH, HEIGHT),
        }

    def label(self, picture: np.ndarray) -> str:
        distances = {name: _distance(picture, known) for name, known in self._known.items()}
        best = min(distances, key=distances.__getitem__)
        return best if distances[best] < _LIKE else "other"


PERMITTED = frozenset(Judge()._known)
SHOWN = frozenset(PERMITTED - {"black"})
LETTERBOXED = frozenset(name for name in PERMITTED if name.startswith("letterboxed"))


def _distance(one: np.ndarray, other: np.ndarray) -> float:
    if one.shape != other.shape:
        return 255.0
    return float(cv2.absdiff(one, other).mean())
