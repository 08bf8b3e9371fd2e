"""The gallery: thumbnails in columns, one of them chosen, the last one a plus."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QBrush,
    QColor,
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTransform,
)
from PyQt6.QtWidgets import QAbstractButton, QButtonGroup, QMenu, QWidget

from u2live.gui.icons import pixmap
from u2live.gui.logic.gallery import Entry, Look
from u2live.gui.logic.i18n import tr
from u2live.gui.painting import to_image
from u2live.gui.theme import Theme

_GAP = 8
_WIDEST = 132


class Thumbnail(QAbstractButton):
    """One entry. Delete and the context menu remove it where it is the person's own."""

    remove = pyqtSignal()

    def __init__(self, entry: Entry, theme: Theme) -> None:
        super().__init__()
        self.entry = entry
        self._theme = theme
        self._image: QImage | None = None
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr("Background {name}", name=entry.title))
        self.setToolTip(f"{entry.title}\n{tr('The file is gone')}: {entry.choice}" if entry.missing else entry.title)

    def show_picture(self, bgr: np.ndarray) -> None:
        import cv2

        self._image = to_image(cv2.cvtColor(bgr, cv2.COLOR_BGR2BGRA))
        self.update()

    @property
    def image(self) -> QImage | None:
        return self._image

    def paintEvent(self, event: QPaintEvent | None) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        tall = self.picture_height()
        place = QRectF(2.5, 2.5, self.width() - 5, tall - 5)
        painter.setPen(QPen(QColor(tokens.line), 1))
        painter.setBrush(QColor(tokens.raised))
        if self._image is not None:
            brush = QBrush(self._image)
            scale = place.width() / self._image.width(), place.height() / self._image.height()
            brush.setTransform(QTransform.fromTranslate(place.x(), place.y()).scale(*scale))
            painter.setBrush(brush)
        painter.drawRoundedRect(place, 7, 7)
        if self.entry.missing:
            painter.drawPixmap(
                round(place.center().x()) - 10, round(place.center().y()) - 10, pixmap("warning", tokens.warning, 20, 2)
            )
        elif self.entry.look in (Look.VIDEO, Look.FOLDER):
            mark = "play" if self.entry.look is Look.VIDEO else "folder"
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(0, 0, 0, 140))
            painter.drawEllipse(QRectF(place.right() - 24, place.bottom() - 24, 20, 20))
            painter.drawPixmap(round(place.right()) - 20, round(place.bottom()) - 20, pixmap(mark, "#ffffff", 12, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.isChecked():
            painter.setPen(QPen(QColor(tokens.accent), 2.5))
            painter.drawRoundedRect(place.adjusted(-1, -1, 1, 1), 8, 8)
        elif self.hasFocus() or self.underMouse():
            painter.setPen(QPen(QColor(tokens.text if self.hasFocus() else tokens.quiet), 1.5))
            painter.drawRoundedRect(place, 7, 7)
        if self.isChecked() and self.hasFocus():
            painter.setPen(QPen(QColor(tokens.text), 1))
            painter.drawRoundedRect(place.adjusted(2, 2, -2, -2), 6, 6)
        painter.setPen(QColor(tokens.text if self.isChecked() else tokens.quiet))
        font = painter.font()
        font.setPixelSize(max(10, self._theme.text_px - 2))
        painter.setFont(font)
        text = painter.fontMetrics().elidedText(self.entry.title, Qt.TextElideMode.ElideRight, self.width() - 6)
        below = QRectF(3, tall - 1, self.width() - 6, self.height() - tall)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)

    def picture_height(self) -> int:
        return round((self.width() - 5) * 9 / 16) + 5

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_Delete and self.entry.own:
            self.remove.emit()
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        if event is None or not self.entry.own:
            return
        menu = QMenu(self)
        action = menu.addAction(tr("Remove from the gallery"))
        if action is not None:
            action.triggered.connect(self.remove.emit)
        menu.exec(event.globalPos())


class AddTile(QAbstractButton):
    """The plus at the end."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr("Add a background"))
        self.setToolTip(
            tr("Add a picture, a video, a folder of pictures, or a colour. Files can also be dropped on the window.")
        )

    def paintEvent(self, event: QPaintEvent | None) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tall = round((self.width() - 5) * 9 / 16) + 5
        place = QRectF(3, 3, self.width() - 6, tall - 6)
        pen = QPen(QColor(tokens.accent if self.underMouse() or self.hasFocus() else tokens.quiet), 1.25)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.drawRoundedRect(place, 7, 7)
        painter.drawPixmap(
            round(place.center().x()) - 10, round(place.center().y()) - 10, pixmap("add", tokens.quiet, 20, 2)
        )
        painter.setPen(QColor(tokens.quiet))
        font = painter.font()
        font.setPixelSize(max(10, self._theme.text_px - 2))
        painter.setFont(font)
        below = QRectF(3, tall - 1, self.width() - 6, self.height() - tall)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, tr("Add"))


class GalleryView(QWidget):
    """Lays the thumbnails out in as many columns as fit; arrow keys go from one to the next."""

    chosen = pyqtSignal(object)
    removed = pyqtSignal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.thumbnails: list[Thumbnail] = []
        self.add_tile = AddTile(theme)
        self.add_tile.setParent(self)
        self._group = QButtonGroup(self)
        theme.changed.connect(self._lay_out)

    def set_entries(self, entries: tuple[Entry, ...]) -> None:
        for old in self.thumbnails:
            self._group.removeButton(old)
            old.hide()
            old.deleteLater()
        self.thumbnails = []
        for entry in entries:
            thumbnail = Thumbnail(entry, self._theme)
            thumbnail.setParent(self)
            thumbnail.clicked.connect(lambda _=False, e=entry: self.chosen.emit(e))
            thumbnail.remove.connect(lambda e=entry: self.removed.emit(e))
            self._group.addButton(thumbnail)
            self.thumbnails.append(thumbnail)
            thumbnail.show()
        self.setTabOrder(self.thumbnails[-1], self.add_tile)
        self._lay_out()

    def show_chosen(self, choice: str, same) -> None:  # type: ignore[no-untyped-def]
        """Mark the entry of this choice; none when it is not in the gallery."""
        self._group.setExclusive(False)
        for thumbnail in self.thumbnails:
            thumbnail.setChecked(same(thumbnail.entry.choice, choice))
        self._group.setExclusive(True)

    def _columns(self) -> int:
        widest = round(_WIDEST * self._theme.text_px / 13)
        return max(2, -(-(self.width() + _GAP) // (widest + _GAP)))

    def _cell(self) -> tuple[int, int]:
        columns = self._columns()
        width = (max(160, self.width()) - _GAP * (columns - 1)) // columns
        return width, round((width - 5) * 9 / 16) + 5 + round(self._theme.text_px * 1.45)

    def _lay_out(self) -> None:
        columns = self._columns()
        width, height = self._cell()
        tiles: list[QWidget] = [*self.thumbnails, self.add_tile]
        for number, tile in enumerate(tiles):
            row, column = divmod(number, columns)
            x = column * (width + _GAP)
            if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
                x = self.width() - width - x
            tile.setGeometry(x, row * (height + 6), width, height)
        rows = -(-len(tiles) // columns)
        self.setMinimumHeight(rows * (height + 6))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._lay_out()

    def sizeHint(self) -> QSize:
        return QSize(280, self.minimumHeight())
