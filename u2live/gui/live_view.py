"""The live picture. It looks at the pipeline's preview when its timer says so, and paints what it saw last."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QBrush, QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QTransform
from PyQt6.QtWidgets import QSizePolicy, QWidget

from u2live.gui import painting
from u2live.gui.icons import pixmap
from u2live.gui.logic.geometry import Box, device_size, letterbox, share_across
from u2live.gui.logic.i18n import tr
from u2live.gui.logic.tokens import RADIUS
from u2live.gui.painting import View
from u2live.gui.theme import Theme
from u2live.types import Size

if TYPE_CHECKING:
    from u2live.pipeline.session import Preview

_GRIP = 14  # how near to the divider a press takes hold of it


class LiveView(QWidget):
    """Shows the newest composite in one of four views, letterboxed, at the screen's own resolution."""

    double_clicked = pyqtSignal()
    dragged = pyqtSignal(float, float)
    """The person was dragged by shares of the picture's width and height."""
    scaled = pyqtSignal(float)
    """The wheel turned over the picture: a factor."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._preview: Preview | None = None
        self._view = View.RESULT
        self._split = 0.5
        self._held: str = ""
        self._last = QPointF()
        self._image: QImage | None = None
        self._shape = Size(1280, 720)
        self.margin = 16
        self.message = tr("Starting")
        self.privacy = ""
        self.recording = ""
        self.movable: Callable[[], bool] = lambda: False
        self.setObjectName("canvas")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 200)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Live picture"))
        self.setAccessibleDescription(tr("In before and after, left and right arrows move the divider"))
        theme.changed.connect(self.refresh)

    @property
    def view(self) -> View:
        return self._view

    @property
    def split(self) -> float:
        """Where the divider of before and after stands, 0 … 1."""
        return self._split

    @property
    def preview(self) -> Preview | None:
        """What is on the screen."""
        return self._preview

    def set_view(self, view: View) -> None:
        self._view = view
        self.refresh()

    def set_split(self, split: float) -> None:
        self._split = min(1.0, max(0.0, split))
        self.refresh()

    def show_preview(self, preview: Preview) -> None:
        self._preview = preview
        height, width = preview.composite.pixels.shape[:2]
        self._shape = Size(width, height)
        self.refresh()

    def refresh(self) -> None:
        self._image = None
        self.update()

    def box(self) -> Box:
        """Where the picture lies."""
        return letterbox(self._shape, Size(self.width(), self.height()), self.margin)

    def sizeHint(self) -> QSize:
        return QSize(960, 540)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor("#000000" if self.margin == 0 else self._theme.tokens.canvas))
        box = self.box()
        where = QRectF(box.x, box.y, box.width, box.height)
        radius = RADIUS if self.margin else 0
        if self._preview is None:
            self._paint_waiting(painter, where, radius)
        else:
            self._paint_picture(painter, box, where, radius)
            if self._view is View.SPLIT and self._preview.matted is not None:
                self._paint_divider(painter, where)
        self._paint_marks(painter, where, radius)
        if self.hasFocus() and self.margin:
            painter.setPen(QPen(QColor(self._theme.tokens.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(where.adjusted(-3, -3, 3, 3), radius + 3, radius + 3)

    def _paint_picture(self, painter: QPainter, box: Box, where: QRectF, radius: int) -> None:
        assert self._preview is not None
        if self._image is None:
            size = device_size(box, self.devicePixelRatioF())
            pixels = painting.render(self._preview, self._view, size, self._split, self._theme.tokens.dark)
            self._image = painting.to_image(pixels)
        brush = QBrush(self._image)
        place = QTransform.fromTranslate(where.x(), where.y())
        brush.setTransform(place.scale(where.width() / self._image.width(), where.height() / self._image.height()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(brush)
        painter.drawRoundedRect(where, radius, radius)

    def _paint_waiting(self, painter: QPainter, where: QRectF, radius: int) -> None:
        """A calm card with one line while there is no picture yet."""
        tokens = self._theme.tokens
        painter.setPen(QPen(QColor(tokens.line), 1))
        painter.setBrush(QColor(tokens.panel))
        painter.drawRoundedRect(where, radius, radius)
        middle = where.center()
        mark = pixmap("u2live", tokens.quiet, 56, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(middle.x() - 28, middle.y() - 52), mark)
        painter.setPen(QColor(tokens.quiet))
        text = QRectF(where.x(), middle.y() + 16, where.width(), 40)
        painter.drawText(text, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, self.message)

    def _paint_divider(self, painter: QPainter, where: QRectF) -> None:
        x = where.x() + self._split * where.width()
        painter.setPen(QPen(QColor(255, 255, 255, 230), 2))
        painter.drawLine(QPointF(x, where.top()), QPointF(x, where.bottom()))
        painter.setPen(QPen(QColor(0, 0, 0, 60), 1))
        painter.setBrush(QColor(255, 255, 255))
        painter.drawEllipse(QPointF(x, where.center().y()), 15, 15)
        painter.drawPixmap(QPointF(x - 16, where.center().y() - 8), pixmap("chevron-left", "#1a1f26", 16, 2))
        painter.drawPixmap(QPointF(x + 0, where.center().y() - 8), pixmap("chevron-right", "#1a1f26", 16, 2))
        self._paint_label(painter, QPointF(where.left() + 12, where.bottom() - 38), tr("Before"), "#0f1216", "#ffffff")
        width = painter.fontMetrics().horizontalAdvance(tr("After")) + 20
        self._paint_label(
            painter, QPointF(where.right() - 12 - width, where.bottom() - 38), tr("After"), "#0f1216", "#ffffff"
        )

    def _paint_marks(self, painter: QPainter, where: QRectF, radius: int) -> None:
        tokens = self._theme.tokens
        if self.privacy:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.danger), 4))
            painter.drawRoundedRect(where.adjusted(2, 2, -2, -2), radius, radius)
            self._paint_label(painter, where.topLeft() + QPointF(14, 14), self.privacy, tokens.danger, tokens.on_danger)
        if self.recording:
            width = painter.fontMetrics().horizontalAdvance(self.recording) + 40
            at = QPointF(where.right() - 14 - width, where.top() + 14)
            self._paint_label(painter, at, "     " + self.recording, "#0f1216", "#ffffff", width)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.danger))
            painter.drawEllipse(at + QPointF(15, painter.fontMetrics().height() / 2 + 5), 5, 5)

    def _paint_label(self, painter: QPainter, at: QPointF, text: str, ground: str, color: str, width: float = 0.0) -> None:
        metrics = painter.fontMetrics()
        place = QRectF(at.x(), at.y(), width or metrics.horizontalAdvance(text) + 20, metrics.height() + 10)
        path = QPainterPath()
        path.addRoundedRect(place, 7, 7)
        shade = QColor(ground)
        shade.setAlpha(255 if ground == self._theme.tokens.danger else 190)
        painter.fillPath(path, shade)
        painter.setPen(QColor(color))
        painter.drawText(place.adjusted(10, 0, -10, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        box, x, y = self.box(), event.position().x(), event.position().y()
        if not box.contains(x, y):
            return
        if self._view is View.SPLIT and abs(x - (box.x + self._split * box.width)) <= _GRIP:
            self._held = "divider"
        elif self.movable():
            self._held, self._last = "person", event.position()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None:
            return
        box, at = self.box(), event.position()
        if self._held == "divider":
            self.set_split(share_across(box, at.x()))
        elif self._held == "person":
            self.dragged.emit((at.x() - self._last.x()) / box.width, (at.y() - self._last.y()) / box.height)
            self._last = at
        near = self._view is View.SPLIT and abs(at.x() - (box.x + self._split * box.width)) <= _GRIP
        shape = Qt.CursorShape.SplitHCursor if near or self._held == "divider" else Qt.CursorShape.ArrowCursor
        if not near and self.movable() and box.contains(at.x(), at.y()):
            shape = Qt.CursorShape.ClosedHandCursor if self._held else Qt.CursorShape.OpenHandCursor
        self.setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        self._held = ""

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        self._held = ""
        self.double_clicked.emit()

    def wheelEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        if event is not None and self.movable():
            self.scaled.emit(1.05 ** (event.angleDelta().y() / 120))
            event.accept()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and self._view is View.SPLIT and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.set_split(self._split + (0.02 if event.key() == Qt.Key.Key_Right else -0.02))
            return
        super().keyPressEvent(event)
