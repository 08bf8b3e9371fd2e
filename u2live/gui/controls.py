"""The controls of a settings row: slider, number, choice, switch. Each shows a key of the settings and changes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PyQt6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSlider,
    QWidget,
)

from u2live.gui.controller import Controller
from u2live.gui.lines import align, column_in, line_of
from u2live.gui.logic.i18n import tr
from u2live.gui.logic.rows import Control, Row, choices_of, control_of, default_of, number_text, row_of, scale_of, value_of
from u2live.gui.theme import Theme, tabular
from u2live.settings import Settings


class ResetLabel(QLabel):
    """A control's name; a double click asks for the default."""

    reset = pyqtSignal()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        self.reset.emit()


class ElidedLabel(QLabel):
    """One line that ends in … where there is no room; the whole of it as its tip."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str | None) -> None:
        super().setText(text)
        self.setToolTip(text)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        style = self.style()
        assert style is not None
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        style.drawItemText(painter, self.rect(), align.value, self.palette(), self.isEnabled(), shown, self.foregroundRole())


class CalmSlider(QSlider):
    """Takes the wheel only while it has the focus, so that scrolling past it changes nothing."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        elif event is not None:
            event.ignore()


class CalmCombo(QComboBox):
    """Takes the wheel only while it has the focus; shrinks rather than widening its panel."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(9)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        elif event is not None:
            event.ignore()


class Switch(QAbstractButton):
    """An on/off switch, drawn in the theme's colours."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        unit = self._theme.text_px
        return QSize(round(unit * 3.0), round(unit * 1.85))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(2, 2, self.width() - 4, self.height() - 4)
        on = self.isChecked()
        painter.setPen(QPen(QColor(tokens.accent if on else tokens.quiet), 1))
        painter.setBrush(QColor(tokens.accent if on else tokens.raised))
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
        radius = track.height() / 2 - 3
        across = track.right() - radius - 3 if on != self.isRightToLeft() else track.left() + radius + 3
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.on_accent if on else tokens.quiet))
        painter.drawEllipse(QPointF(across, track.center().y()), radius, radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.text), 1.5))
            painter.drawRoundedRect(QRectF(1, 1, self.width() - 2, self.height() - 2), self.height() / 2, self.height() / 2)

    def isRightToLeft(self) -> bool:
        return self.layoutDirection() == Qt.LayoutDirection.RightToLeft


class SettingRow(QWidget):
    """One row of the table: its name, its control, its value. Follows every change from elsewhere."""

    def __init__(self, row: Row, controller: Controller, theme: Theme) -> None:
        super().__init__()
        self.row = row
        self._controller = controller
        self._theme = theme
        self._showing = False
        self.label = ResetLabel(tr(row.label))
        self.label.reset.connect(lambda: controller.reset(row.key))
        self.value_label = QLabel()
        self.value_label.setProperty("quiet", True)
        theme.changed.connect(self._follow_theme)
        self.control = self._make()
        self.control.setAccessibleName(tr(row.label))
        self.label.setBuddy(self.control)
        tip = tr(row.tip) if row.tip else ""
        self.setToolTip((f"{tip}. " if tip else "") + tr("Double-click the name for the default."))
        if tip:
            self.control.setAccessibleDescription(tip)
        self._lay_out()
        self.show_settings(controller.settings)
        controller.changed.connect(self.show_settings)

    def _follow_theme(self) -> None:
        self.value_label.setFont(tabular(self.font()))

    def _make(self) -> QWidget:
        kind = control_of(self.row)
        if kind in (Control.SLIDER, Control.NUMBER):
            scale = scale_of(self.row)
            slider = CalmSlider()
            slider.setRange(0, scale.steps)
            slider.setPageStep(max(1, scale.steps // 10))
            slider.valueChanged.connect(lambda step: self._change(scale.to_value(step)))
            return slider
        if kind is Control.CHOICE:
            combo = CalmCombo()
            for choice, name in choices_of(self.row):
                combo.addItem(name, choice)
            combo.currentIndexChanged.connect(lambda: self._change(combo.currentData()))
            return combo
        if kind is Control.SWITCH:
            switch = Switch(self._theme)
            switch.toggled.connect(self._change)
            return switch
        line = QLineEdit()
        line.editingFinished.connect(lambda: self._change(line.text()))
        return line

    def _lay_out(self) -> None:
        if isinstance(self.control, QSlider):
            column = column_in(self, 2)
            head = QHBoxLayout()
            head.addWidget(self.label)
            head.addStretch(1)
            head.addWidget(self.value_label)
            column.addLayout(head)
            column.addWidget(self.control)
            return
        if isinstance(self.control, QLineEdit):
            column = column_in(self, 6)
            column.addWidget(self.label)
            column.addWidget(self.control)
            return
        control = align(self._theme, self.control) if isinstance(self.control, QComboBox) else self.control
        self.setLayout(line_of(self.label, control))

    def _change(self, value: Any) -> None:
        if not self._showing:
            self._controller.set(self.row.key, value)

    def show_settings(self, settings: Settings) -> None:
        value = value_of(settings, self.row.key)
        self._showing = True
        try:
            if isinstance(self.control, QSlider):
                scale = scale_of(self.row)
                self.control.setValue(scale.to_step(value))
                self.value_label.setText(number_text(self.row, value))
                bold = self.value_label.font()
                bold.setBold(value != default_of(self.row.key))
                self.value_label.setFont(tabular(bold))
            elif isinstance(self.control, QComboBox):
                self.control.setCurrentIndex(self.control.findData(value))
            elif isinstance(self.control, Switch):
                self.control.setChecked(value)
            elif isinstance(self.control, QLineEdit):
                self.control.setText(value)
                self.control.setCursorPosition(0)
        finally:
            self._showing = False


def rows_widget(keys: Sequence[str], controller: Controller, theme: Theme) -> QWidget:
    """Rows one below the other."""
    holder = QWidget()
    column = column_in(holder)
    for key in keys:
        column.addWidget(SettingRow(row_of(key), controller, theme))
    return holder
