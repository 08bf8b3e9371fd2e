"""Where the window's parts go: side by side, as a drawer in a narrow window, or the picture alone on the full screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt

from u2live.gui.timers import once

if TYPE_CHECKING:
    from u2live.gui.main_window import MainWindow

NARROW = 900
HIDE_BAR_MS = 2500
_TOP_NEEDS, _BOTTOM_NEEDS = 760, 910  # logical pixels with text, at the usual size


class Arrangement:
    """Follows the window's size and state; remembers whether the panels are wanted."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._drawer_open = False
        self._panels_shown = True
        self._hide_timer = once(window, HIDE_BAR_MS, self._hide_bar)

    @property
    def narrow(self) -> bool:
        return self._window.width() < NARROW

    def toggle_panels(self) -> None:
        if self.narrow:
            self._drawer_open = not self._drawer_open
        else:
            self._panels_shown = not self._panels_shown
        self.apply()

    def close_drawer(self) -> bool:
        """Says whether there was one to close."""
        was_open = self.narrow and self._drawer_open
        if was_open:
            self.toggle_panels()
        return was_open

    def reveal(self, panel: str) -> None:
        """Bring a panel to the eye, wherever it is hidden."""
        if self._window.isFullScreen():
            self.toggle_full_screen()
        self._drawer_open = self.narrow
        self._panels_shown = True
        self.apply()
        self._window.side.reveal(panel)

    def toggle_full_screen(self) -> None:
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()

    def apply(self) -> None:
        """Put panels and bars where the window's size and state want them."""
        window = self._window
        full = window.isFullScreen()
        window.live.margin = 0 if full else 16
        for bar in (window.top, window.status):
            bar.setHidden(full)
        window.graph.setHidden(full or not window.state.graph)
        self._place_bottom(full)
        self._place_side(full)
        window.top.panels_button.setChecked(not window.side.isHidden())
        scale = window.theme.text_px / 13
        beside = 0 if self.narrow else window.side.width()
        window.top.set_compact(window.width() - beside < _TOP_NEEDS * scale)
        window.bottom.set_compact(window.width() < _BOTTOM_NEEDS * scale)
        if not full:
            window.live.unsetCursor()
        window.live.refresh()
        self.place_overlays()

    def _place_side(self, full: bool) -> None:
        window = self._window
        if self.narrow and not full:
            window.grid.removeWidget(window.side)
            window.side.setParent(window.centralWidget())
            window.side.setVisible(self._drawer_open)
            tall = window.height() - window.bottom.sizeHint().height()
            left = 0 if window.layoutDirection() == Qt.LayoutDirection.RightToLeft else window.width() - window.side.width()
            window.side.setGeometry(left, 0, window.side.width(), tall)
            window.side.raise_()
            return
        if window.grid.indexOf(window.side) < 0:
            window.grid.addWidget(window.side, 0, 1)
        window.side.setVisible(self._panels_shown and not full)

    def _place_bottom(self, full: bool) -> None:
        window = self._window
        if full and window.grid.indexOf(window.bottom) >= 0:
            window.grid.removeWidget(window.bottom)
            window.bottom.setParent(window.centralWidget())
            window.bottom.hide()
        elif not full and window.grid.indexOf(window.bottom) < 0:
            window.grid.addWidget(window.bottom, 1, 0, 1, 2)
            window.bottom.show()

    def place_overlays(self) -> None:
        """Notice, guide and jobs lie over the picture."""
        window = self._window
        window.notice_bar.place()
        window.on_placed()
        foot = window.live.height() - 28
        for card in reversed(window.cards):
            card.setFixedWidth(min(420, max(200, window.live.width() - 56)))
            card.adjustSize()
            foot -= card.height() + 8
            card.move(28, foot)

    def show_bar(self) -> None:
        """On the full screen the bar comes with the mouse and goes again."""
        window = self._window
        height = window.bottom.sizeHint().height()
        window.bottom.setGeometry(0, window.height() - height, window.width(), height)
        window.bottom.show()
        window.bottom.raise_()
        window.live.unsetCursor()
        self._hide_timer.start()

    def _hide_bar(self) -> None:
        window = self._window
        if window.isFullScreen() and not window.bottom.underMouse():
            window.bottom.hide()
            window.live.setCursor(Qt.CursorShape.BlankCursor)
