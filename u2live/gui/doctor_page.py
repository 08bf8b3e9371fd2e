"""The check-up in the window: what the doctor finds, in plain words, with commands to copy."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from u2live.gui.icons import icon, pixmap
from u2live.gui.lines import quiet_text
from u2live.gui.logic.i18n import tr
from u2live.gui.logic.words import capitalized
from u2live.gui.mailbox import Mailbox
from u2live.gui.theme import Theme

if TYPE_CHECKING:
    from u2live.doctor.finding import Finding


def findings() -> Iterable[Finding]:
    """The doctor's findings about this machine, one by one."""
    from u2live.doctor.examine import findings_of
    from u2live.doctor.system import System

    return findings_of(System())


class DoctorPage(QWidget):
    """Findings appear as each check is done. What is wrong comes before what is well."""

    def __init__(self, theme: Theme, examine: Callable[[], Iterable[Finding]] = findings) -> None:
        super().__init__()
        self._theme = theme
        self._examine = examine
        self._trouble = 0
        self.cards: list[QWidget] = []
        self.told = quiet_text()
        self.again = QPushButton(tr("Check again"))
        self.again.clicked.connect(self.start)
        head = QHBoxLayout()
        head.addWidget(self.told, 1)
        head.addWidget(self.again)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(8)
        self._column.addLayout(head)
        self._column.addStretch(1)
        self._mailbox = Mailbox(self._delivered)

    def start(self) -> None:
        """Examine in a thread; some checks take seconds."""
        for card in self.cards:
            card.hide()
            card.deleteLater()
        self.cards = []
        self._trouble = 0
        self.again.setEnabled(False)
        self.told.setText(tr("Looking at this computer…"))
        threading.Thread(target=_run, args=(self._examine, self._mailbox), name="u2live-doctor", daemon=True).start()

    def _delivered(self, message: object) -> None:
        """A finding, or at the end why it ended."""
        if isinstance(message, str):
            self._finish(message)
        else:
            self._add(message)  # type: ignore[arg-type]

    def _add(self, finding: Finding) -> None:
        card = FindingCard(finding, self._theme)
        self.cards.append(card)
        if finding.level.value == "ok":
            self._column.insertWidget(self._column.count() - 1, card)
        else:
            self._column.insertWidget(1 + self._trouble, card)
            self._trouble += 1

    def _finish(self, problem: str) -> None:
        self.again.setEnabled(True)
        if problem:
            self.told.setText(tr("The check-up ended early: {why}", why=problem))
        elif self._trouble == 0:
            self.told.setText(tr("Everything is well."))
        else:
            self.told.setText(
                tr("{count} things are worth a look. Nothing is changed unless you do it.", count=self._trouble)
            )


def _run(examine: Callable[[], Iterable[Finding]], mailbox: Mailbox) -> None:
    problem = ""
    try:
        for finding in examine():
            mailbox.post(finding)
    except Exception as error:  # a check must not take the page with it
        problem = f"{type(error).__name__}: {error}"
    mailbox.post(problem)


class FindingCard(QFrame):
    """One finding: a mark, what it is, what it means, and what to type."""

    def __init__(self, finding: Finding, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("job")
        tokens = theme.tokens
        name, color = {
            "ok": ("check", tokens.good),
            "warning": ("warning", tokens.warning),
            "problem": ("error", tokens.danger),
        }[finding.level.value]
        mark = QLabel()
        mark.setPixmap(pixmap(name, color, 20, 2))
        what = QLabel(capitalized(finding.what))
        what.setWordWrap(True)
        what.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text = QVBoxLayout()
        text.setSpacing(4)
        text.addWidget(what)
        if finding.why:
            why = quiet_text(capitalized(finding.why))
            text.addWidget(why)
        if finding.fix:
            text.addLayout(self._command(finding.command, theme))
        elif finding.advice:
            advice = QLabel(capitalized(finding.advice))
            advice.setWordWrap(True)
            advice.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            text.addWidget(advice)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 10, 10, 10)
        line.setSpacing(12)
        line.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(text, 1)

    def _command(self, command: str, theme: Theme) -> QHBoxLayout:
        self.command = QLineEdit(command)
        self.command.setReadOnly(True)
        self.command.setCursorPosition(0)
        self.command.setAccessibleName(tr("Command"))
        self.copy = QToolButton()
        self.copy.setIcon(icon("copy", theme.tokens.text))
        self.copy.setIconSize(QSize(18, 18))
        self.copy.setToolTip(tr("Copy"))
        self.copy.setAccessibleName(tr("Copy the command"))
        self.copy.clicked.connect(lambda: self._copy(command))
        line = QHBoxLayout()
        line.addWidget(self.command, 1)
        line.addWidget(self.copy)
        return line

    @staticmethod
    def _copy(command: str) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(command)
