"""The picture of a recording in the list: a button that plays it, its length in a corner."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QBrush, QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF, QTransform
from PyQt6.QtWidgets import QAbstractButton

from u2live.gui.icons import pixmap
from u2live.gui.painting import to_image
from u2live.gui.theme import Theme, tabular

_RADIUS = 8


class RecordingThumb(QAbstractButton):
    """Wide as 16:9; a picture of another shape is cut to it around its middle."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._image: QImage | None = None
        self.length = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self._measure)
        self._measure()

    def _measure(self) -> None:
        width = round(128 * max(1.0, self._theme.text_px / 16))
        self.setFixedSize(width, round(width * 9 / 16))

    def sizeHint(self) -> QSize:
        return self.size()

    @property
    def has_picture(self) -> bool:
        return self._image is not None

    def show_picture(self, bgr: np.ndarray | None) -> None:
        import cv2

        self._image = None if bgr is None else to_image(cv2.cvtColor(bgr, cv2.COLOR_BGR2BGRA))
        self.update()

    def show_length(self, length: str) -> None:
        self.length = length
        self.update()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Up and down go from one recording to the next, return plays like space."""
        if event is None:
            return
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        self.update()

    def leaveEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        place = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setPen(QPen(QColor(tokens.line), 1))
        painter.setBrush(QBrush(QColor(tokens.raised)))
        if self._image is not None:
            painter.setBrush(self._brush(self._image, place))
        painter.drawRoundedRect(place, _RADIUS, _RADIUS)
        if self._image is None:
            film = pixmap("film", tokens.quiet, 24, self.devicePixelRatioF())
            painter.drawPixmap(round(place.center().x()) - 12, round(place.center().y()) - 12, film)
        if self.isEnabled() and (self.underMouse() or self.hasFocus()):
            self._draw_play(painter, place.center())
        if self.length:
            self._draw_length(painter, place)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRoundedRect(place, _RADIUS, _RADIUS)

    @staticmethod
    def _brush(image: QImage, place: QRectF) -> QBrush:
        scale = max(place.width() / image.width(), place.height() / image.height())
        left = place.center().x() - image.width() * scale / 2
        top = place.center().y() - image.height() * scale / 2
        brush = QBrush(image)
        brush.setTransform(QTransform.fromTranslate(left, top).scale(scale, scale))
        return brush

    @staticmethod
    def _draw_play(painter: QPainter, middle: QPointF) -> None:
        """White on a dark disc: it has to be seen on any picture."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(10, 12, 16, 190))
        painter.drawEllipse(middle, 17, 17)
        painter.setBrush(QColor("#ffffff"))
        x, y = middle.x() + 1.5, middle.y()
        painter.drawPolygon(QPolygonF([QPointF(x - 6, y - 8), QPointF(x - 6, y + 8), QPointF(x + 8, y)]))

    def _draw_length(self, painter: QPainter, place: QRectF) -> None:
        font = tabular(self.font())
        font.setPixelSize(max(10, self._theme.text_px - 2))
        painter.setFont(font)
        metrics = painter.fontMetrics()
        width, height = metrics.horizontalAdvance(self.length) + 10, metrics.height() + 2
        badge = QRectF(place.right() - width - 5, place.bottom() - height - 5, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(10, 12, 16, 200))
        painter.drawRoundedRect(badge, 4, 4)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, self.length)
