"""One of a camera's own controls: its name, its widget, its value, and the way back to its default."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QToolButton, QWidget

from u2live.capture.camera_device import Control, Kind
from u2live.gui.controls import CalmCombo, CalmSlider, ElidedLabel, Switch
from u2live.gui.icons import icon
from u2live.gui.lines import column_in
from u2live.gui.logic.i18n import tr
from u2live.gui.panels.camera_words import choice_of, name_of, value_text
from u2live.gui.theme import Theme, tabular


class NameLabel(ElidedLabel):
    """As wide as its text where there is room; a double click asks for the default."""

    reset = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        self.reset.emit()


class ControlRow(QWidget):
    """`moved` carries the control's name and the value that the user gave it."""

    moved = pyqtSignal(str, int)

    def __init__(self, control: Control, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._showing = False
        self.camera_control = control
        self.name = name_of(control)
        self.label = NameLabel()
        self.label.setText(self.name)
        self.label.reset.connect(self.reset_value)
        self.value_label = QLabel()
        self.value_label.setProperty("quiet", True)
        self.reset = QToolButton()
        self.reset.setProperty("flat", True)
        self.reset.setAccessibleName(tr("Reset {name}", name=self.name))
        self.reset.setToolTip(tr("Back to the camera's default"))
        self.reset.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.reset.clicked.connect(self.reset_value)
        keeps_its_place = self.reset.sizePolicy()
        keeps_its_place.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(keeps_its_place)
        self.control = self._make()
        self.control.setAccessibleName(self.name)
        self.label.setBuddy(self.control)
        self._lay_out()
        theme.changed.connect(self._follow_theme)
        self._follow_theme()

    @property
    def default(self) -> int:
        control = self.camera_control
        return min(max(control.default, control.minimum), control.maximum)

    @property
    def value(self) -> int:
        """What the widget shows."""
        if isinstance(self.control, QSlider):
            return self.control.value()
        if isinstance(self.control, CalmCombo):
            chosen = self.control.currentData()
            return self.camera_control.value if chosen is None else int(chosen)  # a driver may be where its menu has a hole
        assert isinstance(self.control, Switch)
        return int(self.control.isChecked())

    def show_control(self, control: Control, value: int) -> None:
        """Follow the camera: is the control active, and at what `value`."""
        self.camera_control = control
        self._showing = True
        try:
            if isinstance(self.control, QSlider):
                if not self.control.isSliderDown():
                    self.control.setValue(value)
            elif isinstance(self.control, CalmCombo):
                self.control.setCurrentIndex(self.control.findData(value))
            elif isinstance(self.control, Switch):
                self.control.setChecked(bool(value))
        finally:
            self._showing = False
        self._show_state()

    def reset_value(self) -> None:
        if not self.camera_control.active or self.value == self.default:
            return
        if self.reset.hasFocus():
            self.control.setFocus(Qt.FocusReason.OtherFocusReason)  # the button goes away now
        self.show_control(self.camera_control, self.default)
        self.moved.emit(self.camera_control.name, self.default)

    def _make(self) -> QWidget:
        control = self.camera_control
        if control.kind is Kind.BOOLEAN:
            switch = Switch(self._theme)
            switch.toggled.connect(lambda on: self._change(int(on)))
            return switch
        if control.kind in (Kind.MENU, Kind.INTEGER_MENU):
            combo = CalmCombo()
            for value, text in control.choices:
                combo.addItem(choice_of(text), value)
            combo.currentIndexChanged.connect(lambda: self._change(combo.currentData()))
            return combo
        slider = CalmSlider()
        slider.setRange(control.minimum, control.maximum)
        slider.setSingleStep(max(1, control.step))
        slider.setPageStep(max(1, control.step, (control.maximum - control.minimum) // 10))
        slider.valueChanged.connect(self._slid)
        return slider

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.label)
        head.addWidget(self.reset)
        head.addStretch(1)
        column = column_in(self, 0)
        column.addLayout(head)
        if isinstance(self.control, Switch):
            head.addWidget(self.control)
            return
        head.addWidget(self.value_label)
        column.addWidget(self.control)
        self.value_label.setVisible(isinstance(self.control, QSlider))

    def _slid(self, value: int) -> None:
        """A dragged slider stops anywhere: take it to the nearest of the control's steps."""
        control = self.camera_control
        step = max(1, control.step)
        near = min(control.minimum + round((value - control.minimum) / step) * step, control.maximum)
        if near != value and not self._showing:
            self.control.setValue(near)  # type: ignore[attr-defined]
            return
        self._change(value)

    def _change(self, value: int) -> None:
        if not self._showing:
            self._show_state()
            self.moved.emit(self.camera_control.name, value)

    def _show_state(self) -> None:
        control = self.camera_control
        changed = self.value != self.default
        self.value_label.setText(value_text(control, self.value))
        bold = self.value_label.font()
        bold.setBold(changed and control.active)
        self.value_label.setFont(tabular(bold))
        self.reset.setVisible(changed and control.active)
        self.control.setEnabled(control.active)
        if bool(self.label.property("quiet")) == control.active:
            self.label.setProperty("quiet", not control.active)
            self.label.style().polish(self.label)  # type: ignore[union-attr]
        why = tr("{label}. Double-click the name for the default.", label=control.label)
        if not control.active:
            why = tr("{label}. The camera sets this itself while it is automatic.", label=control.label)
        self.setToolTip(why)
        self.label.setToolTip(why)
        self.control.setAccessibleDescription(why)

    def _follow_theme(self) -> None:
        self.reset.setIcon(icon("reset", self._theme.tokens.quiet))
        self.reset.setIconSize(QSize(self._theme.text_px, self._theme.text_px))
        self.value_label.setFont(tabular(self.font()))
        self._show_state()
