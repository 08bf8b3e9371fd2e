"""The controls are there with a camera that has some, and only then; the camera is asked without the window's waiting."""

from __future__ import annotations

import sys
import threading

import pytest
from PyQt6.QtCore import Qt

from u2live.capture.camera_device import CameraDevice
from u2live.capture.control_settings import parsed
from u2live.capture.v4l2 import VideoDevice

from .scene import KEY, WEBCAM, Scene

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Video4Linux2 is Linux")


def test_the_webcams_controls_are_there_folded_and_asked_in_another_thread(scene: Scene) -> None:
    assert scene.part.isHidden()
    scene.window.side.panels["camera"].set_folded(False)
    scene.until(scene.part.isVisible)
    assert scene.part.folded
    assert not scene.row("Brightness").isVisible()
    scene.press(scene.part.head)
    assert [row.name for row in scene.part.rows] == [
        *["Brightness", "Automatic white balance", "Lamp flicker", "White balance"],
        *["Automatic exposure", "Exposure time"],  # and not the one that nobody can set
    ]
    assert all(row.isVisible() for row in scene.part.rows)
    assert scene.part.head.accessibleName() == "Picture controls, unfolded"
    assert scene.asked
    assert threading.main_thread() not in scene.asked
    assert scene.camera.received == []  # looking changes nothing


def test_no_camera_no_controls(scene: Scene) -> None:
    scene.open()
    for source in ("demo", "/dev/video9", "rtsp://127.0.0.1/none", __file__):
        scene.controller.set("camera.source", source)
        assert scene.part.isHidden()
        scene.qtbot.wait(300)
        assert scene.part.isHidden(), source
        scene.controller.set("camera.source", "auto")
        scene.until(scene.part.isVisible)


def test_an_unplugged_camera_has_none_and_comes_back_with_them(scene: Scene) -> None:
    scene.open()
    scene.present.remove(WEBCAM)
    scene.until(scene.part.isHidden)
    scene.present.append(CameraDevice(4, "/dev/video4", "HD Webcam", bus="usb-1#0"))
    scene.until(scene.part.isVisible)
    scene.qtbot.keyClick(scene.row("Brightness").control, Qt.Key.Key_End)
    scene.holds("Brightness", 64)  # it is told its present value first, for undo, and then the new one
    assert parsed(scene.camera.received[-1]) == {KEY: {"brightness": 64}}


def test_a_camera_that_hangs_does_not_hold_up_the_window(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()

    def hangs(path: str) -> VideoDevice:
        answers.wait(30)
        return scene.kernel.device(path)

    monkeypatch.setattr("u2live.capture.v4l2.VideoDevice", hangs)
    scene.window.side.panels["camera"].set_folded(False)
    scene.qtbot.wait(200)
    scene.part.look()
    assert sum(thread.name == "u2live-controls" for thread in threading.enumerate()) == 1
    assert scene.part.isHidden()
    answers.set()
    scene.until(scene.part.isVisible)
