"""The first start: camera, background, virtual camera. A card beside the live picture; it can be skipped at any time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from u2live.gui.logic.i18n import noop, tr
from u2live.gui.theme import Theme


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is about, what to do, and a command that helps with it."""

    title: str
    text: str
    button: str
    command: str


STEPS = (
    Step(
        noop("This is you"),
        noop("Is it the right camera? Everything happens on this computer; no picture leaves it until you let it."),
        noop("Choose a camera"),
        "panel.camera",
    ),
    Step(
        noop("Choose what is behind you"),
        noop("Click a background. Your own pictures and videos can be dropped on the window."),
        noop("Show the backgrounds"),
        "panel.background",
    ),
    Step(
        noop("Be seen in a call"),
        noop("Turn the virtual camera on, then pick “u2live” as the camera in your call program."),
        noop("Turn it on"),
        "output.virtual_camera",
    ),
)


class Guide(QFrame):
    """`finished` when the last step is done or the person skips."""

    finished = pyqtSignal()

    def __init__(self, theme: Theme, run: Callable[[str], None], over: QWidget) -> None:
        super().__init__(over)
        self._theme = theme
        self._run = run
        self.step = 0
        self.setObjectName("card")
        self.number = QLabel()
        self.number.setProperty("quiet", True)
        self.title = QLabel()
        self.title.setProperty("title", True)
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.help_button = QPushButton()
        self.help_button.clicked.connect(lambda: self._run(STEPS[self.step].command))
        self.skip = QPushButton(tr("Skip"))
        self.skip.clicked.connect(self._finish)
        self.next = QPushButton()
        self.next.setProperty("primary", True)
        self.next.clicked.connect(self._next)
        foot = QHBoxLayout()
        foot.addWidget(self.skip)
        foot.addStretch(1)
        foot.addWidget(self.help_button)
        foot.addWidget(self.next)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(10)
        for widget in (self.number, self.title, self.text):
            column.addWidget(widget)
        column.addSpacing(4)
        column.addLayout(foot)
        theme.changed.connect(self.place)
        self._show()
        self.show()

    def place(self) -> None:
        """Lie at the foot of the picture, in the middle."""
        over = self.parentWidget()
        if over is None:
            return
        self.setFixedWidth(min(round(470 * self._theme.text_px / 13), over.width() - 40))
        self.setFixedHeight(self.heightForWidth(self.width()) if self.hasHeightForWidth() else self.sizeHint().height())
        self.move((over.width() - self.width()) // 2, over.height() - self.height() - 32)
        self.raise_()

    def _next(self) -> None:
        if self.step == len(STEPS) - 1:
            self._finish()
            return
        self.step += 1
        self._show()

    def _show(self) -> None:
        step = STEPS[self.step]
        self.number.setText(tr("Step {number} of {count}", number=self.step + 1, count=len(STEPS)))
        self.title.setText(tr(step.title))
        self.text.setText(tr(step.text))
        self.help_button.setText(tr(step.button))
        self.next.setText(tr("Done") if self.step == len(STEPS) - 1 else tr("Next"))
        self.setAccessibleName(tr(step.title))
        self.place()

    def _finish(self) -> None:
        self.hide()
        self.finished.emit()
        self.deleteLater()
