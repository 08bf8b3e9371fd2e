"""Every command of the window with its key, in one table; a person may change the keys."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from u2live.gui.logic.i18n import noop, tr
from u2live.gui.logic.store import read_json, write_json


@dataclass(frozen=True, slots=True)
class Command:
    """`name` is what the window binds to; `label` what a person reads; `key` in Qt's portable spelling."""

    name: str
    label: str
    key: str
    group: str


_VIEW, _OUT, _LOOK, _WINDOW = noop("View"), noop("Outputs"), noop("Look"), noop("Window")
COMMANDS: tuple[Command, ...] = (
    Command("view.result", noop("Show the result"), "F1", _VIEW),
    Command("view.split", noop("Show before and after"), "F2", _VIEW),
    Command("view.matte", noop("Show the matte"), "F3", _VIEW),
    Command("view.cutout", noop("Show the cut-out"), "F4", _VIEW),
    Command("view.fullscreen", noop("Full screen"), "F11", _VIEW),
    Command("view.graph", noop("Performance graph"), "G", _VIEW),
    Command("output.virtual_camera", noop("Virtual camera on or off"), "V", _OUT),
    Command("output.record", noop("Start or stop recording"), "R", _OUT),
    Command("output.pause", noop("Pause the recording"), "Shift+R", _OUT),
    Command("output.mute", noop("Mute the microphone in the recording"), "Shift+M", _OUT),
    Command("output.recordings", noop("Recordings"), "L", _OUT),
    Command("output.snapshot", noop("Snapshot"), "S", _OUT),
    Command("output.copy", noop("Copy the cut-out"), "Ctrl+C", _OUT),
    Command("privacy.toggle", noop("Privacy on or off"), "P", _OUT),
    Command("privacy.away", noop("Away picture"), "Shift+A", _OUT),
    Command("privacy.freeze", noop("Freeze"), "Shift+F", _OUT),
    Command("privacy.black", noop("Black"), "Shift+B", _OUT),
    Command("look.previous", noop("Previous background"), "Alt+Up", _LOOK),
    Command("look.next", noop("Next background"), "Alt+Down", _LOOK),
    Command("look.add", noop("Add a background"), "Ctrl+O", _LOOK),
    Command("look.mirror", noop("Mirror"), "M", _LOOK),
    Command("look.undo", noop("Undo"), "Ctrl+Z", _LOOK),
    Command("look.redo", noop("Redo"), "Ctrl+Shift+Z", _LOOK),
    Command("look.save", noop("Save the look as a preset"), "Ctrl+S", _LOOK),
    *(Command(f"preset.{number}", noop("Preset {number}"), str(number), _LOOK) for number in range(1, 10)),
    Command("slides.next", noop("Next slide"), "PgDown", _LOOK),
    Command("slides.previous", noop("Previous slide"), "PgUp", _LOOK),
    Command("window.panels", noop("Show or hide the panels"), "F9", _WINDOW),
    Command("window.help", noop("Keys"), "?", _WINDOW),
    Command("window.guide", noop("Getting started"), "", _WINDOW),
    Command("window.doctor", noop("Check this computer"), "", _WINDOW),
    Command("window.process", noop("Process a video file"), "Ctrl+Shift+O", _WINDOW),
    Command("window.quit", noop("Quit"), "Ctrl+Q", _WINDOW),
)  # fmt: skip


def label_of(command: Command) -> str:
    if command.name.startswith("preset."):
        return tr(command.label, number=command.name.partition(".")[2])
    return tr(command.label)


class Shortcuts:
    """The keys in use: the table's, and over them what a person chose, remembered in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.problem = ""
        stored = read_json(path)
        names = {command.name for command in COMMANDS}
        self._chosen: dict[str, str] = {}
        if isinstance(stored, dict):
            self._chosen = {name: key for name, key in stored.items() if name in names and isinstance(key, str)}

    def key(self, name: str) -> str:
        if name in self._chosen:
            return self._chosen[name]
        return next(command.key for command in COMMANDS if command.name == name)

    def taken_by(self, key: str, besides: str = "") -> Command | None:
        """Which other command has this key."""
        if not key:
            return None
        return next((x for x in COMMANDS if x.name != besides and self.key(x.name).lower() == key.lower()), None)

    def change(self, name: str, key: str) -> Command | None:
        """Give a command a key; a command that had it goes without and is returned."""
        loser = self.taken_by(key, besides=name)
        if loser is not None:
            self._chosen[loser.name] = ""
        self._chosen[name] = key
        self._write()
        return loser

    def reset(self) -> None:
        self._chosen = {}
        self._write()

    def _write(self) -> None:
        try:
            write_json(self._path, self._chosen)
            self.problem = ""
        except OSError as error:
            self.problem = tr("the keys cannot be saved in {folder}: {why}", folder=self._path.parent, why=error.strerror)
