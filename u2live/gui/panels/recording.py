"""The recording panel: where to, what kind of file, and the microphone with its level."""

from __future__ import annotations

import threading
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from u2live.gui.controller import Controller
from u2live.gui.controls import CalmCombo, align, rows_widget
from u2live.gui.logic.i18n import tr
from u2live.gui.logic.rows import rows_of
from u2live.gui.mailbox import Mailbox
from u2live.gui.outputs import Outputs
from u2live.gui.theme import Theme
from u2live.settings import Settings

_QUIET_DB = -60.0


class RecordingPanel(QWidget):
    """Microphones are listed in a thread: the sound system may take its time."""

    def __init__(self, controller: Controller, outputs: Outputs, theme: Theme) -> None:
        super().__init__()
        self._controller = controller
        self._outputs = outputs
        self.folder = QPushButton()
        self.folder.clicked.connect(self.ask_for_folder)
        self.microphone = CalmCombo()
        self.microphone.setAccessibleName(tr("Microphone"))
        self.microphone.activated.connect(self._chosen)
        self.level = QProgressBar()
        self.level.setRange(0, 100)
        self.level.setTextVisible(False)
        self.level.setAccessibleName(tr("Microphone level"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for label, widget in ((tr("Folder"), self.folder), (tr("Microphone"), self.microphone)):
            line = QHBoxLayout()
            line.setSpacing(12)
            line.addWidget(QLabel(label))
            line.addStretch(1)
            line.addWidget(align(theme, widget))
            column.addLayout(line)
        column.addWidget(self.level)
        column.addWidget(rows_widget([row.key for row in rows_of("recording")], controller, theme))
        controller.changed.connect(self.show_settings)
        self._show_microphones([])
        mailbox = Mailbox(self._microphones_listed)
        threading.Thread(target=_list, args=(mailbox,), name="u2live-microphones", daemon=True).start()

    def _microphones_listed(self, names: object) -> None:
        assert isinstance(names, list)
        self._show_microphones(names)

    def _show_microphones(self, names: list[str]) -> None:
        self.microphone.clear()
        self.microphone.addItem(tr("System default"), "default")
        self.microphone.addItem(tr("None"), "")
        for name in names:
            self.microphone.addItem(name, name)
        self.show_settings(self._controller.settings)

    def show_settings(self, settings: Settings) -> None:
        name = settings.recording.microphone
        if self.microphone.findData(name) < 0:
            self.microphone.addItem(name, name)
        self.microphone.setCurrentIndex(self.microphone.findData(name))
        folder = self._outputs.folder()
        shown = f"~/{folder.relative_to(Path.home())}" if folder.is_relative_to(Path.home()) else str(folder)
        room = self.folder.width() - 2 * self.folder.fontMetrics().averageCharWidth() - 16
        self.folder.setText(self.folder.fontMetrics().elidedText(shown, Qt.TextElideMode.ElideMiddle, room))
        self.folder.setToolTip(str(folder))
        self.level.setVisible(self._outputs.recording and bool(name))

    def show_level(self) -> None:
        """Follow the microphone while a recording runs."""
        decibels = self._outputs.level_db()
        self.level.setVisible(decibels is not None)
        if decibels is not None:
            self.level.setValue(round(100 * min(1.0, max(0.0, 1 - decibels / _QUIET_DB))))

    def ask_for_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Where recordings go"), str(self._outputs.folder()))
        if name:
            self._controller.set("recording.folder", name)

    def _chosen(self) -> None:
        self._controller.set("recording.microphone", self.microphone.currentData())


def _list(mailbox: Mailbox) -> None:
    from u2live.sinks.microphone import microphones

    mailbox.post([info.name for info in microphones()])
