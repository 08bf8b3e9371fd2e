"""A window whose camera has controls of its own: real widgets, the real pipeline, and a kernel with one webcam.

Only the kernel's side of Video4Linux2 is made for the test; what the camera holds in the end is asked of it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.conftest import FakeCamera
from tests.unit.capture.fake_kernel import FakeCamera as Kernel
from u2live.capture.camera_controls import ControlKeeper
from u2live.capture.camera_device import CameraDevice
from u2live.capture.control_settings import chosen
from u2live.gui.assembly import Window
from u2live.gui.controller import Controller
from u2live.gui.panels.camera_control_row import ControlRow
from u2live.gui.panels.camera_controls import PictureControls

WEBCAM = CameraDevice(0, "/dev/video0", "HD Webcam", bus="usb-1#0")
VIRTUAL = CameraDevice(9, "/dev/video9", "u2live", bus="platform#0", virtual=True)
KEY = "HD Webcam@usb-1#0"


class Adjustable(FakeCamera):
    """The fake camera with the controls of the kernel's webcam, set as the real source sets them."""

    def __init__(self, kernel: Kernel) -> None:
        super().__init__()
        self.received: list[str] = []
        self._keeper = ControlKeeper(kernel.device)
        self._keeper.attach(WEBCAM)

    def adjust(self, controls: str) -> None:
        self.received.append(controls)
        self._keeper.adjust(chosen(controls, WEBCAM))


@dataclass
class Scene:
    window: Window
    controller: Controller
    camera: Adjustable
    kernel: Kernel
    present: list[CameraDevice]
    qtbot: QtBot
    asked: list[threading.Thread] = field(default_factory=list)

    @property
    def part(self) -> PictureControls:
        return self.window.camera.picture_controls

    def row(self, name: str) -> ControlRow:
        return next(row for row in self.part.rows if row.name == name)

    def until(self, condition: object) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=20_000)  # type: ignore[operator]

    def holds(self, label: str, value: int) -> None:
        """The camera gets this value."""
        control = next(control for control in self.kernel.controls if control.name == label)
        self.until(lambda: control.value == value)

    def press(self, widget: QWidget) -> None:
        self.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(widget.width() // 2, widget.height() // 2))

    def open(self) -> None:
        """Unfold the panel and the part, as a person does."""
        self.window.side.panels["camera"].set_folded(False)
        self.until(self.part.isVisible)
        self.press(self.part.head)
        QApplication.processEvents()
