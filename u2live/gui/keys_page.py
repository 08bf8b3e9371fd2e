"""The list of keys: every command with its key, which can be changed in place."""

from __future__ import annotations

from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QKeySequenceEdit, QLabel, QPushButton, QVBoxLayout, QWidget

from u2live.gui.commands import Commands
from u2live.gui.lines import quiet_text
from u2live.gui.logic.i18n import tr
from u2live.gui.logic.shortcuts import COMMANDS, label_of


class KeysPage(QWidget):
    """Typing a key into a field gives it to that command; whoever had it goes without, and that is said."""

    def __init__(self, commands: Commands) -> None:
        super().__init__()
        self._commands = commands
        self.fields: dict[str, QKeySequenceEdit] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(10)
        head = QHBoxLayout()
        self.told = quiet_text(tr("Click a key and press another one to change it."))
        reset = QPushButton(tr("All as they were"))
        reset.clicked.connect(self._reset)
        head.addWidget(self.told, 1)
        head.addWidget(reset)
        column.addLayout(head)
        bound = [command for command in COMMANDS if command.name in commands.names()]
        for group in dict.fromkeys(command.group for command in bound):
            heading = QLabel(tr(group))
            heading.setProperty("heading", True)
            column.addSpacing(6)
            column.addWidget(heading)
            grid = QGridLayout()
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(6)
            grid.setColumnStretch(0, 1)
            for row, command in enumerate(command for command in bound if command.group == group):
                label = QLabel(label_of(command))
                field = QKeySequenceEdit()
                field.setMaximumSequenceLength(1)
                field.setClearButtonEnabled(True)
                field.setFixedWidth(190)
                field.setAccessibleName(label_of(command))
                field.editingFinished.connect(lambda name=command.name: self._changed(name))
                label.setBuddy(field)
                grid.addWidget(label, row, 0)
                grid.addWidget(field, row, 1)
                self.fields[command.name] = field
            column.addLayout(grid)
        column.addStretch(1)
        self._show()

    def _show(self) -> None:
        for name, field in self.fields.items():
            field.blockSignals(True)
            field.setKeySequence(QKeySequence(self._commands.shortcuts.key(name)))
            field.blockSignals(False)

    def _changed(self, name: str) -> None:
        key = self.fields[name].keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        if key == self._commands.shortcuts.key(name):
            return
        loser = self._commands.shortcuts.change(name, key)
        if loser is not None:
            self.told.setText(tr("{key} was taken from “{command}”.", key=key, command=label_of(loser)))
        elif self._commands.shortcuts.problem:
            self.told.setText(self._commands.shortcuts.problem)
        self._commands.install_keys()
        self._show()

    def _reset(self) -> None:
        self._commands.shortcuts.reset()
        self._commands.install_keys()
        self._show()
