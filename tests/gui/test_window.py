"""Pressing the real controls, and reading the effect in the pipeline's output pixels."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QSlider

from u2live.gui.controls import SettingRow, Switch
from u2live.gui.gallery_view import Thumbnail
from u2live.gui.painting import View

from .conftest import BODY, PERSON, WALL, Desk


def thumbnail(desk: Desk, title: str) -> Thumbnail:
    return next(x for x in desk.window.background.view.thumbnails if x.entry.title == title)


def click(desk: Desk, widget, at: QPoint | None = None) -> None:  # type: ignore[no-untyped-def]
    desk.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at or widget.rect().center())


def row(desk: Desk, key: str) -> SettingRow:
    return next(x for x in desk.window.findChildren(SettingRow) if x.row.key == key)


def test_choosing_a_colour_changes_the_background_and_not_the_presenter(desk: Desk) -> None:
    before = desk.settled()
    click(desk, thumbnail(desk, "Green"))
    after = desk.settled()
    assert tuple(after[10, 10]) == (0x57, 0x6B, 0x2E)
    assert tuple(before[10, 10]) != tuple(after[10, 10])
    assert np.abs(after[BODY].astype(int) - np.array(PERSON)).max() <= 3


def test_none_shows_the_camera_and_blur_does_not(desk: Desk) -> None:
    click(desk, thumbnail(desk, "None"))
    assert np.abs(desk.settled()[10, 300].astype(int) - np.array(WALL)).max() <= 2
    click(desk, thumbnail(desk, "Blur"))
    assert desk.controller.value("background.choice").startswith("blur")
    stripes = [desk.settled()[20, :90].astype(int) for _ in range(3)]
    assert max(np.abs(x - np.array(WALL)).max() for x in stripes) < 45  # the stripe itself differs by 60


def test_transparent_gives_alpha(desk: Desk) -> None:
    click(desk, thumbnail(desk, "Transparent"))
    desk.settled()
    alpha = desk.newest.alpha
    assert alpha is not None
    assert alpha[10, 10] == 0
    assert alpha[120, 160] == 255


def test_a_bundled_picture_stands_behind(desk: Desk) -> None:
    entry = next(x for x in desk.window.background.view.thumbnails if x.entry.title == "Dusk")
    click(desk, entry)
    top, bottom = (desk.settled()[y, 20].astype(int) for y in (5, 170))
    assert top[0] > top[2]  # blue above
    assert bottom[2] > bottom[0]  # warm below


def test_the_blur_slider_sets_the_strength(desk: Desk) -> None:
    click(desk, thumbnail(desk, "Blur"))
    desk.window.background.blur.setFocus()
    desk.qtbot.keyClick(desk.window.background.blur, Qt.Key.Key_Home)
    assert desk.controller.value("background.choice") == "blur:0"
    desk.qtbot.keyClick(desk.window.background.blur, Qt.Key.Key_End)
    assert desk.controller.value("background.choice") == "blur:100"


def test_grow_and_shrink_move_the_outline(desk: Desk) -> None:
    def width() -> int:
        # At the presenter's edge, a row of red against the slate colour.
        return int((desk.settled()[100, :, 2] > 120).sum())

    desk.window.arrangement.reveal("edges")
    before = width()
    slider = row(desk, "matte.grow").control
    assert isinstance(slider, QSlider)
    desk.qtbot.keyClick(slider, Qt.Key.Key_Home)
    assert desk.controller.value("matte.grow") == -20
    assert width() < before - 2


def test_mirror_turns_the_picture(desk: Desk) -> None:
    desk.controller.set("background.choice", "original")
    desk.controller.set("camera.rotate", 180)
    flipped = desk.settled()
    assert np.abs(flipped[60, 160].astype(int) - np.array(PERSON)).max() <= 3
    assert np.abs(flipped[170, 160].astype(int) - np.array(WALL)).max() <= 3
    desk.window.arrangement.reveal("camera")
    switch = row(desk, "camera.mirror").control
    assert isinstance(switch, Switch)
    click(desk, switch)
    assert desk.controller.value("camera.mirror")


def test_a_double_click_on_the_name_gives_the_default(desk: Desk) -> None:
    desk.window.arrangement.reveal("edges")
    desk.controller.set("matte.softness", 12.0)
    label = row(desk, "matte.softness").label
    desk.qtbot.mouseDClick(label, Qt.MouseButton.LeftButton)
    assert desk.controller.value("matte.softness") == 0.0


def test_a_slider_ignores_the_wheel_until_it_has_the_focus(desk: Desk) -> None:
    from PyQt6.QtCore import QPointF
    from PyQt6.QtGui import QWheelEvent
    from PyQt6.QtWidgets import QApplication

    desk.window.arrangement.reveal("edges")
    slider = row(desk, "matte.softness").control

    def turn() -> None:
        event = QWheelEvent(
            QPointF(5, 5), slider.mapToGlobal(QPointF(5, 5)), QPoint(0, 0), QPoint(0, 120),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(slider, event)

    desk.window.live.setFocus()
    turn()
    assert desk.controller.value("matte.softness") == 0
    desk.window.activateWindow()
    slider.setFocus()
    desk.until(slider.hasFocus)
    turn()
    assert desk.controller.value("matte.softness") > 0


def test_undo_and_redo_reach_the_pixels(desk: Desk) -> None:
    click(desk, thumbnail(desk, "Green"))
    green = tuple(desk.settled()[10, 10])
    desk.window.commands.run("look.undo")
    assert tuple(desk.settled()[10, 10]) != green
    desk.window.commands.run("look.redo")
    assert tuple(desk.settled()[10, 10]) == green


def test_a_preset_brings_the_look_back_by_its_key(desk: Desk) -> None:
    click(desk, thumbnail(desk, "Green"))
    desk.window.arrangement.reveal("presets")
    click(desk, desk.window.preset_list.save_button)
    click(desk, thumbnail(desk, "Blue"))
    blue = tuple(desk.settled()[10, 10])
    desk.window.activateWindow()
    desk.window.live.setFocus()
    desk.until(desk.window.live.hasFocus)
    desk.qtbot.keyClick(desk.window.live, Qt.Key.Key_1)
    assert tuple(desk.settled()[10, 10]) == (0x57, 0x6B, 0x2E) != blue


@pytest.mark.parametrize("view", list(View))
def test_every_view_shows_what_it_says(desk: Desk, view: View) -> None:
    click(desk, desk.window.top.views[view])
    live = desk.window.live
    desk.until(lambda: live.preview is not None and live.preview.matted is not None)
    image = live.grab().toImage()
    box, ratio = live.box(), live.devicePixelRatioF()

    def seen(x: float, y: float) -> tuple[int, int, int]:
        color = image.pixelColor(round((box.x + x * box.width) * ratio), round((box.y + y * box.height) * ratio))
        return color.red(), color.green(), color.blue()

    red, green, blue = seen(0.45, 0.8)
    wall = seen(0.25, 0.1), seen(0.9, 0.1)
    if view is View.MATTE:
        assert min(red, green, blue) > 245
        assert max(wall[1]) < 10
    else:
        assert red > 180 > green
    if view is View.SPLIT:
        assert wall[0][1] > wall[0][0] + 60  # before: the wall
        assert wall[1] == pytest.approx((0x1F, 0x27, 0x33), abs=3)  # after
    if view is View.RESULT:
        assert wall[0] == pytest.approx((0x1F, 0x27, 0x33), abs=3)
    if view is View.CUTOUT:
        assert wall[1][0] == pytest.approx(wall[1][1], abs=2)  # a grey square of the board


def test_the_divider_follows_the_mouse_and_the_arrows(desk: Desk) -> None:
    live = desk.window.live
    desk.window.show_view(View.SPLIT)
    box = live.box()
    middle = QPoint(round(box.x + box.width / 2), round(box.y + box.height / 2))
    desk.qtbot.mousePress(live, Qt.MouseButton.LeftButton, pos=middle)
    desk.qtbot.mouseMove(live, QPoint(round(box.x + box.width * 0.25), middle.y()))
    desk.qtbot.mouseRelease(live, Qt.MouseButton.LeftButton)
    assert live.split == pytest.approx(0.25, abs=0.01)
    desk.qtbot.keyClick(live, Qt.Key.Key_Right)
    assert live.split == pytest.approx(0.27, abs=0.01)


def test_the_thumbnails_show_the_person_before_each_background(desk: Desk) -> None:
    green = thumbnail(desk, "Green")
    desk.window.side.area.ensureWidgetVisible(green)
    desk.window.background.redraw()
    image = green.image
    assert image is not None
    inside = image.pixelColor(image.width() // 2, image.height() * 3 // 4)
    corner = image.pixelColor(4, 4)
    assert inside.red() > 150
    assert corner.green() > corner.red()


def test_numbers_are_shown_in_words(desk: Desk) -> None:
    desk.until(lambda: "fps" in desk.window.status.text.text())
    text = desk.window.status.text.text()
    assert "ms behind" in text
    assert "dropped" in text
    assert "test (PyTorch)" in text


def test_a_narrow_window_has_a_drawer(desk: Desk) -> None:
    window = desk.window
    window.resize(820, 600)
    desk.until(lambda: window.side.isHidden())
    click(desk, window.top.panels_button)
    assert window.side.isVisible()
    assert window.side.geometry().right() >= window.width() - 2
    window.resize(1280, 760)
    desk.until(lambda: window.grid.indexOf(window.side) >= 0)
    assert window.side.isVisible()


def test_full_screen_shows_the_picture_alone(desk: Desk) -> None:
    window = desk.window
    desk.qtbot.mouseDClick(window.live, Qt.MouseButton.LeftButton)
    desk.until(window.isFullScreen)
    assert window.top.isHidden()
    assert window.side.isHidden()
    assert window.bottom.isHidden()
    desk.qtbot.mouseMove(window.live, QPoint(50, 50))
    desk.qtbot.mouseMove(window.live, QPoint(60, 60))
    window.arrangement.show_bar()
    assert window.bottom.isVisible()
    window.arrangement.toggle_full_screen()
    desk.until(lambda: window.top.isVisible() and window.bottom.isVisible())
