"""What is set in a row reaches the camera, is kept for it, and goes back; what the camera does itself is followed."""

from __future__ import annotations

import sys

import pytest
from PyQt6.QtCore import Qt

from u2live.capture.control_settings import parsed

from .scene import KEY, Scene

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Video4Linux2 is Linux")


def test_a_slider_reaches_the_camera_and_is_kept_for_it(scene: Scene) -> None:
    scene.open()
    row = scene.row("Brightness")
    row.control.setFocus()
    for _ in range(20):
        scene.qtbot.keyClick(row.control, Qt.Key.Key_Right)
    scene.holds("Brightness", 20)
    assert row.value_label.text() == "20"
    assert parsed(scene.camera.received[-1]) == {KEY: {"brightness": 20}}
    assert scene.controller.value("camera.controls") == scene.camera.received[-1]
    assert len(scene.camera.received) < 12  # twenty steps at once are not twenty changes
    assert row.control.hasFocus() or not scene.window.isActiveWindow()


def test_a_switch_and_a_menu_reach_the_camera(scene: Scene) -> None:
    scene.open()
    scene.press(scene.row("Automatic white balance").control)
    scene.holds("White Balance, Automatic", 0)
    combo = scene.row("Lamp flicker").control
    scene.qtbot.keyClick(combo, Qt.Key.Key_Down)
    scene.holds("Power Line Frequency", 2)
    assert parsed(scene.camera.received[-1])[KEY] == {"white_balance_automatic": 0, "power_line_frequency": 2}


def test_exposure_is_freed_when_its_automatic_is_off(scene: Scene) -> None:
    scene.open()
    exposure = scene.row("Exposure time")
    assert not exposure.control.isEnabled()
    assert exposure.value_label.text() == "15.7 ms"
    assert "automatic" in exposure.toolTip()
    scene.qtbot.keyClick(scene.row("Automatic exposure").control, Qt.Key.Key_Up)
    scene.holds("Auto Exposure", 1)
    scene.until(exposure.control.isEnabled)
    scene.qtbot.keyClick(exposure.control, Qt.Key.Key_End)
    scene.holds("Exposure Time, Absolute", 5000)
    assert parsed(scene.camera.received[-1])[KEY] == {"auto_exposure": 1, "exposure_time_absolute": 5000}


def test_one_control_goes_back_by_its_button_and_by_its_name(scene: Scene) -> None:
    scene.open()
    row = scene.row("Brightness")
    assert not row.reset.isVisible()
    scene.qtbot.keyClick(row.control, Qt.Key.Key_End)
    scene.holds("Brightness", 64)
    scene.press(row.reset)
    scene.holds("Brightness", 0)
    assert not row.reset.isVisible()
    scene.qtbot.keyClick(row.control, Qt.Key.Key_Home)
    scene.holds("Brightness", -64)
    scene.qtbot.mouseDClick(row.label, Qt.MouseButton.LeftButton)
    scene.holds("Brightness", 0)


def test_reset_all_is_one_step_that_undo_takes_back(scene: Scene) -> None:
    scene.open()
    assert not scene.part.reset_all.isEnabled()
    scene.qtbot.keyClick(scene.row("Brightness").control, Qt.Key.Key_End)
    scene.holds("Brightness", 64)
    scene.press(scene.row("Automatic white balance").control)
    scene.holds("White Balance, Automatic", 0)
    scene.qtbot.wait(1100)  # so long a change joins the one before
    scene.press(scene.part.reset_all)
    scene.holds("Brightness", 0)
    scene.holds("White Balance, Automatic", 1)
    assert not scene.part.reset_all.isEnabled()
    scene.window.commands.run("look.undo")
    scene.holds("Brightness", 64)
    scene.holds("White Balance, Automatic", 0)
    scene.until(lambda: scene.row("Brightness").value == 64)


def test_undo_takes_back_the_very_first_change(scene: Scene) -> None:
    scene.kernel.named_by_id(0x00980900).value = 7
    scene.open()
    scene.until(lambda: scene.row("Brightness").value == 7)
    scene.qtbot.keyClick(scene.row("Brightness").control, Qt.Key.Key_End)
    scene.holds("Brightness", 64)
    scene.window.commands.run("look.undo")
    scene.holds("Brightness", 7)
    scene.until(lambda: scene.row("Brightness").value == 7)
    scene.window.commands.run("look.redo")
    scene.holds("Brightness", 64)


def test_what_the_camera_does_itself_is_followed(scene: Scene) -> None:
    scene.open()
    scene.kernel.named_by_id(0x009A0902).value = 312
    scene.until(lambda: scene.row("Exposure time").value_label.text() == "31.2 ms")
    assert scene.camera.received == []
