"""The one bar over the picture: what happened, and the button that fixes it."""

from __future__ import annotations

import time

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from u2live.gui.icons import icon, pixmap
from u2live.gui.logic.i18n import tr
from u2live.gui.logic.notices import Notices, fix_for
from u2live.gui.logic.words import capitalized
from u2live.gui.theme import Theme
from u2live.types import Level, Notice

_ICONS = {Level.INFO: "info", Level.WARNING: "warning", Level.ERROR: "error"}


class NoticeBar(QFrame):
    """Shows the gravest standing notice. Never a box that has to be answered."""

    fix = pyqtSignal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.notices = Notices()
        self._shown: Notice | None = None
        self.setObjectName("notice")
        self._icon = QLabel()
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button = QPushButton()
        self.button.clicked.connect(self._fix)
        self.close_button = QToolButton()
        self.close_button.setProperty("flat", True)
        self.close_button.setAccessibleName(tr("Dismiss"))
        self.close_button.clicked.connect(self._dismiss)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 8, 8, 8)
        line.setSpacing(10)
        for widget, stretch in ((self._icon, 0), (self.text, 1), (self.button, 0), (self.close_button, 0)):
            line.addWidget(widget, stretch)
        theme.changed.connect(self._draw_again)
        self.hide()

    def add(self, notice: Notice) -> None:
        self.notices.add(notice, time.monotonic())
        self.tick()

    def clear(self, topic: str) -> None:
        self.notices.clear(topic)
        self.tick()

    def tick(self) -> None:
        """Let what is old go. Called by the window's timer."""
        notice = self.notices.shown(time.monotonic())
        if notice != self._shown:
            self._show(notice)

    def _draw_again(self) -> None:
        self._show(self._shown)

    def _show(self, notice: Notice | None) -> None:
        self._shown = notice
        self.setVisible(notice is not None)
        if notice is None:
            return
        tokens = self._theme.tokens
        color = {Level.INFO: tokens.accent, Level.WARNING: tokens.warning, Level.ERROR: tokens.danger}[notice.level]
        self._icon.setPixmap(pixmap(_ICONS[notice.level], color, 20, self.devicePixelRatioF()))
        message = capitalized(notice.message)
        self.text.setText(message)
        self.setAccessibleName(message)
        fix = fix_for(notice)
        self.button.setVisible(
            fix is not None and (notice.level is not Level.INFO or notice.topic in ("source", "recorded"))
        )
        if fix is not None:
            self.button.setText(tr(fix.label))
        self.close_button.setIcon(icon("close", tokens.quiet))
        self.setProperty("level", notice.level.value)
        style = self.style()
        if style is not None:
            style.unpolish(self)
            style.polish(self)
        self.place()

    def place(self) -> None:
        """Lie over the top of the picture, as wide as suits it."""
        over = self.parentWidget()
        if over is None or self._shown is None:
            return
        width = min(720, over.width() - 48)
        width = max(200, width)
        layout = self.layout()
        assert layout is not None
        self.setFixedSize(width, max(layout.minimumSize().height(), layout.heightForWidth(width)))
        self.move((over.width() - self.width()) // 2, 28)
        self.raise_()

    def _fix(self) -> None:
        if self._shown is not None:
            fix = fix_for(self._shown)
            self._dismiss()
            if fix is not None:
                self.fix.emit(fix.command)

    def _dismiss(self) -> None:
        self.notices.dismiss()
        self.tick()
