"""The user's own weights folder: what was fetched or imported, with a checksum pinned beside every file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from u2live.errors import WeightsError
from u2live.model.registry import Found, installed_path, weights_dir
from u2live.settings_file import write_text_atomically


@dataclass(frozen=True, slots=True)
class Pin:
    """What is known of one stored file since it arrived: "algorithm:hex", its size in bytes, and where it came from."""

    checksum: str
    size: int
    origin: str


def checksum_of(path: Path, algorithm: str = "sha256") -> str:
    """ "algorithm:hex" of the file. Raises WeightsError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return f"{algorithm}:{hashlib.file_digest(file, algorithm).hexdigest()}"
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror or error}") from None


def matches(path: Path, checksum: str) -> bool:
    return checksum_of(path, checksum.partition(":")[0]) == checksum


def pin_path(stored: Path) -> Path:
    return stored.with_name(f"{stored.name}.json")


def read_pin(stored: Path) -> Pin | None:
    """The pin beside a stored file; None when there is none or it is unreadable."""
    try:
        tree = json.loads(pin_path(stored).read_text(encoding="utf-8"))
        return Pin(str(tree["checksum"]), int(tree["size"]), str(tree["origin"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_pin(stored: Path, checksum: str, origin: str) -> None:
    """Raises OSError."""
    tree = {"checksum": checksum, "size": stored.stat().st_size, "origin": origin}
    write_text_atomically(pin_path(stored), json.dumps(tree, indent=2) + "\n")


def expected_checksum(found: Found) -> str:
    """What the file has to be: its pin, else what was published for a file of that name, else "" (nobody knows)."""
    if found.path.parent != weights_dir():
        return ""
    pin = read_pin(found.path)
    if pin is not None:
        return pin.checksum
    published = [file.checksum for file in found.entry.files if file.suffix == found.path.suffix] if found.entry else []
    return published[0] if published else ""


def check_stored(found: Found) -> str:
    """The checksum that was found right; "" where nobody knows one, and nothing was read.

    Raises WeightsError when a fetched or imported file is not what it was when it arrived.
    """
    checksum = expected_checksum(found)
    if checksum and not matches(found.path, checksum):
        cure = f"`main.py weights fetch {found.name}`" if found.entry and found.entry.files else "import the file again"
        raise WeightsError(f"{found.path} has the wrong checksum (expected {checksum}): {cure}")
    return checksum


def settle(part: Path, target: Path, *, origin: str) -> None:
    """Give a whole, checked file its final name and pin it. Raises OSError."""
    old = installed_path(target.stem)
    checksum = checksum_of(part)
    pin_path(target).unlink(missing_ok=True)
    part.replace(target)
    write_pin(target, checksum, origin)
    if old is not None and old != target:
        old.unlink()
        pin_path(old).unlink(missing_ok=True)
