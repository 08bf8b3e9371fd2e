"""The bar above the picture (state, camera, views) and the one line of numbers below it."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from u2live.gui.controls import CalmCombo, ElidedLabel
from u2live.gui.icons import icon, pixmap
from u2live.gui.logic.i18n import noop, tr
from u2live.gui.painting import View
from u2live.gui.theme import Theme, tabular

VIEWS = (
    (View.RESULT, "result", noop("Result")),
    (View.SPLIT, "before-after", noop("Before / after")),
    (View.MATTE, "matte", noop("Matte")),
    (View.CUTOUT, "cutout", noop("Cut-out")),
)


class TopBar(QWidget):
    """State, camera, and which view is shown."""

    view_chosen = pyqtSignal(object)
    camera_chosen = pyqtSignal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._state = ("", "quiet")
        self.dot = QLabel()
        self.state = QLabel()
        self.state.setProperty("heading", True)
        self.camera = CalmCombo()
        self.camera.setAccessibleName(tr("Camera"))
        self.camera.activated.connect(lambda: self.camera_chosen.emit(self.camera.currentData()))
        self.camera.setMinimumContentsLength(12)
        self.source = ElidedLabel()
        self.source.setProperty("quiet", True)
        segments = QFrame()
        segments.setObjectName("segments")
        inside = QHBoxLayout(segments)
        inside.setContentsMargins(2, 2, 2, 2)
        inside.setSpacing(2)
        self.views: dict[View, QToolButton] = {}
        group = QButtonGroup(self)
        for view, _, label in VIEWS:
            button = QToolButton()
            button.setCheckable(True)
            button.setText(tr(label))
            button.setAccessibleName(tr("View: {name}", name=tr(label)))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.clicked.connect(lambda _=False, v=view: self.view_chosen.emit(v))
            group.addButton(button)
            inside.addWidget(button)
            self.views[view] = button
        self.views[View.RESULT].setChecked(True)
        self.menu_button = _flat(tr("Menu"))
        self.panels_button = _flat(tr("Show or hide the panels"))
        self.panels_button.setCheckable(True)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 8, 12, 0)
        line.setSpacing(8)
        for widget in (self.dot, self.state, self.camera):
            line.addWidget(widget)
        line.addWidget(self.source, 1)
        line.addWidget(segments)
        line.addWidget(self.menu_button)
        line.addWidget(self.panels_button)
        theme.changed.connect(self._draw)
        self._draw()

    def show_state(self, text: str, color: str) -> None:
        """`color` is a token's name."""
        if (text, color) != self._state:
            self._state = (text, color)
            self._draw()

    def show_view(self, view: View) -> None:
        self.views[view].setChecked(True)

    def set_compact(self, compact: bool) -> None:
        """In a narrow window the views show as icons, and the state as its dot."""
        for view, name, label in VIEWS:
            button = self.views[view]
            style = Qt.ToolButtonStyle.ToolButtonIconOnly if compact else Qt.ToolButtonStyle.ToolButtonTextOnly
            button.setToolButtonStyle(style)
            button.setIcon(icon(name, self._theme.tokens.quiet, self._theme.tokens.text))
            button.setToolTip(tr(label))
        self.state.setVisible(not compact)
        self.source.setVisible(not compact)

    def _draw(self) -> None:
        tokens = self._theme.tokens
        text, color = self._state
        self.dot.setPixmap(pixmap("dot", getattr(tokens, color), 16, self.devicePixelRatioF()))
        self.state.setText(text)
        self.menu_button.setIcon(icon("menu", tokens.text))
        self.panels_button.setIcon(icon("panels", tokens.quiet, tokens.text))
        self.source.setFont(tabular(self.font()))


class StatusLine(QWidget):
    """Honest numbers in words; a click unfolds the graph."""

    clicked = pyqtSignal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.text = ElidedLabel()
        self.text.setProperty("quiet", True)
        self.button = _flat(tr("Performance graph"))
        self.button.setCheckable(True)
        self.button.clicked.connect(self.clicked.emit)
        line = QHBoxLayout(self)
        line.setContentsMargins(18, 0, 12, 6)
        line.addWidget(self.text, 1)
        line.addWidget(self.button)
        theme.changed.connect(self._draw)
        self._draw()

    def show_line(self, line: str) -> None:
        if line != self.text.text():
            self.text.setText(line)

    def mousePressEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        self.clicked.emit()

    def _draw(self) -> None:
        self.text.setFont(tabular(self.font()))
        self.button.setIcon(icon("graph", self._theme.tokens.quiet, self._theme.tokens.text))


def _flat(name: str) -> QToolButton:
    button = QToolButton()
    button.setProperty("flat", True)
    button.setIconSize(QSize(20, 20))
    button.setAccessibleName(name)
    button.setToolTip(name)
    return button
