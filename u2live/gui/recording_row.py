"""One recording in the list: its picture, its name, what it is, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PyQt6.QtCore import QEvent, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QStackedLayout,
    QToolButton,
    QWidget,
)

from u2live.gui.controls import ElidedLabel
from u2live.gui.icons import icon
from u2live.gui.lines import column_in
from u2live.gui.logic.i18n import tr
from u2live.gui.logic.recordings import broken, detail_text, length_text, standing
from u2live.gui.recording_loader import Read
from u2live.gui.recording_question import RowQuestion
from u2live.gui.recording_thumb import RecordingThumb
from u2live.gui.theme import Theme, tabular
from u2live.sinks.recording_status import RecordingStatus
from u2live.sinks.unfinished import State

_OWN_KEYS = (Qt.Key.Key_F2, Qt.Key.Key_Delete, Qt.Key.Key_Up, Qt.Key.Key_Down)


class RecordingRow(QFrame):
    """Emits what the person wants; the page does it. `path` follows a renaming."""

    play = pyqtSignal(object)
    show_folder = pyqtSignal(object)
    finish = pyqtSignal(object)
    bin = pyqtSignal(object)
    bring_back = pyqtSignal(object)
    delete = pyqtSignal(object)
    renamed = pyqtSignal(object, str)
    step = pyqtSignal(object, int)

    def __init__(self, path: Path, theme: Theme) -> None:
        super().__init__()
        self.path = path
        self.read: Read | None = None
        self._theme = theme
        self.setObjectName("recordingRow")
        self.thumb = RecordingThumb(theme)
        self.thumb.clicked.connect(lambda: self.play.emit(self))
        self.name = ElidedLabel()
        self.name.setProperty("heading", True)
        self.editor = QLineEdit()
        self.editor.hide()
        self.editor.returnPressed.connect(self._take_name)
        self.detail = ElidedLabel()
        self.detail.setProperty("quiet", True)
        self.state = ElidedLabel()
        self.finish_button = QPushButton(tr("Finish it"))
        self.finish_button.clicked.connect(lambda: self.finish.emit(self))
        self.folder_button = self._tool("folder", lambda: self.show_folder.emit(self))
        self.rename_button = self._tool("edit", self.ask_for_name)
        self.bin_button = self._tool("trash", lambda: self.bin.emit(self))
        self.question = RowQuestion()
        self.question.no.clicked.connect(self.show_recording)
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self._usual())
        self._stack.addWidget(self.question)
        theme.changed.connect(self._draw)
        self._name_everything()
        self.show_state()
        self._draw()

    def _usual(self) -> QWidget:
        told = QWidget()  # a widget, because labels that may shrink to nothing do not make a layout wide
        told.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        words = column_in(told, 3)
        words.addStretch(1)
        for widget in (self.name, self.editor, self.detail):
            words.addWidget(widget)
        below = QHBoxLayout()
        below.setSpacing(10)
        below.addWidget(self.state, 1)
        below.addWidget(self.finish_button)
        words.addLayout(below)
        words.addStretch(1)
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(8, 8, 8, 8)
        line.setSpacing(14)
        line.addWidget(self.thumb)
        line.addWidget(told, 1)
        tools = QHBoxLayout()
        tools.setSpacing(2)
        for button in (self.folder_button, self.rename_button, self.bin_button):
            tools.addWidget(button)
        line.addLayout(tools)
        return holder

    def _tool(self, name: str, slot) -> QToolButton:  # type: ignore[no-untyped-def]
        button = QToolButton()
        button.setProperty("flat", True)
        button.setProperty("picture", name)
        button.setIconSize(QSize(20, 20))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # the others stay where they are
        button.setSizePolicy(policy)
        button.clicked.connect(lambda _=False: slot())
        return button

    def _draw(self) -> None:
        for button in (self.folder_button, self.rename_button, self.bin_button):
            button.setIcon(icon(str(button.property("picture")), self._theme.tokens.quiet))
        self.detail.setFont(tabular(self.font()))
        self.state.setFont(tabular(self.font()))

    def _name_everything(self) -> None:
        name = self.path.stem if self.path.suffix else self.path.name
        self.name.setText(name)
        self.name.setToolTip(self.path.name)
        told = ", ".join(text for text in (name, self.thumb.length, self.detail.text(), self.state.text()) if text)
        self.thumb.setAccessibleName(tr("Play {name}", name=told))
        self.thumb.setToolTip(tr("Play"))
        for button, text, tip in (
            (self.folder_button, tr("Show {name} in its folder", name=name), tr("Show in folder")),
            (self.rename_button, tr("Rename {name}", name=name), tr("Rename")),
            (self.bin_button, tr("Move {name} to the bin", name=name), tr("Move to the bin")),
            (self.finish_button, tr("Finish {name}", name=name), ""),
            (self.editor, tr("New name of {name}", name=name), ""),
        ):
            button.setAccessibleName(text)
            button.setToolTip(tip)

    def show_read(self, read: Read) -> None:
        """What was read of the file."""
        self.read = read
        self.thumb.show_picture(read.picture)
        self.thumb.show_length(length_text(read.info) if read.info.state is State.FINISHED else "")
        self.detail.setText(detail_text(read.info, datetime.now()))
        self.show_state()

    def show_state(self, running: RecordingStatus | None = None, finishing: bool = False) -> None:
        """`running`, how it stands, when this window is recording it; `finishing` while its file is being ended."""
        info = self.read.info if self.read is not None else None
        stands = standing(info, running, finishing=finishing)
        self.detail.setVisible(running is None and not finishing)
        self.state.setText(stands.text)
        self.state.setVisible(bool(stands.text))
        self._color_state(stands.color)
        self.finish_button.setVisible(stands.state is State.UNFINISHED)
        self.thumb.setEnabled(info is None or not broken(info) or stands.state is not State.FINISHED)
        self.bin_button.setVisible(stands.state is not State.RUNNING)
        self.rename_button.setVisible(stands.state is State.FINISHED)
        self._name_everything()

    def _color_state(self, kind: str) -> None:
        if self.state.property(kind):
            return
        for each in ("quiet", "warning", "danger"):
            self.state.setProperty(each, each == kind)
        style = self.state.style()
        if style is not None:
            style.unpolish(self.state)
            style.polish(self.state)

    def ask_for_name(self) -> None:
        """Let the name be typed over."""
        if self.rename_button.isHidden():
            return
        self.editor.setText(self.name.text())
        self.name.hide()
        self.editor.show()
        self.editor.selectAll()
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_name(self) -> None:
        name = self.editor.text()
        self.end_naming()
        if name.strip() and name.strip() != self.name.text():
            self.renamed.emit(self, name)

    def end_naming(self) -> None:
        self.editor.hide()
        self.name.show()
        self.thumb.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_recording(self) -> None:
        """After a question, the recording again."""
        self._stack.setCurrentIndex(0)
        self.thumb.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_binned(self) -> None:
        """In its place, that it is in the bin, and the way back."""
        text = tr("{name} is in the bin.", name=self.path.name)
        self._ask(lambda: self.question.offer(text, tr("Undo"), lambda: self.bring_back.emit(self)))

    def ask_to_delete(self) -> None:
        text = tr("There is no bin on this disk. Delete {name} for good?", name=self.path.name)
        self._ask(lambda: self.question.ask(text, tr("Delete for good"), lambda: self.delete.emit(self)))

    @property
    def asks(self) -> bool:
        return self._stack.currentIndex() == 1

    def _ask(self, put: Callable[[], None]) -> None:
        self._stack.setCurrentIndex(1)
        put()

    def event(self, event: QEvent | None) -> bool:
        """These keys are the row's, whatever else they do in the window."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() in _OWN_KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        key = event.key()
        if key == Qt.Key.Key_Escape and self.editor.isVisible():
            self.end_naming()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.step.emit(self, -1 if key == Qt.Key.Key_Up else 1)
        elif key == Qt.Key.Key_Delete and not self.asks and not self.bin_button.isHidden():
            self.bin.emit(self)
        elif key == Qt.Key.Key_F2 and not self.asks:
            self.ask_for_name()
        else:
            super().keyPressEvent(event)
