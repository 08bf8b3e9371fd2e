"""Framing and scenes from the panel, seen in the output's pixels; slides and layers."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QApplication

from .conftest import HEIGHT, PERSON, WIDTH, Desk
from .slides import pdf


def extent(pixels: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the presenter's red."""
    red = np.abs(pixels.astype(int) - np.array(PERSON)).max(axis=2) < 50
    rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def test_a_corner_makes_the_presenter_small_and_keeps_them_on_the_edge(desk: Desk) -> None:
    desk.window.arrangement.reveal("framing")
    corner = next(x for x in desk.window.framing.places if x.text() == "Corner right")
    desk.qtbot.mouseClick(corner, Qt.MouseButton.LeftButton)
    left, top, right, bottom = extent(desk.settled())
    assert right - left == pytest.approx(120 * 0.42, abs=4)
    assert (left + right) / 2 == pytest.approx(WIDTH * (0.5 + 0.34), abs=4)
    assert bottom == HEIGHT
    assert top == pytest.approx(HEIGHT - 140 * 0.42, abs=4)


def test_dragging_in_the_picture_moves_the_presenter(desk: Desk) -> None:
    desk.window.arrangement.reveal("framing")
    desk.qtbot.mouseClick(desk.window.framing.mouse, Qt.MouseButton.LeftButton)
    live = desk.window.live
    before = extent(desk.settled())
    box = live.box()
    start = QPoint(round(box.x + box.width / 2), round(box.y + box.height / 2))
    desk.qtbot.mousePress(live, Qt.MouseButton.LeftButton, pos=start)
    desk.qtbot.mouseMove(live, start + QPoint(round(box.width * 0.2), 0))
    desk.qtbot.mouseRelease(live, Qt.MouseButton.LeftButton)
    after = extent(desk.settled())
    assert after[0] - before[0] == pytest.approx(0.2 * WIDTH, abs=3)


def test_the_wheel_scales_the_presenter_only_in_mouse_mode(desk: Desk) -> None:
    live = desk.window.live

    def turn() -> None:
        event = QWheelEvent(
            QPointF(50, 50), live.mapToGlobal(QPointF(50, 50)), QPoint(0, 0), QPoint(0, -600),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(live, event)

    turn()
    assert desk.controller.value("scene.scale") == 1.0
    desk.window.framing.mouse.setChecked(True)
    turn()
    assert desk.controller.value("scene.scale") < 0.9


def test_following_crops_towards_the_presenter(desk: Desk) -> None:
    before = extent(desk.settled())
    desk.controller.set_many({"framing.auto": True, "framing.fill": 1.0, "framing.speed": 1.0})
    desk.until(lambda: extent(desk.newest.pixels)[2] - extent(desk.newest.pixels)[0] > before[2] - before[0] + 10)
    desk.controller.set("framing.auto", False)
    desk.until(lambda: abs((extent(desk.newest.pixels)[2] - extent(desk.newest.pixels)[0]) - (before[2] - before[0])) <= 3)


def test_a_caption_lies_on_top(desk: Desk) -> None:
    desk.window.arrangement.reveal("framing")
    before = desk.settled().copy()
    desk.window.framing.caption.setText("Ada Lovelace | Engines")
    desk.window.framing.caption.editingFinished.emit()
    after = desk.settled()
    band = after[150:175, 12:60].astype(int) - before[150:175, 12:60].astype(int)
    assert np.abs(band).max() > 60
    assert np.array_equal(after[:60, 250:], before[:60, 250:])
    desk.window.framing.caption.setText("")
    desk.window.framing.caption.editingFinished.emit()
    assert np.array_equal(desk.settled()[150:175, 12:60], before[150:175, 12:60])


def test_a_logo_in_its_corner(desk: Desk) -> None:
    logo = np.zeros((40, 80, 4), np.uint8)
    logo[:] = (0, 255, 255, 255)
    cv2.imwrite(str(desk.folder / "logo.png"), logo)
    desk.window.framing.set_logo(str(desk.folder / "logo.png"))
    pixels = desk.settled()
    corner = pixels[20, WIDTH - 30].astype(int)
    assert corner[1] > 200
    assert corner[2] > 200
    assert corner[0] < 60


def test_a_pdf_becomes_slides_that_are_turned(desk: Desk) -> None:
    desk.window.dropped([pdf(desk.folder / "talk.pdf")], "background")
    desk.until(lambda: desk.controller.value("background.choice").endswith("001.png"))
    assert tuple(desk.settled()[10, 10]) == pytest.approx((0, 0, 255), abs=2)
    desk.window.commands.run("slides.next")
    assert tuple(desk.settled()[10, 10]) == pytest.approx((0, 255, 0), abs=2)
    desk.window.commands.run("slides.next")
    desk.window.commands.run("slides.next")
    assert tuple(desk.settled()[10, 10]) == pytest.approx((255, 0, 0), abs=2)
    desk.window.commands.run("slides.previous")
    assert tuple(desk.settled()[10, 10]) == pytest.approx((0, 255, 0), abs=2)
    shown = next(x for x in desk.window.background.view.thumbnails if x.isChecked())
    assert shown.entry.title == "talk"


def test_changing_the_layer_again_and_again_is_no_trouble(desk: Desk) -> None:
    told: list[str] = []
    desk.controller.noticed.connect(lambda notice: told.append(notice.message))
    for number in range(8):
        desk.window.framing.caption.setText(f"Caption {number}")
        desk.window.framing.apply_layer()
        desk.frames(1)
    desk.settled()
    assert [message for message in told if "layer" in message] == []
    desk.window.commands.run("look.undo")
    desk.settled()
    assert [message for message in told if "layer" in message] == []
