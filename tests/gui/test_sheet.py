"""The card over the window: as high as what is on it needs, whenever that changes."""

from __future__ import annotations

import pytest
from PyQt6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from u2live.gui.sheet import Sheet
from u2live.gui.theme import Theme


class Body(QWidget):
    """Lines in a layout of a widget of its own, as the rows of a page are."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = QWidget()
        self.lines = QVBoxLayout(self.inner)
        QVBoxLayout(self).addWidget(self.inner)

    def add(self, count: int) -> None:
        for number in range(count):
            self.lines.addWidget(QLabel(f"line {number}"))


@pytest.fixture
def over(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 700)
    window.show()
    return window


def test_the_card_follows_what_is_on_it_without_being_told(over: QWidget, theme: Theme, qtbot: QtBot) -> None:
    body = Body()
    sheet = Sheet("Lines", body, theme, over)
    small = sheet.card.height()

    def all_of_it_shows() -> bool:
        return body.sizeHint().height() > small and sheet.area.viewport().height() >= body.sizeHint().height()  # type: ignore[union-attr]

    body.add(14)
    qtbot.waitUntil(all_of_it_shows, timeout=5000)
    line = body.lines.itemAt(0).widget()  # type: ignore[union-attr]
    assert isinstance(line, QLabel)
    before = sheet.card.height()
    line.setText("one\ntwo\nthree")
    qtbot.waitUntil(lambda: sheet.card.height() > before, timeout=5000)
    body.add(100)
    qtbot.waitUntil(lambda: sheet.card.height() == over.height() - 48, timeout=5000)
    body.inner.hide()
    qtbot.waitUntil(lambda: sheet.card.height() == small, timeout=5000)


def test_the_card_follows_the_window(over: QWidget, theme: Theme, qtbot: QtBot) -> None:
    body = Body()
    body.add(100)
    sheet = Sheet("Lines", body, theme, over)
    over.resize(700, 500)
    qtbot.waitUntil(lambda: sheet.size() == over.size() and sheet.card.height() == 500 - 48, timeout=5000)
