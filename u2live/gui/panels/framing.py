"""The framing panel: following, the person's place before the background, caption and logo."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from u2live.gui.controller import Controller
from u2live.gui.controls import CalmCombo, SettingRow, Switch, rows_widget
from u2live.gui.icons import icon
from u2live.gui.layer import CORNERS, readable_logo, write_layer
from u2live.gui.lines import column_in
from u2live.gui.logic.i18n import noop, tr
from u2live.gui.logic.rows import row_of
from u2live.gui.logic.window_state import WindowState
from u2live.gui.theme import Theme
from u2live.settings import Settings

PLACES = (
    (noop("Centre"), 1.0, 0.0),
    (noop("Left"), 0.85, -0.26),
    (noop("Right"), 0.85, 0.26),
    (noop("Corner left"), 0.42, -0.34),
    (noop("Corner right"), 0.42, 0.34),
)


class FramingPanel(QWidget):
    """Dragging the person in the picture does the same as the sliders of place and size."""

    problem = pyqtSignal(str)

    def __init__(self, controller: Controller, theme: Theme, state: WindowState) -> None:
        super().__init__()
        self._controller = controller
        self._theme = theme
        self._state = state
        column = column_in(self)
        column.addWidget(SettingRow(row_of("framing.auto"), controller, theme))
        self._following = rows_widget(["framing.fill", "framing.zoom_limit", "framing.speed"], controller, theme)
        column.addWidget(self._following)
        column.addWidget(_heading(tr("Your place")))
        column.addLayout(self._places())
        column.addLayout(self._mouse_row())
        column.addWidget(rows_widget(["scene.scale", "scene.x", "scene.y"], controller, theme))
        column.addWidget(_heading(tr("On top")))
        column.addLayout(self._layer_rows())
        controller.changed.connect(self.show_settings)
        theme.changed.connect(self._draw)
        self._draw()
        self.show_settings(controller.settings)

    def _places(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(6)
        self.places: list[QPushButton] = []
        for number, (label, scale, x) in enumerate(PLACES):
            button = QPushButton(tr(label))
            button.setAccessibleName(tr("Stand: {where}", where=tr(label)))
            button.clicked.connect(lambda _=False, s=scale, at=x: self._stand(s, at))
            grid.addWidget(button, *((0, number * 2, 1, 2) if number < 3 else (1, (number - 3) * 3, 1, 3)))
            self.places.append(button)
        return grid

    def _mouse_row(self) -> QHBoxLayout:
        self.mouse = Switch(self._theme)
        self.mouse.setAccessibleName(tr("Move me with the mouse"))
        label = QLabel(tr("Move me with the mouse"))
        label.setBuddy(self.mouse)
        label.setToolTip(tr("Drag yourself in the picture; the wheel changes the size"))
        line = QHBoxLayout()
        line.addWidget(label, 1)
        line.addWidget(self.mouse)
        return line

    def _layer_rows(self) -> QVBoxLayout:
        self.caption = QLineEdit(self._state.caption)
        self.caption.setPlaceholderText(tr("Caption, as in: Ada Lovelace | Engines"))
        self.caption.setAccessibleName(tr("Caption"))
        self.caption.editingFinished.connect(self.apply_layer)
        self.logo = QPushButton()
        self.logo.clicked.connect(self._ask_for_logo)
        self.no_logo = QToolButton()
        self.no_logo.setProperty("flat", True)
        self.no_logo.setAccessibleName(tr("Remove the logo"))
        self.no_logo.clicked.connect(lambda: self.set_logo(""))
        self.corner = CalmCombo()
        self.corner.setAccessibleName(tr("Logo's corner"))
        for corner, label in CORNERS.items():
            self.corner.addItem(tr(label), corner)
        self.corner.setCurrentIndex(self.corner.findData(self._state.logo_corner))
        self.corner.activated.connect(self.apply_layer)
        line = QHBoxLayout()
        line.addWidget(self.logo, 1)
        line.addWidget(self.no_logo)
        rows = QVBoxLayout()
        rows.setSpacing(8)
        rows.addWidget(self.caption)
        rows.addLayout(line)
        rows.addWidget(self.corner)
        return rows

    def show_settings(self, settings: Settings) -> None:
        self._following.setVisible(settings.framing.auto)
        self.logo.setText(tr("Logo: {name}", name=Path(self._state.logo).name) if self._state.logo else tr("Add a logo…"))
        self.no_logo.setVisible(bool(self._state.logo))
        self.corner.setVisible(bool(self._state.logo))

    def drag(self, across: float, down: float) -> None:
        """Move the person by shares of the picture."""
        scene = self._controller.settings.scene
        self._place(scene.scale, scene.x + across, scene.y + down)

    def zoom(self, factor: float) -> None:
        scene = self._controller.settings.scene
        self._place(scene.scale * factor, scene.x, scene.y)

    def _stand(self, scale: float, x: float) -> None:
        self._place(scale, x, 0.0)

    def _place(self, scale: float, x: float, y: float) -> None:
        self._controller.set_many(
            {
                "scene.scale": round(min(2.0, max(0.1, scale)), 4),
                "scene.x": round(min(1.0, max(-1.0, x)), 4),
                "scene.y": round(min(1.0, max(-1.0, y)), 4),
            }
        )

    def _ask_for_logo(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, tr("Choose a logo"), "", tr("Pictures ({endings})", endings="*.png *.svg *.jpg")
        )
        if name:
            self.set_logo(name)

    def set_logo(self, path: str) -> None:
        """Show the picture in the chosen corner; empty for none."""
        if path and not readable_logo(Path(path)):
            self.problem.emit(tr("{name} cannot be shown as a logo; choose a PNG or SVG", name=Path(path).name))
            return
        self._state.logo = path
        self.apply_layer()

    def apply_layer(self) -> None:
        """Draw the layer anew from caption and logo."""
        self._state.caption = self.caption.text()
        self._state.logo_corner = self.corner.currentData()
        try:
            layer = write_layer(self._state.caption, self._state.logo, self._state.logo_corner)
        except OSError as error:
            self.problem.emit(tr("the caption cannot be drawn: {why}", why=error.strerror or error))
            return
        self._controller.set("scene.layer", layer)
        self.show_settings(self._controller.settings)

    def _draw(self) -> None:
        self.no_logo.setIcon(icon("close", self._theme.tokens.quiet))


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("heading", True)
    return label
