"""Every command of the window by name: what it does, and the key that does it."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import QWidget

from u2live.gui.logic.shortcuts import COMMANDS, Shortcuts

Slot = Callable[[], object]


class Commands:
    """Names from the table bound to functions, and to keys that may be changed while the window stands."""

    def __init__(self, window: QWidget, shortcuts: Shortcuts) -> None:
        self._window = window
        self.shortcuts = shortcuts
        self._slots: dict[str, Slot] = {}
        self._keys: dict[str, QShortcut] = {}

    def bind(self, name: str, slot: Slot) -> None:
        self._slots[name] = slot

    def run(self, name: str) -> None:
        """Do what `name` means; an unknown name does nothing."""
        slot = self._slots.get(name)
        if slot is not None:
            slot()

    def key(self, name: str) -> str:
        """The key of a command; empty for one that has none."""
        return self.shortcuts.key(name) if any(command.name == name for command in COMMANDS) else ""

    def names(self) -> tuple[str, ...]:
        return tuple(self._slots)

    def install_keys(self) -> None:
        """Give every bound command of the table its key."""
        for command in COMMANDS:
            if command.name not in self._slots:
                continue
            shortcut = self._keys.get(command.name)
            if shortcut is None:
                shortcut = QShortcut(self._window)
                shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
                shortcut.setAutoRepeat(command.name.startswith(("look.", "slides.")))
                shortcut.activated.connect(lambda name=command.name: self.run(name))
                self._keys[command.name] = shortcut
            shortcut.setKey(QKeySequence(self.shortcuts.key(command.name)))
