"""The window's menu: what is wanted now and then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtGui import QActionGroup, QKeySequence
from PyQt6.QtWidgets import QMenu

from u2live.gui.icons import icon
from u2live.gui.logic.i18n import noop, tr

if TYPE_CHECKING:
    from u2live.gui.assembly import Window

_ENTRIES = (
    ("window.process", "film", noop("Process a video or picture…")),
    ("output.recordings", "recordings", noop("Recordings")),
    ("output.folder", "folder", noop("Open the recordings' folder")),
    ("", "", ""),
    ("look.undo", "undo", noop("Undo")),
    ("look.redo", "redo", noop("Redo")),
    ("", "", ""),
    ("view.fullscreen", "fullscreen", noop("Full screen")),
    ("window.guide", "play", noop("Getting started")),
    ("window.help", "help", noop("Keys")),
    ("window.doctor", "check", noop("Check this computer")),
    ("", "", ""),
    ("window.quit", "close", noop("Quit")),
)
_THEMES = (("system", noop("Like the system")), ("dark", noop("Dark")), ("light", noop("Light")))


def make_menu(window: Window) -> QMenu:
    """A fresh menu each time it is opened: it shows the keys and choices of the moment."""
    menu = QMenu(window)
    color = window.theme.tokens.quiet
    for command, name, label in _ENTRIES:
        if not command:
            menu.addSeparator()
            continue
        # After the tab the key is only shown: the window's own shortcut does the work.
        key = QKeySequence(window.commands.key(command)).toString(QKeySequence.SequenceFormat.NativeText)
        action = menu.addAction(icon(name, color), f"{tr(label)}\t{key}" if key else tr(label))
        if action is None:
            continue
        action.triggered.connect(lambda _=False, c=command: window.commands.run(c))
        if command in ("look.undo", "look.redo"):
            history = window.controller.history
            action.setEnabled(history.can_undo if command == "look.undo" else history.can_redo)
    menu.insertMenu(menu.actions()[-2], _theme_menu(window))
    return menu


def _theme_menu(window: Window) -> QMenu:
    menu = QMenu(tr("Colours"), window)
    group = QActionGroup(menu)
    for choice, label in _THEMES:
        action = menu.addAction(tr(label))
        if action is None:
            continue
        action.setCheckable(True)
        action.setChecked(window.theme.choice == choice)
        action.triggered.connect(lambda _=False, c=choice: window.set_theme(c))
        group.addAction(action)
    return menu
