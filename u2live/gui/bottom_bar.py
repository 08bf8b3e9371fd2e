"""The bar at the bottom: where the picture goes. The buttons stay where they are, whatever they say."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from u2live.gui.icons import icon
from u2live.gui.logic.i18n import noop, tr
from u2live.gui.theme import Theme, tabular

PRIVACY = {
    "away": ("away", noop("Away picture")),
    "freeze": ("freeze", noop("Freeze")),
    "black": ("black", noop("Black")),
}


class BottomBar(QWidget):
    """Virtual camera, record, snapshot, cut-out, privacy. Emits a command's name for each."""

    command = pyqtSignal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("bottom")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._compact = False
        self.virtual_camera = self._button("output.virtual_camera", tr("Virtual camera"), checkable=True)
        self.record = self._button("output.record", tr("Record"), checkable=True, danger=True)
        self.pause = self._button("output.pause", "", checkable=True)
        self.pause.setAccessibleName(tr("Pause the recording"))
        self.pause.setToolTip(tr("Pause the recording"))
        self.pause.hide()
        self.snapshot = self._button("output.snapshot", tr("Snapshot"))
        self.copy = self._button("output.copy", tr("Copy cut-out"))
        self.recordings = self._button("output.recordings", "")
        self.recordings.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.recordings.setAccessibleName(tr("Recordings"))
        self.recordings.setToolTip(tr("Recordings"))
        self.privacy = self._button("privacy.toggle", tr("Privacy"), checkable=True, danger=True)
        self.privacy.setProperty("left", True)
        self.privacy_menu = self._button("", "", danger=True)
        self.privacy_menu.setProperty("right", True)
        self.privacy_menu.setCheckable(True)
        self.privacy_menu.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.privacy_menu.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Minimum)
        self.privacy_menu.setAccessibleName(tr("Choose what privacy shows"))
        self.privacy_menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.privacy_menu.setMenu(self._modes())
        self.recording = QLabel()
        self.recording.setProperty("quiet", True)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 10, 16, 10)
        line.setSpacing(8)
        line.addWidget(self.virtual_camera)
        line.addWidget(self.record)
        line.addWidget(self.pause)
        line.addWidget(self.recording)
        line.addStretch(1)
        line.addWidget(self.recordings)
        line.addWidget(self.snapshot)
        line.addWidget(self.copy)
        line.addSpacing(8)
        holder = QHBoxLayout()
        holder.setSpacing(0)
        holder.addWidget(self.privacy)
        holder.addWidget(self.privacy_menu)
        line.addLayout(holder)
        theme.changed.connect(self._draw)
        self._draw()

    def show_virtual_camera(self, on: bool, device: str = "") -> None:
        self.virtual_camera.setChecked(on)
        self.virtual_camera.setToolTip(tr("Call programs see u2live as {device}", device=device or "u2live") if on else "")

    def show_recording(self, on: bool, line: str, paused: bool = False) -> None:
        self.record.setChecked(on)
        text = " " + (tr("Stop") if on else tr("Record"))
        if text != self.record.text():
            self.record.setText(text)
            self.record.setAccessibleName(tr("Stop recording") if on else tr("Record"))
            self._draw()
        self.pause.setVisible(on)
        self.pause.setChecked(paused)
        self.recording.setText(line)
        self.recording.setVisible(bool(line) and not self._compact)

    def show_privacy(self, mode: str, chosen: str) -> None:
        """`mode` is what holds, `chosen` what the button will show next."""
        on = mode != "off"
        self.privacy.setChecked(on)
        self.privacy_menu.setChecked(on)
        self.privacy.setToolTip(
            tr("Everybody sees: {what}. Press to be seen again.", what=tr(PRIVACY[mode][1]))
            if on
            else tr("Shows everybody: {what}", what=tr(PRIVACY[chosen][1]))
        )

    def set_compact(self, compact: bool) -> None:
        """Icons alone, in a narrow window."""
        self._compact = compact
        style = Qt.ToolButtonStyle.ToolButtonIconOnly if compact else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        for button in (self.virtual_camera, self.record, self.snapshot, self.copy, self.privacy):
            button.setToolButtonStyle(style)

    def _button(self, command: str, label: str, checkable: bool = False, danger: bool = False) -> QToolButton:
        button = QToolButton()
        button.setText(f" {label}" if label else "")
        button.setAccessibleName(label)
        button.setCheckable(checkable)
        button.setProperty("danger", danger)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(18, 18))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if command:
            # What is checked follows the state, not the press: the press may fail.
            button.clicked.connect(lambda _=False: self._pressed(button, command))
        return button

    def _pressed(self, button: QToolButton, command: str) -> None:
        if button.isCheckable():
            button.setChecked(not button.isChecked())
        self.command.emit(command)

    def _modes(self) -> QMenu:
        menu = QMenu(self)
        for mode, (_, label) in PRIVACY.items():
            action = menu.addAction(tr(label))
            if action is not None:
                action.triggered.connect(lambda _=False, m=mode: self.command.emit(f"privacy.{m}"))
        return menu

    def _draw(self) -> None:
        tokens = self._theme.tokens
        for button, name, color, checked in (
            (self.virtual_camera, "virtual-camera", tokens.text, tokens.on_accent),
            (self.record, "stop" if self.record.text().strip() == tr("Stop") else "record", tokens.danger, tokens.on_danger),
            (self.pause, "pause", tokens.text, tokens.on_accent),
            (self.recordings, "recordings", tokens.text, ""),
            (self.snapshot, "snapshot", tokens.text, ""),
            (self.copy, "cutout", tokens.text, ""),
            (self.privacy, "eye-off", tokens.text, tokens.on_danger),
            (self.privacy_menu, "chevron-up", tokens.quiet, tokens.on_danger),
        ):
            button.setIcon(icon(name, color, checked))
        menu = self.privacy_menu.menu()
        if menu is not None:
            for action, (name, _) in zip(menu.actions(), PRIVACY.values(), strict=True):
                action.setIcon(icon(name, tokens.text))
        self.recording.setFont(tabular(self.font()))
