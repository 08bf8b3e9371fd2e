"""What stands in place of a recording that was just put away, or is about to be."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from u2live.gui.logic.i18n import tr


class RowQuestion(QWidget):
    """A line with one button, or with two for a question."""

    def __init__(self) -> None:
        super().__init__()
        self._answer: Callable[[], None] = lambda: None
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.yes = QPushButton()
        self.yes.clicked.connect(lambda: self._answer())
        self.no = QPushButton(tr("Keep it"))
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 8, 16, 8)
        line.setSpacing(10)
        line.addWidget(self.text, 1)
        line.addWidget(self.no)
        line.addWidget(self.yes)

    def offer(self, text: str, label: str, answer: Callable[[], None]) -> None:
        """Say something, with a button that takes it back."""
        self._put(text, label, answer)
        self.no.hide()
        self.yes.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask(self, text: str, label: str, answer: Callable[[], None]) -> None:
        """Before what cannot be taken back; return and space keep it."""
        self._put(text, label, answer)
        self.no.setAccessibleName(f"{self.no.text()}: {text}")
        self.no.show()
        self.no.setFocus(Qt.FocusReason.OtherFocusReason)

    def _put(self, text: str, label: str, answer: Callable[[], None]) -> None:
        self._answer = answer
        self.text.setText(text)
        self.yes.setText(label)
        self.yes.setAccessibleName(f"{label}: {text}")
