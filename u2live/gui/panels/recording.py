"""The recording panel: where to, what kind of file, what it hears, and the way to the list of recordings."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QLabel, QPushButton, QVBoxLayout, QWidget

from u2live.errors import UsageError
from u2live.gui.controller import Controller
from u2live.gui.controls import ElidedLabel, rows_widget
from u2live.gui.icons import icon
from u2live.gui.lines import align, column_in, line_of
from u2live.gui.logic.i18n import tr
from u2live.gui.logic.recordings import short_path
from u2live.gui.outputs import Outputs
from u2live.gui.panels.file_kind import FileKind
from u2live.gui.panels.sound import SoundPanel
from u2live.gui.theme import Theme
from u2live.settings import Settings


class RecordingPanel(QWidget):
    """`list_wanted` when the person asks for the list of recordings."""

    list_wanted = pyqtSignal()

    def __init__(self, controller: Controller, outputs: Outputs, theme: Theme) -> None:
        super().__init__()
        self._controller = controller
        self._outputs = outputs
        self._theme = theme
        self.list_button = QPushButton(" " + tr("Recordings"))
        self.list_button.setAccessibleName(tr("Show the list of recordings"))
        self.list_button.clicked.connect(self.list_wanted.emit)
        self.folder = QPushButton()
        self.folder.clicked.connect(self.ask_for_folder)
        self.example = ElidedLabel()
        self.example.setProperty("quiet", True)
        self.kind = FileKind(controller, theme)
        self.sound = SoundPanel(controller, outputs, theme)
        where = line_of(QLabel(tr("Folder")), align(theme, self.folder))
        named = QVBoxLayout()
        named.setSpacing(4)
        named.addWidget(rows_widget(["recording.name"], controller, theme))
        named.addWidget(self.example)
        column = column_in(self)
        column.addWidget(self.list_button)
        column.addLayout(where)
        column.addLayout(named)
        column.addWidget(self.kind)
        column.addWidget(_heading(tr("Sound")))
        column.addWidget(self.sound)
        controller.changed.connect(self.show_settings)
        theme.changed.connect(self._draw)
        self._draw()
        self.show_settings(controller.settings)

    def _draw(self) -> None:
        self.list_button.setIcon(icon("recordings", self._theme.tokens.text))

    def show_settings(self, settings: Settings) -> None:
        folder = self._outputs.folder()
        room = self.folder.width() - 2 * self.folder.fontMetrics().averageCharWidth() - 16
        self.folder.setText(self.folder.fontMetrics().elidedText(short_path(folder), Qt.TextElideMode.ElideMiddle, room))
        self.folder.setToolTip(str(folder))
        self.folder.setAccessibleName(tr("Recordings go to {folder}", folder=folder))
        self.example.setText(self._example(settings))

    @staticmethod
    def _example(settings: Settings) -> str:
        from u2live.sinks.recording import recording_name

        try:
            return recording_name(settings.recording)
        except UsageError as error:
            return str(error)

    def show_level(self) -> None:
        """Follow the microphone. Called with the window's numbers."""
        self.sound.show_level()

    def ask_for_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Where recordings go"), str(self._outputs.folder()))
        if name:
            self._controller.set("recording.folder", name)


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("heading", True)
    return label
