"""What the words of the command line's `--background` mean, checked without opening anything."""

from __future__ import annotations

import enum
import math
import re
from dataclasses import dataclass
from pathlib import Path

from u2live.errors import UsageError

DEFAULT_BLUR_STRENGTH = 60.0
_WORDS = "blur[:0–100], color:#RRGGBB, transparent, original, or the path of an image, a video or a folder of images"


class Kind(enum.Enum):
    """The kinds of background."""

    BLUR = "blur"
    COLOR = "color"
    TRANSPARENT = "transparent"
    ORIGINAL = "original"
    FILE = "file"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class BackgroundChoice:
    """A parsed choice. `strength` 0–100 is for blur, `color` (blue, green, red) for color, `path` for files and folders."""

    kind: Kind
    strength: float = 0.0
    color: tuple[int, int, int] = (0, 0, 0)
    path: Path = Path()


def parse_background(choice: str) -> BackgroundChoice:
    """The meaning of B. A path has to exist; whether it can be read as a picture shows when it is opened.

    Raises UsageError, one line, for anything unknown.
    """
    word, colon, detail = choice.strip().partition(":")
    word = word.lower()
    if word == "blur":
        return BackgroundChoice(Kind.BLUR, strength=_strength(detail) if colon else DEFAULT_BLUR_STRENGTH)
    if word in ("color", "colour") and (colon or not Path(choice).exists()):
        return BackgroundChoice(Kind.COLOR, color=_color(detail))
    if word in ("transparent", "original") and not colon:
        return BackgroundChoice(Kind(word))
    return _place(choice)


def _strength(text: str) -> float:
    try:
        strength = float(text)
    except ValueError:
        strength = math.nan
    if not 0 <= strength <= 100:
        raise UsageError(f"blur takes a strength from 0 to 100, as in blur:60, not {text!r}")
    return strength


def _color(text: str) -> tuple[int, int, int]:
    digits = text.strip().removeprefix("#")
    if re.fullmatch(r"[0-9a-fA-F]{3}", digits):
        digits = "".join(2 * digit for digit in digits)
    if not re.fullmatch(r"[0-9a-fA-F]{6}", digits):
        raise UsageError(f"color takes red, green and blue as six hexadecimal digits, as in color:#00b140, not {text!r}")
    red, green, blue = bytes.fromhex(digits)
    return blue, green, red


def _place(choice: str) -> BackgroundChoice:
    if not choice.strip():
        raise UsageError(f"no background is named; say {_WORDS}")
    path = Path(choice)
    try:
        path = path.expanduser()
        if path.is_dir():
            return BackgroundChoice(Kind.FOLDER, path=path)
        if path.exists() and not path.is_file():
            raise UsageError(f"the background {choice!r} is neither a file nor a folder; choose an image or a video")
        if path.exists():
            return BackgroundChoice(Kind.FILE, path=path)
    except (OSError, ValueError, RuntimeError):  # a name too long, a null byte, a folder that is closed, an unknown ~user
        pass
    if path.suffix or len(path.parts) > 1:
        raise UsageError(f"there is no file or folder {choice!r} for the background, or it may not be read; check the path")
    raise UsageError(f"there is no background {choice!r}; say {_WORDS}")
