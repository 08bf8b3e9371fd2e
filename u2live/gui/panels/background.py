"""The background panel: the gallery, and the few controls of what is chosen."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QColorDialog, QFileDialog, QHBoxLayout, QLabel, QMenu, QWidget

from u2live.gui import thumbs
from u2live.gui.controller import Controller
from u2live.gui.controls import CalmSlider, SettingRow
from u2live.gui.gallery_view import GalleryView
from u2live.gui.lines import column_in
from u2live.gui.live_view import LiveView
from u2live.gui.logic.gallery import PICTURES, VIDEOS, Entry, Gallery, Look, same
from u2live.gui.logic.i18n import tr
from u2live.gui.logic.rows import row_of
from u2live.gui.mailbox import Mailbox
from u2live.gui.theme import Theme, tabular
from u2live.gui.timers import once, repeating
from u2live.settings import Settings

REDRAW_MS = 900


class BackgroundPanel(QWidget):
    """Choosing is looking: the thumbnails show the person in front of each background while live."""

    problem = pyqtSignal(str)
    pdf_chosen = pyqtSignal(object)

    def __init__(self, gallery: Gallery, controller: Controller, live: LiveView, theme: Theme) -> None:
        super().__init__()
        self._gallery = gallery
        self._controller = controller
        self._live = live
        self._theme = theme
        self.view = GalleryView(theme)
        self.view.chosen.connect(self._choose)
        self.view.removed.connect(self._remove)
        self.view.add_tile.clicked.connect(self._show_add_menu)
        self._loader = thumbs.Loader(Mailbox(self._picture_loaded).post)

        self.blur = CalmSlider()
        self.blur.setRange(0, 100)
        self.blur.setAccessibleName(tr("Blur strength"))
        self.blur.valueChanged.connect(self._blur_changed)
        self._blur_value = QLabel()
        self._blur_value.setProperty("quiet", True)
        self._blur_row = self._make_blur_row()
        self._fit = SettingRow(row_of("background.fit"), controller, theme)
        self._slides = SettingRow(row_of("background.slide_seconds"), controller, theme)

        column = column_in(self)
        column.addWidget(self.view)
        for row in (self._blur_row, self._fit, self._slides):
            column.addWidget(row)
        self.view.set_entries(gallery.entries())
        controller.changed.connect(self.show_settings)
        self.show_settings(controller.settings)
        repeating(self, REDRAW_MS, self.redraw).start()
        theme.changed.connect(self.redraw)
        once(self, 0, self.redraw).start()

    def _make_blur_row(self) -> QWidget:
        holder = QWidget()
        column = column_in(holder, 2)
        head = QHBoxLayout()
        head.addWidget(QLabel(tr("Blur")))
        head.addStretch(1)
        head.addWidget(self._blur_value)
        column.addLayout(head)
        column.addWidget(self.blur)
        return holder

    def show_settings(self, settings: Settings) -> None:
        choice = settings.background.choice
        self.view.show_chosen(choice, same)
        is_blur = choice.startswith("blur")
        self._blur_row.setVisible(is_blur)
        if is_blur:
            strength = round(float(choice.partition(":")[2] or 60))
            self.blur.blockSignals(True)
            self.blur.setValue(strength)
            self.blur.blockSignals(False)
            self._blur_value.setFont(tabular(self.font()))
            self._blur_value.setText(str(strength))
        entry = self._gallery.find(choice)
        runs = entry is not None and entry.choice == choice
        look = entry.look if entry is not None else None
        self._fit.setVisible(look in (Look.PICTURE, Look.VIDEO, Look.FOLDER))
        self._slides.setVisible(look is Look.FOLDER and runs)

    def _picture_loaded(self, choice: object) -> None:
        self.redraw()

    def redraw(self) -> None:
        """Draw the thumbnails anew, with the person of this moment. Nothing while the panel cannot be seen."""
        if not self.view.isVisible():
            return
        preview = self._live.preview
        cutting = thumbs.cutting_of(preview.matted) if preview is not None and preview.matted is not None else None
        for thumbnail in self.view.thumbnails:
            if not thumbnail.visibleRegion().isEmpty():
                picture = self._loader.picture(thumbnail.entry)
                thumbnail.show_picture(thumbs.draw(thumbnail.entry, picture, cutting, self._theme.tokens.dark))

    def step(self, by: int) -> None:
        """Choose the next or previous entry."""
        entries = self._gallery.entries()
        current = self._gallery.find(self._controller.value("background.choice"))
        at = entries.index(current) if current in entries else -1
        self._choose(entries[(at + by) % len(entries)])

    def turn(self, by: int) -> None:
        """The next or previous slide of the folder that is chosen."""
        choice = self._controller.value("background.choice")
        slides = self._gallery.slides_of(choice)
        if slides:
            at = slides.index(choice) + by if choice in slides else 0
            self._controller.set("background.choice", slides[min(len(slides) - 1, max(0, at))])

    def add_slides(self, folder: Path, title: str) -> None:
        """Add a folder of pages and show the first of them; it stays until it is turned."""
        self._gallery.add(folder, title)
        self._refresh()
        slides = self._gallery.slides_of(str(folder.resolve()))
        if slides:
            self._controller.set("background.choice", slides[0])
            self._loader.forget(str(folder.resolve()))

    def add_files(self, paths: list[Path]) -> bool:
        """Add what can be a background and choose the last of it. False when nothing could."""
        added = [entry for entry in map(self._gallery.add, paths) if entry is not None]
        if not added:
            return False
        self._refresh()
        self._choose(added[-1])
        return True

    def _choose(self, entry: Entry) -> None:
        if entry.missing:
            self.problem.emit(
                tr("{name} is no longer at {place}; put it back or remove it here", name=entry.title, place=entry.choice)
            )
            self.show_settings(self._controller.settings)
            return
        choice = entry.choice
        if entry.look is Look.BLUR:
            if self._controller.value("background.choice").startswith("blur"):
                return
            choice = f"blur:{self.blur.value() or 60}"
        self._controller.set("background.choice", choice)

    def _remove(self, entry: Entry) -> None:
        if same(entry.choice, self._controller.value("background.choice")):
            self._controller.reset("background.choice")
        self._gallery.remove(entry)
        self._refresh()

    def _refresh(self) -> None:
        if self._gallery.problem:
            self.problem.emit(self._gallery.problem)
        self.view.set_entries(self._gallery.entries())
        self.show_settings(self._controller.settings)
        self.redraw()

    def _blur_changed(self, strength: int) -> None:
        self._controller.set("background.choice", f"blur:{strength}")

    def _show_add_menu(self) -> None:
        menu = QMenu(self)
        for label, slot in (
            (tr("Picture or video…"), self.ask_for_files),
            (tr("Folder of pictures…"), self._ask_for_folder),
            (tr("Colour…"), self._ask_for_color),
        ):
            action = menu.addAction(label)
            if action is not None:
                action.triggered.connect(slot)
        tile = self.view.add_tile
        menu.popup(tile.mapToGlobal(tile.rect().bottomLeft()))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def ask_for_files(self) -> None:
        endings = " ".join(f"*{ending}" for ending in sorted(PICTURES | VIDEOS | {".pdf"}))
        names, _ = QFileDialog.getOpenFileNames(
            self, tr("Add backgrounds"), "", tr("Pictures, videos, PDF slides ({endings})", endings=endings)
        )
        for name in names:
            if name.lower().endswith(".pdf"):
                self.pdf_chosen.emit(Path(name))
        names = [name for name in names if not name.lower().endswith(".pdf")]
        if names and not self.add_files([Path(name) for name in names]):
            self.problem.emit(tr("{name} cannot be a background; choose a picture or a video", name=Path(names[0]).name))

    def _ask_for_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Add a folder of pictures"))
        if name and not self.add_files([Path(name)]):
            self.problem.emit(tr("{name} holds no pictures; choose another folder", name=Path(name).name))

    def _ask_for_color(self) -> None:
        color = QColorDialog.getColor(QColor("#2f5d8a"), self, tr("Background colour"))
        if color.isValid():
            self.add_color(color.name())

    def add_color(self, color: str) -> None:
        """Add #rrggbb and choose it."""
        entry = self._gallery.add_color(color)
        self._refresh()
        self._choose(entry)
