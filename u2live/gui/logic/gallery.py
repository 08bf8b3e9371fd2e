"""The backgrounds a person can choose from: what comes with the program, and what they added."""

from __future__ import annotations

import enum
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from u2live.errors import UsageError
from u2live.gui.logic.i18n import noop, tr
from u2live.gui.logic.store import read_json, write_json
from u2live.gui.logic.words import capitalized

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".avif"})
VIDEOS = frozenset({".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mpg", ".mpeg", ".gif"})
COLORS = (("#1f2733", noop("Slate")), ("#2f5d8a", noop("Blue")), ("#2e6b57", noop("Green")), ("#e9e4da", noop("Paper")))


class Look(enum.Enum):
    """How an entry's thumbnail is drawn."""

    ORIGINAL = "original"
    BLUR = "blur"
    TRANSPARENT = "transparent"
    COLOR = "color"
    PICTURE = "picture"
    VIDEO = "video"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Entry:
    """One background: the command line's B, what it is called, and whether the person may remove it."""

    choice: str
    title: str
    look: Look
    own: bool = False

    @property
    def path(self) -> Path | None:
        return Path(self.choice) if self.look in (Look.PICTURE, Look.VIDEO, Look.FOLDER) else None

    @property
    def missing(self) -> bool:
        return self.path is not None and not os.path.exists(self.path)


def look_of(path: Path) -> Look | None:
    """What a dropped file or folder could be as a background; None for anything else, or what may not be looked into."""
    if os.path.isdir(path):
        try:
            return Look.FOLDER if any(child.suffix.lower() in PICTURES for child in path.iterdir()) else None
        except OSError:
            return None
    suffix = path.suffix.lower()
    return Look.PICTURE if suffix in PICTURES else Look.VIDEO if suffix in VIDEOS else None


def title_of(path: Path) -> str:
    words = path.stem.replace("-", " ").replace("_", " ").strip() or path.name
    return capitalized(words)


def same(first: str, second: str) -> bool:
    """Whether the choice `second` belongs to the entry `first`: every strength of blur does, and a slide to its folder."""
    if first != second and Path(second).parent == Path(first) and Path(second).is_absolute():
        return True
    if first.startswith("blur") and second.startswith("blur"):
        return True
    return first.lower() == second.lower() if first.startswith("color:") else first == second


class Gallery:
    """The entries in their order. What a person adds is remembered in a file; `problem` holds why that failed."""

    def __init__(self, path: Path, bundled: Path) -> None:
        self._path = path
        self.problem = ""
        self._bundled = _bundled(bundled)
        self._own = [entry for entry in map(_read, _list(read_json(path))) if entry is not None]

    def entries(self) -> tuple[Entry, ...]:
        return (*_plain(), *self._bundled, *self._own)

    def find(self, choice: str) -> Entry | None:
        """The entry of exactly this choice, else the folder it is a slide of."""
        entries = self.entries()
        exact = next((entry for entry in entries if entry.choice == choice), None)
        return exact or next((entry for entry in entries if same(entry.choice, choice)), None)

    def slides_of(self, choice: str) -> tuple[str, ...]:
        """The pictures of the folder that is chosen or holds the chosen picture, in a slideshow's order, or none."""
        from u2live.compose.pictures import pictures_in

        entry = next((x for x in self.entries() if x.look is Look.FOLDER and same(x.choice, choice)), None)
        if entry is None:
            return ()
        try:
            return tuple(str(path) for path in pictures_in(Path(entry.choice)))
        except UsageError:  # it is gone, empty, or closed
            return ()

    def add(self, path: Path, title: str = "") -> Entry | None:
        """Add a picture, video or folder of pictures; None for anything else. What is there already is found again."""
        path = path.expanduser().resolve()
        look = look_of(path)
        if look is None:
            return None
        known = next((entry for entry in self.entries() if entry.choice == str(path)), None)
        if known is not None:
            return known
        entry = Entry(str(path), title or title_of(path), look, own=True)
        self._own.append(entry)
        self._write()
        return entry

    def add_color(self, color: str) -> Entry:
        """Add a colour as #rrggbb."""
        choice = f"color:{color.lower()}"
        known = self.find(choice)
        if known is not None:
            return known
        entry = Entry(choice, color.lower(), Look.COLOR, own=True)
        self._own.append(entry)
        self._write()
        return entry

    def remove(self, entry: Entry) -> None:
        """Forget an entry the person added; the file itself stays."""
        if entry in self._own:
            self._own.remove(entry)
            self._write()

    def _write(self) -> None:
        try:
            write_json(self._path, [{"choice": x.choice, "title": x.title, "look": x.look.value} for x in self._own])
            self.problem = ""
        except OSError as error:
            self.problem = tr("the gallery cannot be saved in {folder}: {why}", folder=self._path.parent, why=error.strerror)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _plain() -> tuple[Entry, ...]:
    return (
        Entry("original", tr("None"), Look.ORIGINAL),
        Entry("blur:60", tr("Blur"), Look.BLUR),
        Entry("transparent", tr("Transparent"), Look.TRANSPARENT),
        *(Entry(f"color:{color}", tr(name), Look.COLOR) for color, name in COLORS),
    )


def _bundled(folder: Path) -> tuple[Entry, ...]:
    if not folder.is_dir():
        return ()
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURES)
    return tuple(Entry(str(path), tr(title_of(path)), Look.PICTURE) for path in files)


def _read(value: Any) -> Entry | None:
    try:
        return Entry(str(value["choice"]), str(value["title"]), Look(value["look"]), own=True)
    except (KeyError, TypeError, ValueError):
        return None
