"""The camera's own controls (exposure, white balance, focus …) in the camera panel, folded until somebody wants them."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton, QWidget

from u2live.errors import UsageError
from u2live.gui.controller import Controller
from u2live.gui.icons import icon
from u2live.gui.lines import column_in
from u2live.gui.logic.i18n import tr
from u2live.gui.mailbox import Mailbox
from u2live.gui.panels.camera_control_row import ControlRow
from u2live.gui.theme import Theme
from u2live.gui.timers import once, repeating
from u2live.paths import expanded
from u2live.settings import Settings
from u2live.types import Level, Notice

if TYPE_CHECKING:
    from u2live.capture.camera_device import CameraDevice, Control

APPLY_AFTER_MS = 80
_SETTLES_IN_MS = 400
_LOOK_EVERY_MS = 2000


class PictureControls(QWidget):
    """A row for each control of the camera in use; nothing where it has none, or for the demo and for files.

    The camera is asked in a thread, for it may hang: when the panel comes into view, after every change (one control governs
    another), and while the part is unfolded, because automatics move the values.
    """

    def __init__(self, controller: Controller, theme: Theme) -> None:
        super().__init__()
        self._controller = controller
        self._theme = theme
        self._source = str(controller.value("camera.source"))
        self._text = str(controller.value("camera.controls"))
        self._device: CameraDevice | None = None
        self._asking = ""
        self._ask_again = False
        self._pending: dict[str, int] = {}
        self.rows: list[ControlRow] = []
        self.head = QPushButton(tr("Picture controls"))
        self.head.setObjectName("panelHead")
        self.head.setStyleSheet("padding: 8px 2px;")  # its arrow stands over the rows' names
        self.head.clicked.connect(lambda: self.set_folded(not self.folded))
        self.reset_all = QPushButton(tr("Reset all"))
        self.reset_all.setAccessibleName(tr("Reset all picture controls"))
        self.reset_all.clicked.connect(self._reset_all)
        self._body = QWidget()
        self._rows = column_in(self._body, 10)
        self._rows.addWidget(self.reset_all)
        self._body.hide()
        column = column_in(self, 4)
        column.addWidget(self.head)
        column.addWidget(self._body)
        self._mailbox = Mailbox(self._answered)
        self._debounce = once(self, APPLY_AFTER_MS, self._apply)
        self._settle = once(self, _SETTLES_IN_MS, self.look)
        self._ticks = repeating(self, _LOOK_EVERY_MS, self._tick)
        self._ticks.start()
        controller.changed.connect(self._follow)
        theme.changed.connect(self._show_head)
        self._show_head()
        self.hide()

    @property
    def folded(self) -> bool:
        return self._body.isHidden()

    def set_folded(self, folded: bool) -> None:
        self._body.setHidden(folded)
        self._show_head()
        if not folded:
            self.look()

    def look(self) -> None:
        """Ask the camera for its controls, in a thread; while one asks already, once more afterwards."""
        if self._asking == self._source:
            self._ask_again = True
            return
        self._asking, self._ask_again = self._source, False
        work = (self._source, self._device, self._mailbox)
        threading.Thread(target=_read, args=work, name="u2live-controls", daemon=True).start()

    def _tick(self) -> None:
        panel = self.parentWidget()
        away = self.isHidden()
        if self._device is not None and panel is not None and panel.isVisible() and (away or not self.folded):
            self.look()

    def _follow(self, settings: Settings) -> None:
        """Another camera, or other values from elsewhere: undo, a preset."""
        if settings.camera.source != self._source:
            self._source, self._device = settings.camera.source, None
            self._pending.clear()
            self._show([])
            panel = self.parentWidget()
            if panel is not None and panel.isVisible():
                self.look()
        elif settings.camera.controls != self._text:
            self._settle.start()
        self._text = settings.camera.controls

    def _answered(self, answer: object) -> None:
        assert isinstance(answer, tuple)
        source, device, controls = answer
        if source == self._asking:
            self._asking = ""
        if source != self._source:
            return
        self._device = device or self._device  # one that is away is looked for again
        if not self._pending:
            self._show([control for control in controls if control.writable and control.minimum < control.maximum])
        if self._ask_again:
            self.look()

    def _show(self, controls: list[Control]) -> None:
        """Rows are made anew only for other controls: what has the keyboard keeps it."""
        if [_shape(row.camera_control) for row in self.rows] != [_shape(control) for control in controls]:
            self._make_rows(controls)
        wanted = self._wanted()
        for row, control in zip(self.rows, controls, strict=True):
            value = wanted.get(control.name, control.value) if control.active else control.value
            row.show_control(control, min(max(value, control.minimum), control.maximum))
        self._show_reset_all()
        self.setVisible(bool(self.rows))

    def _make_rows(self, controls: list[Control]) -> None:
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = [ControlRow(control, self._theme) for control in controls]
        before: QWidget = self.head
        for number, row in enumerate(self.rows):
            row.moved.connect(self._moved)
            self._rows.insertWidget(number, row)
            for widget in (row.control, row.reset):
                self.setTabOrder(before, widget)
                before = widget
        self.setTabOrder(before, self.reset_all)

    def _wanted(self) -> Mapping[str, int]:
        from u2live.capture.control_settings import chosen

        try:
            return chosen(self._text, self._device) if self._device is not None else {}
        except UsageError:  # the pipeline has told
            return {}

    def _moved(self, name: str, value: int) -> None:
        self._pending[name] = value
        self._show_reset_all()
        if not self._debounce.isActive():  # not anew with every step: the picture follows while a slider is dragged
            self._debounce.start()

    def _reset_all(self) -> None:
        """In one step. Those under an automatic too: the camera takes theirs when it is given the word."""
        self._pending = {row.camera_control.name: row.default for row in self.rows}
        for row in self.rows:
            if row.camera_control.active:
                row.show_control(row.camera_control, row.default)
        self.head.setFocus(Qt.FocusReason.OtherFocusReason)
        self._apply()

    def _apply(self) -> None:
        from u2live.capture.control_settings import with_control

        pending, self._pending = self._pending, {}
        if not pending or self._device is None:
            return
        text = self._controller.value("camera.controls")
        wanted = self._wanted()
        first = {row.camera_control.name: row.camera_control.value for row in self.rows}
        first = {name: first[name] for name in pending if name in first and name not in wanted}
        try:
            for name, value in first.items():
                text = with_control(text, self._device, name, value)
            if first:
                # What was never chosen is noted before it is moved, so that undo can bring it back to the camera. With the
                # source beside it this is a step of its own: changes of the same keys would become one.
                self._controller.set_many({"camera.source": self._source, "camera.controls": text})
            for name, value in pending.items():
                text = with_control(text, self._device, name, value)
        except UsageError as error:
            self._controller.noticed.emit(Notice(Level.WARNING, "settings", str(error)))
            return
        self._controller.set("camera.controls", text)
        self._show_reset_all()
        self._settle.start()

    def _show_reset_all(self) -> None:
        changed = (row.camera_control.active and row.value != row.default for row in self.rows)
        self.reset_all.setEnabled(any(changed))

    def _show_head(self) -> None:
        self.head.setIcon(icon("chevron-right" if self.folded else "chevron-down", self._theme.tokens.quiet))
        state = tr("folded") if self.folded else tr("unfolded")
        self.head.setAccessibleName(f"{self.head.text()}, {state}")


def _shape(control: Control) -> tuple[object, ...]:
    """What a row is built from."""
    return control.id, control.label, control.kind, control.minimum, control.maximum, control.step, control.choices


def _read(source: str, known: CameraDevice | None, mailbox: Mailbox) -> None:
    from u2live.capture.devices import controls_of, find_again, list_cameras

    device = known or _device_of(source)
    controls = controls_of(device) if device is not None else ()
    if known is not None and not controls:
        device = find_again(known, list_cameras())  # unplugged, or plugged in again under another number
        controls = controls_of(device) if device is not None else ()
    mailbox.post((source, device, controls))


def _device_of(source: str) -> CameraDevice | None:
    """The camera that a source means; None for the demo, files, addresses and virtual cameras."""
    from u2live.capture.devices import find_camera, first_camera, list_cameras

    word = source.strip()
    if word.lower() == "auto":
        return first_camera()
    if word.lower() == "demo" or (not word.startswith("/dev/") and os.path.exists(expanded(word))):
        return None
    device = find_camera(word, list_cameras())
    return None if device is None or device.virtual else device
