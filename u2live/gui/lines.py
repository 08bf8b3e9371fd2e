"""The line that panels are made of: a name, and a control at the end."""

from __future__ import annotations

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QWidget

from u2live.gui.theme import Theme


def line_of(name: QLabel, control: QWidget) -> QHBoxLayout:
    """The name at the beginning of the line, the control at its end."""
    line = QHBoxLayout()
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(12)
    line.addWidget(name)
    line.addStretch(1)
    line.addWidget(control)
    return line


def align(theme: Theme, control: QWidget) -> QWidget:
    """Give a control at the end of a row the width that all of them have."""
    _Width(theme, control)
    return control


class _Width(QObject):
    """Lives as long as its control and keeps its width in step with the text's size."""

    def __init__(self, theme: Theme, control: QWidget) -> None:
        super().__init__(control)
        self._theme = theme
        self._control = control
        theme.changed.connect(self._measure)
        self._measure()

    def _measure(self) -> None:
        self._control.setFixedWidth(round(20 + self._theme.text_px * 11.5))
