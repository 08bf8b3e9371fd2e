"""A person at the recording panel and the record button."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QComboBox

from .conftest import Desk


def choose(desk: Desk, combo: QComboBox, data: str) -> None:
    """With the keyboard, as a person without a mouse does."""
    steps = combo.findData(data) - combo.currentIndex()
    assert combo.findData(data) >= 0, [combo.itemData(n) for n in range(combo.count())]
    for _ in range(abs(steps)):
        desk.qtbot.keyClick(combo, Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up)
    assert combo.currentData() == data


def record(desk: Desk, pictures: int = 12) -> Path:
    """Returns the file, once it has its end."""
    outputs = desk.window.outputs
    desk.qtbot.mouseClick(desk.window.bottom.record, Qt.MouseButton.LeftButton)
    desk.until(lambda: outputs.running() is not None and outputs.running()[1].frames >= pictures)  # type: ignore[index]
    path = outputs.running()[0]  # type: ignore[index]
    with desk.qtbot.waitSignal(outputs.recorded, timeout=30_000) as ended:
        desk.qtbot.mouseClick(desk.window.bottom.record, Qt.MouseButton.LeftButton)
    assert ended.args == [path]
    return path
