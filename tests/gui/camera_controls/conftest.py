"""The window and the kernel's webcam that the tests of the camera's controls work with."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.conftest import make_controller
from tests.unit.capture.fake_kernel import FakeCamera as Kernel
from tests.unit.capture.fake_kernel import FakeControl, webcam
from u2live.capture.v4l2 import VideoDevice
from u2live.gui.assembly import assemble
from u2live.gui.theme import Theme
from u2live.settings import Settings, with_value

from .scene import VIRTUAL, WEBCAM, Adjustable, Scene

MENU = {0: "Disabled", 1: "50 Hz", 2: "60 Hz"}


@pytest.fixture
def kernel() -> Kernel:
    camera = webcam()
    camera.controls += [
        FakeControl(0x00980918, 3, "Power Line Frequency", 0, 2, 1, menu=MENU),
        FakeControl(0x0098091A, 1, "White Balance Temperature", 2800, 6500, 4600, flags=0x10),
    ]
    return camera


@pytest.fixture
def scene(qtbot: QtBot, theme: Theme, tmp_path: Path, kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    present = [WEBCAM, VIRTUAL]
    asked: list[threading.Thread] = []

    def opened(path: str) -> VideoDevice:
        asked.append(threading.current_thread())
        if path not in [device.path for device in present]:
            raise FileNotFoundError(path)
        return kernel.device(path)

    monkeypatch.setattr("u2live.capture.devices.list_cameras", lambda: list(present))
    monkeypatch.setattr("u2live.capture.v4l2.VideoDevice", opened)
    camera = Adjustable(kernel)
    settings = with_value(with_value(Settings(), "background.choice", "color:#1f2733"), "camera.source", "/dev/video0")
    controller, out = make_controller(camera, tmp_path, settings)
    window = assemble(controller, theme, tmp_path)
    window.show()
    window.start()
    controller.start()
    qtbot.waitUntil(lambda: bool(out.composites), timeout=20_000)
    for panel in window.side.panels.values():
        panel.set_folded(True)
    yield Scene(window, controller, camera, kernel, present, qtbot, asked)
    window.quitting = True
    window.close()
    qtbot.wait(20)
    window.deleteLater()
