"""What opens over the window: menu, keys, check-up, guide, and the question for a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QFileDialog, QWidget

from u2live.gui.doctor_page import DoctorPage
from u2live.gui.guide import Guide
from u2live.gui.keys_page import KeysPage
from u2live.gui.logic.gallery import PICTURES, VIDEOS
from u2live.gui.logic.i18n import tr
from u2live.gui.menu import make_menu
from u2live.gui.recordings_page import RecordingsPage
from u2live.gui.sheet import Sheet

if TYPE_CHECKING:
    from u2live.gui.assembly import Window


class Pages:
    """At most one sheet at a time; the guide stands beside it."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self.sheet: Sheet | None = None
        self.guide: Guide | None = None

    def show_menu(self) -> None:
        button = self._window.top.menu_button
        menu = make_menu(self._window)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def show_keys(self) -> None:
        self._open(Sheet(tr("Keys"), KeysPage(self._window.commands), self._window.theme, self._over()))

    def show_doctor(self) -> None:
        page = DoctorPage(self._window.theme)
        sheet = Sheet(tr("Check this computer"), page, self._window.theme, self._over(), width=720)
        self._open(sheet)
        page.start()

    def show_recordings(self) -> None:
        page = RecordingsPage(self._window.outputs, self._window.theme)
        sheet = Sheet(tr("Recordings"), page, self._window.theme, self._over(), width=760)
        page.job.connect(self._window.add_job)
        page.record.connect(sheet.close_sheet)
        page.record.connect(self._window.outputs.start_recording)
        self._open(sheet)
        page.start()

    def show_guide(self) -> None:
        if self.guide is None:
            self.guide = Guide(self._window.theme, self._window.commands.run, self._window.live)
            self.guide.finished.connect(self._guide_done)

    def ask_for_file(self) -> None:
        endings = " ".join(f"*{ending}" for ending in sorted(PICTURES | VIDEOS))
        name, _ = QFileDialog.getOpenFileName(
            self._window, tr("Process a video or picture"), "", tr("Videos and pictures ({endings})", endings=endings)
        )
        if name:
            self._window.process(Path(name))

    def place(self) -> None:
        """The picture changed its size."""
        if self.guide is not None:
            self.guide.place()

    def _over(self) -> QWidget:
        centre = self._window.centralWidget()
        assert centre is not None
        return centre

    def _open(self, sheet: Sheet) -> None:
        if self.sheet is not None:
            self.sheet.close_sheet()
        self.sheet = sheet
        sheet.closed.connect(lambda: self._closed(sheet))

    def _closed(self, sheet: Sheet) -> None:
        if self.sheet is sheet:
            self.sheet = None

    def _guide_done(self) -> None:
        self.guide = None
        self._window.state.guide_done = True
        self._window.live.setFocus()
