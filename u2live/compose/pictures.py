"""Reading picture files."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np

from u2live.compose.fit import reduced
from u2live.errors import UsageError

IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".jpe", ".webp", ".bmp", ".tif", ".tiff", ".avif", ".ppm", ".pgm"})
_MAY_HAVE_ALPHA = frozenset({".png", ".webp", ".tif", ".tiff", ".avif"})


def read_picture(path: Path) -> np.ndarray:
    """The picture as H×W×3 uint8 BGR, turned upright, transparency laid on black, reduced to what a frame can need.

    Raises UsageError when the file cannot be read or is no picture.
    """
    try:
        data = np.fromfile(path, np.uint8)  # not cv2.imread: it cannot open every file name on Windows
    except OSError as error:
        raise UsageError(f"the background {path} cannot be read: {error.strerror or error}") from error
    if data.size == 0:
        raise UsageError(f"the background {path} is empty; choose another picture")
    picture = _decoded(data, may_have_alpha=path.suffix.lower() in _MAY_HAVE_ALPHA)
    if picture is None:
        raise UsageError(f"the background {path} is not a picture that can be read; choose a PNG, JPEG or WebP file")
    return reduced(picture)


def pictures_in(folder: Path) -> list[Path]:
    """The folder's picture files as a person would order them (2 before 10). Raises UsageError when there are none."""
    try:
        paths = [path for path in folder.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES and path.name[0] != "."]
    except OSError as error:
        raise UsageError(f"the background folder {folder} cannot be read: {error.strerror or error}") from error
    if not paths:
        raise UsageError(f"the background folder {folder} holds no pictures; put PNG, JPEG or WebP files into it")
    return sorted(paths, key=_natural)


def _natural(path: Path) -> list[tuple[int, str]]:
    parts = re.split(r"(\d+)", path.name.casefold())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _decoded(data: np.ndarray, *, may_have_alpha: bool) -> np.ndarray | None:
    try:
        picture: np.ndarray | None = cv2.imdecode(data, cv2.IMREAD_COLOR)
        if picture is None or not may_have_alpha:
            return picture
        layered = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    except cv2.error:  # larger than OpenCV decodes
        return None
    if layered is None or layered.ndim != 3 or layered.shape[2] != 4:
        return picture
    # IMREAD_COLOR shows whatever colour lies under the transparent parts.
    full = {"uint8": 255.0, "uint16": 65535.0}.get(layered.dtype.name, 1.0)
    alpha = layered[:, :, 3:].astype(np.float32) / full
    return np.rint(layered[:, :, :3].astype(np.float32) * (alpha * (255 / full))).astype(np.uint8)
