"""While files hang over the window: two fields that say what dropping them there would do."""

from __future__ import annotations

import os
from pathlib import Path

from PyQt6.QtCore import QMimeData, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from u2live.gui.icons import pixmap
from u2live.gui.logic.gallery import PICTURES, VIDEOS, look_of
from u2live.gui.logic.i18n import tr
from u2live.gui.theme import Theme

BACKGROUND, PROCESS = "background", "process"


def files_of(data: QMimeData | None) -> list[Path]:
    """The files and folders in a drag that the window can do something with."""
    if data is None or not data.hasUrls():
        return []
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if os.path.exists(path) and (look_of(path) is not None or path.suffix.lower() == ".pdf")]


class DropZone(QWidget):
    """Covers the picture during a drag."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._paths: list[Path] = []
        self._over = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def offer(self, paths: list[Path]) -> None:
        self._paths = paths
        self.setGeometry(self.parentWidget().rect())  # type: ignore[union-attr]
        self.show()
        self.raise_()

    def hover(self, x: float) -> str:
        """Mark and return the field under `x`."""
        zone = PROCESS if x > self.width() / 2 and self._can_process() else BACKGROUND
        if zone != self._over:
            self._over = zone
            self.update()
        return zone

    def _can_process(self) -> bool:
        return any(path.suffix.lower() in PICTURES | VIDEOS for path in self._paths)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = QColor(tokens.canvas)
        shade.setAlpha(215)
        painter.fillRect(self.rect(), shade)
        still = all(path.suffix.lower() in PICTURES for path in self._paths)
        second = tr("Cut the person out") if still else tr("Replace its background")
        fields = [(BACKGROUND, "picture", tr("Use as background"))]
        if self._can_process():
            fields.append((PROCESS, "cutout" if still else "film", second))
        width = (self.width() - 48 - 16 * (len(fields) - 1)) / len(fields)
        for number, (zone, name, label) in enumerate(fields):
            place = QRectF(24 + number * (width + 16), 24, width, self.height() - 48)
            active = zone == self._over
            pen = QPen(QColor(tokens.accent if active else tokens.quiet), 2)
            pen.setDashPattern([5, 4])
            painter.setPen(pen)
            painter.setBrush(QColor(tokens.raised if active else tokens.panel))
            painter.drawRoundedRect(place, 14, 14)
            middle = place.center()
            color = tokens.accent if active else tokens.text
            painter.drawPixmap(
                round(middle.x()) - 20, round(middle.y()) - 44, pixmap(name, color, 40, self.devicePixelRatioF())
            )
            painter.setPen(QColor(tokens.text))
            painter.drawText(place.translated(0, 20), Qt.AlignmentFlag.AlignCenter, label)
