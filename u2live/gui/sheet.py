"""A card over the window for what is read rather than watched: the keys, the check-up.

Escape or a click beside it closes it; the picture goes on behind.
"""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from u2live.gui.icons import icon
from u2live.gui.logic.i18n import tr
from u2live.gui.theme import Theme


class Sheet(QWidget):
    """Covers its parent, dims it, and shows `body` on a card as high as it needs. The picture behind goes on."""

    closed = pyqtSignal()

    def __init__(self, title: str, body: QWidget, theme: Theme, over: QWidget, width: int = 620) -> None:
        super().__init__(over)
        self._theme = theme
        self._width = width
        self.body = body
        self.card = QFrame(self)
        self.card.setObjectName("card")
        self.title = QLabel(title)
        self.title.setProperty("title", True)
        self.close_button = QToolButton()
        self.close_button.setProperty("flat", True)
        self.close_button.setIconSize(QSize(20, 20))
        self.close_button.setAccessibleName(tr("Close"))
        self.close_button.setIcon(icon("close", theme.tokens.quiet))
        self.close_button.clicked.connect(self.close_sheet)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setStyleSheet("QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }")
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(body)
        column = QVBoxLayout(self.card)
        column.setContentsMargins(24, 18, 16, 20)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self.area, 1)
        self.setAccessibleName(title)
        over.installEventFilter(self)
        body.installEventFilter(self)
        theme.changed.connect(self._place)
        self._place()
        self.show()
        self.raise_()
        self.close_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_sheet(self) -> None:
        over = self.parentWidget()
        if over is not None:
            over.removeEventFilter(self)
        self.hide()
        self.closed.emit()
        self.deleteLater()

    def _place(self) -> None:
        over = self.parentWidget()
        if over is None:
            return
        self.setGeometry(over.rect())
        width = min(round(self._width * self._theme.text_px / 13), over.width() - 48)
        inside = self.body.heightForWidth(width - 56) if self.body.hasHeightForWidth() else 0
        wanted = max(inside, self.body.sizeHint().height()) + 120
        height = max(200, min(over.height() - 48, wanted))
        self.card.setGeometry((over.width() - width) // 2, (over.height() - height) // 2, width, height)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Follow the size of what is covered, and the height that the body asks for: its layout has it when this comes."""
        kind = QEvent.Type.LayoutRequest if watched is self.body else QEvent.Type.Resize
        if event is not None and event.type() == kind:
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        shade = QColor(self._theme.tokens.canvas)
        shade.setAlpha(190)
        QPainter(self).fillRect(self.rect(), shade)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and not self.card.geometry().contains(event.position().toPoint()):
            self.close_sheet()
