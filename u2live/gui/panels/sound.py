"""What a recording hears: the microphone by its name, its level, mute and gain."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from u2live.errors import SinkError
from u2live.gui.controller import Controller
from u2live.gui.controls import CalmCombo, rows_widget
from u2live.gui.icons import icon
from u2live.gui.level_meter import LevelMeter
from u2live.gui.lines import align, column_in, line_of, quiet_text
from u2live.gui.logic.i18n import tr
from u2live.gui.logic.words import capitalized
from u2live.gui.mailbox import Mailbox
from u2live.gui.outputs import Outputs
from u2live.gui.theme import Theme
from u2live.settings import Settings

if TYPE_CHECKING:
    from PyQt6.QtGui import QShowEvent

    from u2live.sinks.microphone import Microphone


class SoundPanel(QWidget):
    """Microphones are listed in a thread, anew whenever the panel comes into view: the sound system may take its time."""

    def __init__(self, controller: Controller, outputs: Outputs, theme: Theme) -> None:
        super().__init__()
        self._controller = controller
        self._outputs = outputs
        self._theme = theme
        self._tested: Microphone | None = None
        self._listing = self._opening = False
        self._opened = Mailbox(self._test_opened)
        self._why = ""
        self.microphone = CalmCombo()
        self.microphone.setAccessibleName(tr("Microphone"))
        self.microphone.activated.connect(self._chosen)
        self.level = LevelMeter(theme)
        self.mute = self._tool(tr("Mute"), tr("Mute the microphone in recordings"))
        self.mute.clicked.connect(outputs.toggle_mute)
        self.test = self._tool(tr("Test"), tr("Listen to the microphone now, to see its level"))
        self.test.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.test.clicked.connect(self._test_pressed)
        self.problem = quiet_text()
        column = column_in(self)
        column.addLayout(line_of(QLabel(tr("Microphone")), align(theme, self.microphone)))
        heard = QHBoxLayout()
        heard.setSpacing(8)
        heard.addWidget(self.mute)
        heard.addWidget(self.level, 1)
        heard.addWidget(self.test)
        column.addLayout(heard)
        column.addWidget(self.problem)
        column.addWidget(rows_widget(["recording.gain_db"], controller, theme))
        controller.changed.connect(self.show_settings)
        outputs.changed.connect(self._show_mute)
        theme.changed.connect(self._show_mute)
        self._mailbox = Mailbox(self._listed)
        self._show_microphones([])
        self._show_mute()

    def _tool(self, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setCheckable(True)
        button.setIconSize(QSize(18, 18))
        button.setAccessibleName(tip)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self.list_microphones()

    def list_microphones(self) -> None:
        """Look for microphones anew, in a thread."""
        if not self._listing:
            self._listing = True
            threading.Thread(target=_list, args=(self._mailbox,), name="u2live-microphones", daemon=True).start()

    def _listed(self, found: object) -> None:
        assert isinstance(found, tuple)
        self._listing = False
        names, self._why = found
        self._show_microphones(names)

    def _show_microphones(self, names: list[str]) -> None:
        self.microphone.clear()
        self.microphone.addItem(tr("System default"), "default")
        self.microphone.addItem(tr("None: no sound"), "")
        for name in names:
            self.microphone.addItem(name, name)
        self.show_settings(self._controller.settings)

    def show_settings(self, settings: Settings) -> None:
        name = settings.recording.microphone
        if self.microphone.findData(name) < 0:
            self.microphone.addItem(name, name)
        self.microphone.setCurrentIndex(self.microphone.findData(name))
        self.microphone.setToolTip(self.microphone.currentText())
        for widget in (self.mute, self.level, self.test):
            widget.setEnabled(bool(name))
        self.problem.setText(self._problem(settings))
        self.problem.setVisible(bool(self.problem.text()))

    def _problem(self, settings: Settings) -> str:
        """Why recordings will have no sound although a microphone is chosen."""
        if not settings.recording.microphone:
            return ""
        if settings.recording.format == "png":
            return tr("A folder of pictures has no sound.")
        if not self._why:
            return ""
        return tr("{why}. Recordings have no sound until then.", why=capitalized(self._why))

    def _show_mute(self) -> None:
        muted = self._outputs.muted
        self.mute.setChecked(muted)
        tokens = self._theme.tokens
        self.mute.setIcon(icon("microphone-off" if muted else "microphone", tokens.text, tokens.on_accent))

    def show_level(self) -> None:
        """Follow the microphone, of the recording or of the test."""
        decibels = self._outputs.level_db()
        if decibels is not None:
            self._end_test()
        elif self._tested is not None:
            decibels = self._tested.level_db + float(self._controller.value("recording.gain_db"))
        self.level.show_level(decibels)
        self.test.setVisible(not self._outputs.recording)
        if self._tested is not None and not self.isVisible():
            self._end_test()  # nobody looks: nobody listens

    def _chosen(self) -> None:
        self._end_test()
        self._controller.set("recording.microphone", self.microphone.currentData())

    def _test_pressed(self) -> None:
        """Listen, or no more. A microphone is opened in a thread: that too may take its time."""
        if self._tested is not None or self._opening:
            self._end_test()
            return
        self._opening = True
        self.test.setChecked(True)
        name = self._controller.value("recording.microphone")
        threading.Thread(target=_open, args=(name, self._opened), name="u2live-microphone", daemon=True).start()

    def _test_opened(self, message: object) -> None:
        assert isinstance(message, tuple)
        tested, why = message
        wanted, self._opening = self._opening, False
        if tested is not None and wanted and self.isVisible() and not self._outputs.recording:
            self._tested = tested
        elif tested is not None:
            tested.close()
        self.test.setChecked(self._tested is not None)
        if why:
            self._why = why
            self.show_settings(self._controller.settings)

    def _end_test(self) -> None:
        tested, self._tested = self._tested, None
        self._opening = False
        self.test.setChecked(False)
        if tested is not None:
            tested.close()


def _list(mailbox: Mailbox) -> None:
    from u2live.sinks.microphone import find_microphones

    try:
        mailbox.post(([microphone.name for microphone in find_microphones()], ""))
    except SinkError as error:
        mailbox.post(([], str(error)))


def _open(name: str, mailbox: Mailbox) -> None:
    from u2live.sinks.microphone import Microphone

    tested = Microphone(name)
    try:
        tested.open()
    except SinkError as error:
        mailbox.post((None, str(error)))
    else:
        mailbox.post((tested, ""))
