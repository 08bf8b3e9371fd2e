"""Single pictures on disk: PNG with alpha, JPEG without."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import cv2
import numpy as np

from u2live.errors import SinkError
from u2live.sinks.canvas import flattened
from u2live.sinks.disk_errors import write_error
from u2live.sinks.output_file import move_into_place, temporary_beside
from u2live.types import Composite

STILL_ENDINGS = (".png", ".jpg", ".jpeg")


def save_still(path: Path, composite: Composite, *, overwrite: bool = False) -> None:
    """Write one composite: PNG is lossless and keeps alpha (straight), JPEG lays it over black. Raises SinkError."""
    pixels = composite.pixels
    if composite.alpha is not None:
        pixels = np.dstack((pixels, composite.alpha)) if path.suffix.lower() == ".png" else flattened(composite)
    save_picture(path, pixels, overwrite=overwrite)


def save_picture(path: Path, pixels: np.ndarray, *, overwrite: bool = False) -> None:
    """Write H×W grey, H×W×3 BGR or H×W×4 BGRA uint8, in one step: nobody ever sees half of it. Raises SinkError."""
    data = _encoded(path, pixels)
    if not overwrite and os.path.exists(path):
        raise write_error(path, FileExistsError())
    temporary = temporary_beside(path)
    try:
        with temporary.open("xb") as file:
            file.write(data)
        move_into_place(temporary, path, overwrite=overwrite)
    except OSError as error:
        raise write_error(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def _encoded(path: Path, pixels: np.ndarray) -> bytes:
    ending = path.suffix.lower()
    if ending not in STILL_ENDINGS:
        raise SinkError(f"{path.name}: a picture's name ends with {', '.join(STILL_ENDINGS)}")
    options = [cv2.IMWRITE_PNG_COMPRESSION, 3] if ending == ".png" else [cv2.IMWRITE_JPEG_QUALITY, 95]
    try:
        done, data = cv2.imencode(ending, np.ascontiguousarray(pixels), options)
    except cv2.error as error:
        raise SinkError(f"cannot write {path}: {error.err}") from error
    if not done:
        raise SinkError(f"cannot write {path}: OpenCV cannot make this picture; choose another ending")
    return data.tobytes()
