"""The tray icon: the state at a glance, and the main switches while the window is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject
from PyQt6.QtGui import QAction, QIcon, QPainter, QPixmap
from PyQt6.QtWidgets import QMenu, QSystemTrayIcon

from u2live.gui.icons import pixmap
from u2live.gui.logic.i18n import tr

if TYPE_CHECKING:
    from u2live.gui.assembly import Window


class Tray(QObject):
    """Shown where the desktop has a tray."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._state = ""
        self.menu = QMenu()
        self.show_action = self._action(tr("Show the window"), window.come_back)
        self.menu.addSeparator()
        self.camera = self._action(tr("Virtual camera"), lambda: window.commands.run("output.virtual_camera"), True)
        self.record = self._action(tr("Record"), lambda: window.commands.run("output.record"), True)
        self.privacy = self._action(tr("Privacy"), lambda: window.commands.run("privacy.toggle"), True)
        self.menu.addSeparator()
        self._action(tr("Quit"), window.quit)
        self.icon = QSystemTrayIcon(self)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._activated)
        self.follow()
        if QSystemTrayIcon.isSystemTrayAvailable():
            self.icon.show()

    @property
    def available(self) -> bool:
        return self.icon.isVisible()

    def follow(self) -> None:
        """Show what is on. Called with the window's numbers."""
        window = self._window
        private = window.controller.value("privacy.mode") != "off"
        self.camera.setChecked(window.outputs.virtual_camera)
        self.record.setChecked(window.outputs.recording)
        self.privacy.setChecked(private)
        state = (
            "private"
            if private
            else "recording"
            if window.outputs.recording
            else "on"
            if window.outputs.virtual_camera
            else "off"
        )
        if state != self._state:
            self._state = state
            self.icon.setIcon(self._drawn(state))
            words = {
                "private": tr("u2live: private"),
                "recording": tr("u2live: recording"),
                "on": tr("u2live: virtual camera on"),
                "off": tr("u2live"),
            }
            self.icon.setToolTip(words[state])

    def tell_once(self) -> None:
        """Say that the program goes on without its window; the first time only."""
        if self._window.state.told_tray:
            return
        self._window.state.told_tray = True
        text = tr("u2live goes on here: the virtual camera is on. Quit it from this icon's menu.")
        self.icon.showMessage("u2live", text, self.icon.icon(), 8000)

    def _action(self, label: str, slot, checkable: bool = False) -> QAction:  # type: ignore[no-untyped-def]
        action = QAction(label, self)
        action.setCheckable(checkable)
        action.triggered.connect(lambda _=False: slot())
        self.menu.addAction(action)
        return action

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self._window.come_back()

    def _drawn(self, state: str) -> QIcon:
        """The program's icon with a dot in the colour of the state."""
        tokens = self._window.theme.tokens
        color = {"private": tokens.danger, "recording": tokens.danger, "on": tokens.good}.get(state, "")
        made = QIcon()
        for size in (22, 32, 64):
            drawn = QPixmap(pixmap("u2live", "#000000", size))
            if color:
                painter = QPainter(drawn)
                painter.drawPixmap(size // 2, size // 2, pixmap("dot", "#ffffff", size // 2))
                inner = round(size * 0.36)
                painter.drawPixmap(round(size * 0.57), round(size * 0.57), pixmap("dot", color, inner))
                painter.end()
            made.addPixmap(drawn)
        return made
