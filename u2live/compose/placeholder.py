"""What goes out in place of a composite: before there is a matte, after a failure, and while the person is away.

Nothing here can fail for lack of a file: without the drawing the plain background remains. No picture of the room gets in.
"""

from __future__ import annotations

import functools

import cv2
import numpy as np

from u2live.paths import assets_dir
from u2live.types import Size

_MIDDLE = np.array((50, 41, 35), np.float32)  # BGR
_CORNER = np.array((22, 18, 15), np.float32)
_PERSON_ONLY = slice(40, 620)
"""The drawing's rows above its words."""
_SMALLEST_WITH_WORDS = 240


@functools.lru_cache(maxsize=4)
def placeholder(size: Size) -> np.ndarray:
    """The placeholder at any size: H×W×3 uint8 BGR, read-only, the same array for the same size.

    Below 240 pixels the words would not be legible, so the drawn person gets all the room.
    """
    picture = _plain(size)
    drawing = _drawing()
    if drawing is not None:
        _lay_on(picture, drawing)
    # One step of noise, the same each time: a dark gradient in 8 bits shows bands otherwise, and encoders make them worse.
    picture += np.random.default_rng(0).random((size.height, size.width, 1), np.float32) - 0.5
    pixels: np.ndarray = np.rint(picture).clip(0, 255).astype(np.uint8)
    pixels.flags.writeable = False
    return pixels


def _plain(size: Size) -> np.ndarray:
    """A calm dark glow around the middle, H×W×3 float32."""
    rows = (np.arange(size.height, dtype=np.float32)[:, None] + 0.5) / size.height - 0.45
    columns = (np.arange(size.width, dtype=np.float32)[None] + 0.5) / size.width - 0.5
    glow = np.exp(-4 * (rows * rows + columns * columns))[:, :, None]
    plain: np.ndarray = _CORNER + (_MIDDLE - _CORNER) * glow
    return plain


def _drawing() -> np.ndarray | None:
    """The drawing as S×S×4 uint8 BGRA, or None where the installation lacks it."""
    try:
        data = np.fromfile(assets_dir() / "placeholder.png", np.uint8)
        drawing = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if data.size else None
    except (OSError, cv2.error):
        return None
    return drawing if drawing is not None and drawing.ndim == 3 and drawing.shape[2] == 4 else None


def _lay_on(picture: np.ndarray, drawing: np.ndarray) -> None:
    height, width = picture.shape[:2]
    if min(height, width) < _SMALLEST_WITH_WORDS:
        drawing, share = drawing[_PERSON_ONLY, 512 - 290 : 512 + 290], 0.8
    else:
        share = 0.62 if width > height else 0.7
    side = max(1, round(share * min(height, width)))
    small = cv2.resize(drawing, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
    top, left = (height - side) // 2, (width - side) // 2
    place = picture[top : top + side, left : left + side]
    alpha = small[:, :, 3:] / 255
    place += alpha * (small[:, :, :3] - place)
