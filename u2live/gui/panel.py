"""A panel at the side: a head that folds it, and a body."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from u2live.gui.icons import icon
from u2live.gui.logic.i18n import tr
from u2live.gui.theme import Theme


class Panel(QWidget):
    """Title, chevron, body. `folded_changed` carries its name and whether it is folded."""

    folded_changed = pyqtSignal(str, bool)

    def __init__(self, name: str, title: str, body: QWidget, theme: Theme) -> None:
        super().__init__()
        self.name = name
        self.body = body
        self._theme = theme
        self.head = QPushButton(title)
        self.head.setObjectName("panelHead")
        self.head.setCheckable(False)
        self.head.clicked.connect(lambda: self.set_folded(not self.folded))
        line = QFrame()
        line.setObjectName("separator")
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(8, 2, 8, 14)
        inner.addWidget(body)
        self._holder = holder
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(holder)
        column.addWidget(line)
        theme.changed.connect(self._show_state)
        self._show_state()

    @property
    def folded(self) -> bool:
        return self._holder.isHidden()

    def set_folded(self, folded: bool) -> None:
        if folded != self.folded:
            self._holder.setHidden(folded)
            self._show_state()
            self.folded_changed.emit(self.name, folded)

    def _show_state(self) -> None:
        name = "chevron-right" if self.folded else "chevron-down"
        self.head.setIcon(icon(name, self._theme.tokens.quiet))
        state = tr("folded") if self.folded else tr("unfolded")
        self.head.setAccessibleName(f"{self.head.text()}, {state}")
