"""Pictures with and without people, read once and kept as uint8."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from u2live.errors import UsageError
from u2live.training.picture_store import Picture, mapped

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff")
LONGEST_SIDE = 512
__all__ = ["Folder", "Picture", "alpha_file", "find_folders", "image_files", "load_folder", "read_alpha", "read_picture"]


@dataclass(frozen=True, slots=True)
class Folder:
    """The pictures of one folder: all with people (image/ and alpha/), or all without (image/ alone)."""

    path: Path
    pictures: tuple[Picture, ...]
    people: bool


def image_files(folder: Path) -> list[Path]:
    """The pictures directly in `folder`, sorted by name."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES)


def find_folders(roots: Sequence[Path], split: str) -> list[Path]:
    """Folders that hold an image/ folder: each root itself, or its sub-folders' `split` ("train", "validation").

    A root without image/ and without such sub-folders raises UsageError.
    """
    found: list[Path] = []
    for root in roots:
        if not root.is_dir():
            raise UsageError(f"there is no folder {root}: check --data and --validate")
        if (root / "image").is_dir():
            found.append(root)
            continue
        below = sorted(path for path in (root / split, *root.glob(f"*/{split}")) if (path / "image").is_dir())
        if not below:
            raise UsageError(f"{root} has no image/ folder, nor have its sub-folders' {split}/: expected image/ and alpha/")
        found += below
    return found


def read_picture(path: Path) -> np.ndarray:
    """H×W×3 uint8 BGR. Raises UsageError for what is no picture."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise UsageError(f"{path} cannot be read as a picture: remove or replace it")
    return image


def read_alpha(path: Path) -> np.ndarray:
    """H×W uint8. Raises UsageError for what is no picture."""
    alpha = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if alpha is None:
        raise UsageError(f"the matte {path} cannot be read: every picture in image/ needs one in alpha/ with its name")
    return alpha


def alpha_file(image: Path) -> Path | None:
    """The matte that belongs to `…/image/NAME.*`: `…/alpha/NAME.png`, or any other kind of picture of that name."""
    folder = image.parent.parent / "alpha"
    for suffix in (".png", *IMAGE_SUFFIXES):
        path = folder / f"{image.stem}{suffix}"
        if path.is_file():
            return path
    return None


def load_folder(path: Path, longest: int = LONGEST_SIDE, teacher: Path | None = None) -> Folder:
    """Read `path` completely; larger pictures are shrunk to `longest`. `teacher` holds NAME.png mattes of a teacher.

    The decoded pictures lie in a file of the user's cache, mapped into memory: several processes share them, and the next
    run starts at once. Raises UsageError.
    """
    people = (path / "alpha").is_dir()
    files = [_files_of(file, people, teacher) for file in image_files(path / "image")]
    if not files:
        raise UsageError(f"{path / 'image'} holds no pictures")
    pictures = mapped(files, longest, lambda: (_read_one(*three, longest) for three in files))
    return Folder(path, tuple(pictures), people)


def _files_of(file: Path, people: bool, teacher: Path | None) -> tuple[Path, Path | None, Path | None]:
    """A picture, its matte, its teacher's matte."""
    matte = alpha_file(file) if people else None
    if people and matte is None:
        raise UsageError(f"{file} has no matte in {file.parent.parent / 'alpha'}: add one, or remove the picture")
    return file, matte, None if teacher is None else teacher / f"{file.stem}.png"


def _read_one(file: Path, matte: Path | None, taught: Path | None, longest: int) -> Picture:
    alpha = None if matte is None else read_alpha(matte)
    teacher = None if taught is None else read_alpha(taught)
    return _shrunk(file.name, read_picture(file), alpha, teacher, longest)


def _shrunk(name: str, image: np.ndarray, alpha: np.ndarray | None, teacher: np.ndarray | None, longest: int) -> Picture:
    height, width = image.shape[:2]
    scale = min(1.0, longest / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    truth = np.zeros((size[1], size[0]), np.uint8) if alpha is None else _sized(alpha, size)
    mattes = truth[..., None] if teacher is None else np.stack([truth, _sized(teacher, size)], axis=-1)
    return Picture(name, _sized(image, size), mattes, box_of(truth))


def box_of(alpha: np.ndarray) -> tuple[int, int, int, int]:
    """(x0, y0, x1, y1) around what `alpha` [H, W] uint8 shows; the whole where it shows nothing."""
    inside = alpha > 127
    if not inside.any():
        return (0, 0, alpha.shape[1], alpha.shape[0])
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    return (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def _sized(pixels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    if (pixels.shape[1], pixels.shape[0]) == size:
        return pixels
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
