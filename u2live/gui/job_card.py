"""What runs in the background, at the foot of the picture: progress, cancel, and where the result lies."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QToolButton, QVBoxLayout

from u2live.gui import file_manager
from u2live.gui.icons import icon
from u2live.gui.jobs import Job
from u2live.gui.lines import quiet_text
from u2live.gui.logic.i18n import tr
from u2live.gui.logic.words import capitalized
from u2live.gui.theme import Theme


class JobCard(QFrame):
    """One job. `closed` when the person put it away."""

    closed = pyqtSignal(object)

    def __init__(self, job: Job, theme: Theme) -> None:
        super().__init__()
        self.job = job
        self._made: Path | None = None
        self.setObjectName("job")
        self.title = QLabel(job.title)
        self.title.setProperty("heading", True)
        self.detail = quiet_text(tr("Starting"))
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 0)
        self.progress.setAccessibleName(job.title)
        self.show_button = QPushButton(tr("Show in folder"))
        self.show_button.clicked.connect(self._show_folder)
        self.show_button.hide()
        self.cancel = QToolButton()
        self.cancel.setProperty("flat", True)
        self.cancel.setIcon(icon("close", theme.tokens.quiet))
        self.cancel.setToolTip(tr("Cancel"))
        self.cancel.setAccessibleName(tr("Cancel {what}", what=job.title))
        self.cancel.clicked.connect(self._cancel)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.show_button)
        head.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 10, 12)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.progress)
        column.addWidget(self.detail)
        self.setMaximumWidth(420)
        self._running = True
        job.progressed.connect(self._progressed)
        job.succeeded.connect(self._succeeded)
        job.failed.connect(self._failed)
        job.ended.connect(self._ended)

    @property
    def running(self) -> bool:
        return self._running

    def _progressed(self, share: float, line: str) -> None:
        self.progress.setRange(0, 1000 if share >= 0 else 0)
        if share >= 0:
            self.progress.setValue(round(share * 1000))
        self.detail.setText(line)

    def _succeeded(self, made: Path) -> None:
        self._made = made
        self.detail.setText(tr("Done: {name}", name=made.name))
        self.show_button.show()

    def _failed(self, why: str) -> None:
        self.detail.setText(capitalized(why))
        self.detail.setProperty("warning", True)

    def _ended(self) -> None:
        self._running = False
        self.progress.hide()
        self.cancel.setToolTip(tr("Close"))
        if self._made is None and not self.detail.property("warning"):
            self.closed.emit(self)

    def _cancel(self) -> None:
        if self._running:
            self.detail.setText(tr("Stopping"))
            self.job.cancel()
        else:
            self.closed.emit(self)

    def _show_folder(self) -> None:
        if self._made is not None:
            file_manager.show_in_folder(self._made)
