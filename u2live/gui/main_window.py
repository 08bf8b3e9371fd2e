"""The window: picture, panels, bars. It only looks at the pipeline; nothing in the pipeline waits for it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QMainWindow, QVBoxLayout, QWidget

from u2live.gui.arrangement import Arrangement
from u2live.gui.bars import StatusLine, TopBar
from u2live.gui.bottom_bar import BottomBar
from u2live.gui.commands import Commands
from u2live.gui.controller import Controller
from u2live.gui.drop_zone import DropZone, files_of
from u2live.gui.graph import PerformanceGraph
from u2live.gui.job_card import JobCard
from u2live.gui.jobs import Job
from u2live.gui.live_view import LiveView
from u2live.gui.logic import window_state
from u2live.gui.logic.shortcuts import Shortcuts
from u2live.gui.logic.window_state import WindowState
from u2live.gui.notice_bar import NoticeBar
from u2live.gui.outputs import Outputs
from u2live.gui.painting import View
from u2live.gui.side import Side
from u2live.gui.startup import StartupTimes
from u2live.gui.theme import Theme
from u2live.gui.timers import repeating
from u2live.types import Level, Notice

if TYPE_CHECKING:
    from u2live.pipeline.session import Preview

FRAME_MS = 16
NUMBERS_MS = 250


class MainWindow(QMainWindow):
    """Lays everything out, pulls the picture, takes drags, and ends in order. What the parts do is wired in `assembly`."""

    def __init__(self, controller: Controller, theme: Theme, state: WindowState, folder: Path) -> None:
        super().__init__()
        self.controller = controller
        self.theme = theme
        self.state = state
        self.folder = folder
        self.outputs = Outputs(controller)
        self.live = LiveView(theme)
        self.top = TopBar(theme)
        self.status = StatusLine(theme)
        self.graph = PerformanceGraph(theme)
        self.side = Side(theme)
        self.bottom = BottomBar(theme)
        self.commands = Commands(self, Shortcuts(folder / "keys.json"))
        self.notice_bar = NoticeBar(theme, self.live)
        self.drop_zone = DropZone(theme, self.live)
        self.cards: list[JobCard] = []
        self.quitting = False
        self.startup = StartupTimes()
        self.stay_in_tray: Callable[[], bool] = lambda: False
        self.on_numbers: Callable[[], None] = lambda: None
        self.on_drop: Callable[[list[Path], str], None] = lambda _paths, _zone: None
        self.on_placed: Callable[[], None] = lambda: None
        self._lay_out()
        self.arrangement = Arrangement(self)
        self.setWindowTitle("u2live")
        self.setMinimumSize(480, 360)
        self.resize(1280, 760)
        self.setAcceptDrops(True)

        self._frames = repeating(self, FRAME_MS, self.pull)
        self._frames.setTimerType(Qt.TimerType.PreciseTimer)
        self._numbers = repeating(self, NUMBERS_MS, self._tick)
        controller.noticed.connect(self.notice_bar.add)
        theme.changed.connect(self._follow_theme)
        self.live.double_clicked.connect(self.arrangement.toggle_full_screen)
        self.live.installEventFilter(self)

    def _lay_out(self) -> None:
        centre = QWidget()
        centre.setObjectName("canvas")
        picture = QVBoxLayout()
        picture.setContentsMargins(0, 0, 0, 0)
        picture.setSpacing(0)
        picture.addWidget(self.top)
        picture.addWidget(self.live, 1)
        picture.addWidget(self.status)
        picture.addWidget(self.graph)
        self.graph.setVisible(self.state.graph)
        self.status.button.setChecked(self.state.graph)
        self.grid = QGridLayout(centre)
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setSpacing(0)
        self.grid.addLayout(picture, 0, 0)
        self.grid.addWidget(self.side, 0, 1)
        self.grid.addWidget(self.bottom, 1, 0, 1, 2)
        self.grid.setColumnStretch(0, 1)
        self.grid.setRowStretch(0, 1)
        self.setCentralWidget(centre)

    def start(self) -> None:
        """Look at the pipeline from now on."""
        self._frames.start()
        self._numbers.start()

    def pull(self) -> Preview | None:
        """Take the newest preview if there is one and the window can be seen."""
        from u2live.pipeline.slot import Closed

        pipeline = self.controller.pipeline
        if pipeline is None or self.isMinimized() or not self.isVisible():
            return None
        try:
            preview = pipeline.preview.take(0)
        except Closed:
            return None
        if preview is not None:
            self.live.show_preview(preview)
            if preview.matted is not None:
                self.startup.picture_is_matted()
        return preview

    def _tick(self) -> None:
        self.outputs.window_looks = self.isVisible() and not self.isMinimized()
        self.outputs.check()
        self.notice_bar.tick()
        self.on_numbers()

    def show_view(self, view: View) -> None:
        self.live.set_view(view)
        self.top.show_view(view)

    def toggle_graph(self) -> None:
        shown = self.graph.isHidden()
        self.graph.setVisible(shown)
        self.status.button.setChecked(shown)
        self.state.graph = shown

    def add_job(self, job: Job) -> JobCard:
        """Show a job at the foot of the picture and start it."""
        card = JobCard(job, self.theme)
        card.setParent(self.live)
        card.closed.connect(self._close_card)
        self.cards.append(card)
        card.show()
        self.arrangement.place_overlays()
        job.progressed.connect(lambda *_: self.arrangement.place_overlays())
        job.start()
        return card

    def _close_card(self, card: JobCard) -> None:
        if card in self.cards:
            self.cards.remove(card)
            card.hide()
            card.deleteLater()
        self.arrangement.place_overlays()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and watched is self.live:
            if event.type() == QEvent.Type.MouseMove and self.isFullScreen():
                self.arrangement.show_bar()
            elif event.type() == QEvent.Type.Resize:
                self.arrangement.place_overlays()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.arrangement.apply()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.WindowStateChange:
            self.arrangement.apply()

    def _follow_theme(self) -> None:
        self.arrangement.apply()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Escape leaves the full screen, or closes the drawer."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            if self.isFullScreen():
                self.arrangement.toggle_full_screen()
                return
            if self.arrangement.close_drawer():
                return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        paths = files_of(event.mimeData()) if event is not None else []
        if event is not None and paths:
            self.drop_zone.offer(paths)
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent | None) -> None:
        if event is not None:
            self.drop_zone.hover(event.position().x() - self.live.mapTo(self, self.live.rect().topLeft()).x())
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent | None) -> None:
        self.drop_zone.hide()

    def dropEvent(self, event: QDropEvent | None) -> None:
        self.drop_zone.hide()
        if event is not None:
            x = event.position().x() - self.live.mapTo(self, self.live.rect().topLeft()).x()
            self.on_drop(files_of(event.mimeData()), self.drop_zone.hover(x))

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Stay in the tray while the virtual camera is on; else finish recordings and end."""
        if event is None:
            return
        if not self.quitting and self.stay_in_tray():
            event.ignore()
            self.hide()
            return
        self.quitting = True
        self.hide()
        self.finish()
        event.accept()

    def finish(self) -> None:
        """Remember the window, cancel jobs, stop the pipeline: recordings finish their files."""
        self._frames.stop()
        self._numbers.stop()
        self.state.geometry = bytes(self.saveGeometry().toBase64().data()).decode()
        self.state.folded = [name for name, panel in self.side.panels.items() if panel.folded]
        with contextlib.suppress(OSError):  # told already by the settings; a window's place is not worth more
            window_state.save(self.folder / "window.json", self.state)
        for card in self.cards:
            card.job.cancel()
        deadline = time.monotonic() + 5
        for card in self.cards:
            card.job.wait(max(0.0, deadline - time.monotonic()))
        self.outputs.stop_virtual_camera()
        self.controller.stop()

    def tell(self, topic: str, message: str, level: Level = Level.WARNING) -> None:
        self.notice_bar.add(Notice(level, topic, message))

    def quit(self) -> None:
        self.quitting = True
        self.close()
