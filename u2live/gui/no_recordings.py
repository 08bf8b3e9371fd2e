"""What the list of recordings shows before there is one."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from u2live.gui.icons import pixmap
from u2live.gui.logic.i18n import tr
from u2live.gui.theme import Theme


class NoRecordings(QWidget):
    """`record_button` begins the first one."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._picture = QLabel()
        title, text = QLabel(tr("No recordings yet")), QLabel(tr("What you record appears here, the newest first."))
        title.setProperty("title", True)
        text.setProperty("quiet", True)
        self.record_button = QPushButton(tr("Record now"))
        self.record_button.setProperty("primary", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 36, 16, 44)
        column.setSpacing(8)
        for widget in (self._picture, title, text):
            widget.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(widget)
        column.addSpacing(8)
        column.addWidget(self.record_button, 0, Qt.AlignmentFlag.AlignHCenter)
        theme.changed.connect(self._draw)
        self._draw()

    def _draw(self) -> None:
        self._picture.setPixmap(pixmap("recordings", self._theme.tokens.quiet, 56, self.devicePixelRatioF()))
