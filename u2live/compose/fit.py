"""How a picture fills a frame of another shape."""

from __future__ import annotations

import cv2
import numpy as np

from u2live.types import Size

MAX_KEPT = Size(3840, 2160)


def fitted(picture: np.ndarray, size: Size, fit: str) -> np.ndarray:
    """`picture` H×W×3 uint8 as size.height × size.width × 3, contiguous.

    `cover` fills the frame and cuts evenly what juts out; `contain` shows all of the picture between black bars;
    `stretch` bends it. Raises ValueError for another word.
    """
    height, width = picture.shape[:2]
    if fit == "stretch":
        return _resized(picture, size)
    if fit == "cover":
        scale = max(size.width / width, size.height / height)
        # Cut first: what is not shown is not resized either.
        cut_width = min(width, max(1, round(size.width / scale)))
        cut_height = min(height, max(1, round(size.height / scale)))
        left, top = (width - cut_width) // 2, (height - cut_height) // 2
        return _resized(picture[top : top + cut_height, left : left + cut_width], size)
    if fit == "contain":
        scale = min(size.width / width, size.height / height)
        inner = Size(
            min(size.width, max(1, round(width * scale))),
            min(size.height, max(1, round(height * scale))),
        )
        left, top = (size.width - inner.width) // 2, (size.height - inner.height) // 2
        canvas = np.zeros((size.height, size.width, 3), np.uint8)
        canvas[top : top + inner.height, left : left + inner.width] = _resized(picture, inner)
        return canvas
    raise ValueError(f"unknown fit {fit!r}")


def fitted_whole(picture: Size, size: Size, fit: str) -> Size:
    """How large the whole of a picture is before `fitted` cuts or frames it: for decoders that scale by themselves."""
    if fit == "stretch":
        return size
    scales = (size.width / picture.width, size.height / picture.height)
    scale = max(scales) if fit == "cover" else min(scales)
    return Size(max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))


def reduced(picture: np.ndarray) -> np.ndarray:
    """`picture` no larger than any frame needs, so that a folder of 100-megapixel photographs does not fill the memory."""
    height, width = picture.shape[:2]
    scale = max(MAX_KEPT.width / width, MAX_KEPT.height / height)
    if scale >= 1:
        return picture
    return _resized(picture, Size(max(1, round(width * scale)), max(1, round(height * scale))))


def _resized(picture: np.ndarray, size: Size) -> np.ndarray:
    height, width = picture.shape[:2]
    if (width, height) == (size.width, size.height):
        return np.ascontiguousarray(picture)
    # Area averaging does not alias when shrinking; when enlarging, cubic is sharper than linear and its cost comes once.
    smaller = size.width * size.height < width * height
    return cv2.resize(picture, (size.width, size.height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)
