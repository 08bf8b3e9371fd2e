"""The virtual camera's panel: which device call programs see, and when the real camera may rest."""

from __future__ import annotations

from PyQt6.QtWidgets import QLabel, QWidget

from u2live.gui.controller import Controller
from u2live.gui.controls import CalmCombo, rows_widget
from u2live.gui.lines import align, column_in, line_of
from u2live.gui.logic.i18n import tr
from u2live.gui.logic.rows import rows_of
from u2live.gui.theme import Theme
from u2live.settings import Settings


class VirtualCameraPanel(QWidget):
    """A device that is chosen counts from the next time the virtual camera is turned on."""

    def __init__(self, controller: Controller, theme: Theme) -> None:
        super().__init__()
        self._controller = controller
        self.device = CalmCombo()
        self.device.setAccessibleName(tr("Virtual camera's device"))
        self.device.activated.connect(self._chosen)
        line = line_of(QLabel(tr("Device")), align(theme, self.device))
        column = column_in(self)
        column.addLayout(line)
        column.addWidget(rows_widget([row.key for row in rows_of("virtual_camera")], controller, theme))
        controller.changed.connect(self.show_settings)
        self._fill()

    def _fill(self) -> None:
        from u2live.sinks.loopback import loopback_devices

        self.device.addItem(tr("Automatic"), "auto")
        for device in loopback_devices():
            self.device.addItem(f"{device.name} ({device.path})", str(device.path))
        self.device.addItem("PipeWire", "pipewire")
        self.show_settings(self._controller.settings)

    def show_settings(self, settings: Settings) -> None:
        choice = settings.virtual_camera.device
        if self.device.findData(choice) < 0:
            self.device.addItem(choice, choice)
        self.device.setCurrentIndex(self.device.findData(choice))

    def _chosen(self) -> None:
        self._controller.set("virtual_camera.device", self.device.currentData())
