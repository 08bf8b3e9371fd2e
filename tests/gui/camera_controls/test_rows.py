"""The rows: their steps, their names, the keyboard's way through them, and large text."""

from __future__ import annotations

import sys

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from u2live.capture.camera_device import Control, Kind
from u2live.gui.panels.camera_control_row import ControlRow
from u2live.gui.theme import Theme

from .scene import Scene

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Video4Linux2 is Linux")


def test_everybody_can_use_them(scene: Scene) -> None:
    scene.open()
    scene.qtbot.keyClick(scene.row("Brightness").control, Qt.Key.Key_End)
    row = scene.row("Brightness")
    assert (row.control.accessibleName(), row.reset.accessibleName()) == ("Brightness", "Reset Brightness")
    order = []
    widget: QWidget | None = scene.part.head
    for _ in range(1 + 2 * len(scene.part.rows)):
        widget = widget.nextInFocusChain() if widget is not None else None
        while widget is not None and widget.focusPolicy() == Qt.FocusPolicy.NoFocus:
            widget = widget.nextInFocusChain()
        order.append(widget)
    expected = [widget for row in scene.part.rows for widget in (row.control, row.reset)]
    assert order == [*expected, scene.part.reset_all]
    try:
        scene.window.theme.set_text_scale(2.0)
        scene.qtbot.wait(50)
        inside, viewport = scene.window.side.area.widget(), scene.window.side.area.viewport()
        assert inside is not None
        assert viewport is not None
        assert inside.minimumSizeHint().width() <= viewport.width()
    finally:
        scene.window.theme.set_text_scale(1.0)


def test_a_row_keeps_to_its_steps(qtbot: QtBot, theme: Theme) -> None:
    control = Control(1, "zoom_absolute", "Zoom, Absolute", Kind.INTEGER, 100, 500, 25, 100, 100, True, True)
    row = ControlRow(control, theme)
    qtbot.addWidget(row)
    row.show_control(control, 100)
    moved: list[int] = []
    row.moved.connect(lambda _name, value: moved.append(value))
    row.control.setValue(140)  # type: ignore[attr-defined]
    assert (moved, row.value) == ([150], 150)
