"""Named looks: partial trees of settings that are laid over what is set."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from u2live.errors import U2LiveError
from u2live.gui.logic.i18n import tr
from u2live.gui.logic.store import read_json, write_json
from u2live.settings import Settings, from_dict, section_names

FORMAT = "u2live presets"
SECTIONS = ("background", "matte", "framing", "scene")
"""What a look consists of; the camera, the model and privacy belong to the moment, not to it."""


@dataclass(frozen=True, slots=True)
class Preset:
    name: str
    tree: dict[str, dict[str, Any]]


def look_of(settings: Settings) -> dict[str, dict[str, Any]]:
    """Every value of the sections that make a look, defaults included, so that a preset always gives the same."""
    import dataclasses

    return {section: dataclasses.asdict(getattr(settings, section)) for section in SECTIONS if section in section_names()}


class Presets:
    """An ordered list of presets in a file. Every change is written at once; `problem` holds why that failed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.problem = ""
        self._presets: list[Preset] = list(_read(read_json(path)))

    def __len__(self) -> int:
        return len(self._presets)

    def __getitem__(self, index: int) -> Preset:
        return self._presets[index]

    def names(self) -> tuple[str, ...]:
        return tuple(preset.name for preset in self._presets)

    def save(self, name: str, settings: Settings) -> int:
        """Keep the look of `settings` under a name of its own; returns its place."""
        self._presets.append(Preset(self._free(name), look_of(settings)))
        self._write()
        return len(self._presets) - 1

    def update(self, index: int, settings: Settings) -> None:
        self._presets[index] = Preset(self._presets[index].name, look_of(settings))
        self._write()

    def rename(self, index: int, name: str) -> None:
        tree = self._presets[index].tree
        if not name.strip() or name.strip() == self._presets[index].name:
            return
        self._presets[index] = Preset(self._free(name), tree)
        self._write()

    def remove(self, index: int) -> None:
        del self._presets[index]
        self._write()

    def move(self, index: int, to: int) -> None:
        """Put the preset at another place in the list."""
        preset = self._presets.pop(index)
        self._presets.insert(max(0, min(to, len(self._presets))), preset)
        self._write()

    def laid_over(self, index: int, settings: Settings) -> tuple[Settings, tuple[str, ...]]:
        """`settings` with the preset laid over it, and what of it no longer fits."""
        return from_dict(self._presets[index].tree, settings)

    def export(self, path: Path) -> None:
        """Raises OSError."""
        write_json(path, _tree(self._presets))

    def import_from(self, path: Path) -> int:
        """Add the presets of a file; returns how many. Raises U2LiveError when it is no file of presets."""
        tree = None
        if path.is_file():
            try:
                import json

                tree = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                tree = None
        found = list(_read(tree))
        if not found:
            raise U2LiveError(tr("{name} holds no presets of u2live; export some first", name=path.name))
        for preset in found:
            self._presets.append(Preset(self._free(preset.name), preset.tree))
        self._write()
        return len(found)

    def _free(self, name: str) -> str:
        wanted = " ".join(name.split())[:60] or tr("Look")
        free, number = wanted, 1
        while free in self.names():
            number += 1
            free = f"{wanted} {number}"
        return free

    def _write(self) -> None:
        try:
            write_json(self._path, _tree(self._presets))
            self.problem = ""
        except OSError as error:
            self.problem = tr("presets cannot be saved in {folder}: {why}", folder=self._path.parent, why=error.strerror)


def _tree(presets: list[Preset]) -> dict[str, Any]:
    return {"format": FORMAT, "presets": [{"name": preset.name, "settings": preset.tree} for preset in presets]}


def _read(tree: Any) -> tuple[Preset, ...]:
    if not isinstance(tree, dict) or tree.get("format") != FORMAT or not isinstance(tree.get("presets"), list):
        return ()
    return tuple(
        Preset(str(entry["name"]), entry["settings"])
        for entry in tree["presets"]
        if isinstance(entry, dict) and isinstance(entry.get("settings"), dict) and entry.get("name")
    )
