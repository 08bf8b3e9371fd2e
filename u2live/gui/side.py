"""The panels' column: beside the picture, or over it as a drawer in a narrow window."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from u2live.gui.panel import Panel
from u2live.gui.theme import Theme


class Side(QFrame):
    """Panels one below the other in a scroll area."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.panels: dict[str, Panel] = {}
        self.setObjectName("side")
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(4, 6, 4, 8)
        self._column.setSpacing(2)
        self._column.addStretch(1)
        self.area.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.area)
        theme.changed.connect(self._measure)
        self._measure()

    def add(self, name: str, title: str, body: QWidget) -> Panel:
        panel = Panel(name, title, body, self._theme)
        self.panels[name] = panel
        self._column.insertWidget(self._column.count() - 1, panel)
        return panel

    def reveal(self, name: str) -> None:
        """Unfold a panel, scroll to it, and put the keyboard there."""
        panel = self.panels[name]
        panel.set_folded(False)
        inner = self.area.widget()
        if inner is not None and inner.layout() is not None:
            inner.layout().activate()  # type: ignore[union-attr]
        self.area.ensureWidgetVisible(panel.head)
        panel.head.setFocus(Qt.FocusReason.OtherFocusReason)

    def _measure(self) -> None:
        """Wide enough for the text at its size."""
        self.setFixedWidth(round(110 + 17 * self._theme.text_px))
