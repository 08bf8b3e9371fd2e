"""What panels are made of: columns of lines, each a name and a control at the end, and words between them."""

from __future__ import annotations

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from u2live.gui.theme import Theme


def column_in(holder: QWidget, spacing: int = 12) -> QVBoxLayout:
    """What `holder` shows, one below the other and up to its very edges, `spacing` logical pixels apart."""
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(spacing)
    return column


def quiet_text(text: str = "") -> QLabel:
    """Words in the quiet colour that take as many lines as they need."""
    label = QLabel(text)
    label.setProperty("quiet", True)
    label.setWordWrap(True)
    return label


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
