"""The camera panel: which camera by its name, its format, how its picture is turned, and the camera's own controls."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QLabel, QWidget

from u2live.gui.controller import Controller
from u2live.gui.controls import CalmCombo, rows_widget
from u2live.gui.lines import align, column_in, line_of, quiet_text
from u2live.gui.logic.i18n import tr
from u2live.gui.logic.rows import rows_of
from u2live.gui.mailbox import Mailbox
from u2live.gui.panels.camera_controls import PictureControls
from u2live.gui.theme import Theme
from u2live.settings import Settings

if TYPE_CHECKING:
    from PyQt6.QtGui import QShowEvent

SIZES = ((640, 360), (640, 480), (960, 540), (1280, 720), (1920, 1080), (2560, 1440), (3840, 2160))
RATES = (15.0, 24.0, 25.0, 30.0, 50.0, 60.0)
_FILE = "\0file"


class CameraPanel(QWidget):
    """Cameras are listed in a thread whenever the list is opened."""

    cameras_changed = pyqtSignal()

    def __init__(self, controller: Controller, theme: Theme) -> None:
        super().__init__()
        self._controller = controller
        self.cameras: list[tuple[str, str]] = []
        self.device = _combo(tr("Camera"))
        self.device.activated.connect(self._device_chosen)
        self.picture_size = _combo(tr("Size"))
        for width, height in SIZES:
            self.picture_size.addItem(f"{width} × {height}", (width, height))
        self.picture_size.activated.connect(self._size_chosen)
        self.rate = _combo(tr("Frame rate"))
        for rate in RATES:
            self.rate.addItem(tr("{rate} a second", rate=f"{rate:g}"), rate)
        self.rate.activated.connect(lambda: controller.set("camera.frame_rate", self.rate.currentData()))
        self.told = quiet_text()
        column = column_in(self)
        column.addWidget(self.device)
        column.addWidget(self.told)
        for label, combo in ((tr("Size"), self.picture_size), (tr("Rate"), self.rate)):
            column.addLayout(line_of(QLabel(label), align(theme, combo)))
        column.addWidget(rows_widget([row.key for row in rows_of("camera")], controller, theme))
        self.picture_controls = PictureControls(controller, theme)
        column.addWidget(self.picture_controls)
        self._mailbox = Mailbox(self._cameras_listed)
        controller.changed.connect(self.show_settings)
        self._show_cameras([])
        self.list_cameras()

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self.picture_controls.look()

    def list_cameras(self) -> None:
        """Ask the system which cameras there are; it may take its time."""
        threading.Thread(target=_list, args=(self._mailbox,), name="u2live-cameras", daemon=True).start()

    def _cameras_listed(self, cameras: object) -> None:
        assert isinstance(cameras, list)
        self._show_cameras(cameras)

    def _show_cameras(self, cameras: list[tuple[str, str]]) -> None:
        self.cameras = cameras
        self.device.clear()
        self.device.addItem(tr("Automatic"), "auto")
        for place, name in cameras:
            self.device.addItem(name, place)
        self.device.addItem(tr("Demo"), "demo")
        self.device.addItem(tr("Video or picture…"), _FILE)
        self.show_settings(self._controller.settings)
        self.cameras_changed.emit()

    def show_settings(self, settings: Settings) -> None:
        camera = settings.camera
        at = self.device.findData(camera.source)
        if at < 0:
            self.device.insertItem(self.device.count() - 1, Path(camera.source).name, camera.source)
            at = self.device.findData(camera.source)
        self.device.setCurrentIndex(at)
        _show(self.picture_size, (camera.width, camera.height), f"{camera.width} × {camera.height}")
        _show(self.rate, camera.frame_rate, tr("{rate} a second", rate=f"{camera.frame_rate:g}"))

    def tell(self, text: str) -> None:
        """What the source really delivers, in one line."""
        if text != self.told.text() and self.isVisible():
            self.picture_controls.look()  # opened just now: maybe plugged in only now
        self.told.setText(text)
        self.told.setVisible(bool(text))

    def _device_chosen(self) -> None:
        choice = self.device.currentData()
        if choice == _FILE:
            name, _ = QFileDialog.getOpenFileName(self, tr("Use a video or picture as the camera"))
            choice = name or self._controller.value("camera.source")
        self._controller.set("camera.source", choice)
        self.show_settings(self._controller.settings)

    def _size_chosen(self) -> None:
        width, height = self.picture_size.currentData()
        self._controller.set_many({"camera.width": width, "camera.height": height})


def _list(mailbox: Mailbox) -> None:
    from u2live.capture.devices import list_cameras

    mailbox.post([(device.stable_path or device.path, device.name) for device in list_cameras() if not device.virtual])


def _combo(name: str) -> CalmCombo:
    combo = CalmCombo()
    combo.setAccessibleName(name)
    return combo


def _show(combo: CalmCombo, value: object, text: str) -> None:
    """Select `value`, adding it when the list does not have it. Tuples do not survive findData, so look by hand."""
    for number in range(combo.count()):
        if combo.itemData(number) == value:
            combo.setCurrentIndex(number)
            return
    combo.addItem(text, value)
    combo.setCurrentIndex(combo.count() - 1)
