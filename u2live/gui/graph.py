"""The performance graph: each stage over the last half minute."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QSizePolicy, QWidget

from u2live.gui.logic.i18n import noop, tr
from u2live.gui.theme import Theme, tabular

if TYPE_CHECKING:
    from u2live.pipeline.metrics import Metrics

SECONDS = 30
_NAMES = {"matte": noop("matte"), "compose": noop("compose"), "recorder": noop("recording"), "delay": noop("delay in all")}


class PerformanceGraph(QWidget):
    """One line a stage, milliseconds upward, newest at the right. Fed once a second."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._history: deque[dict[str, float]] = deque(maxlen=SECONDS + 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Performance graph"))

    def feed(self, metrics: Metrics) -> None:
        values = {name: latency.p50_ms for name, latency in metrics.stages.items()}
        values["delay"] = metrics.delay.p50_ms
        self._history.append(values)
        if self.isVisible():
            self.setAccessibleDescription(", ".join(f"{self._name(name)} {value:.0f} ms" for name, value in values.items()))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(600, 130)

    @staticmethod
    def _name(stage: str) -> str:
        return tr(_NAMES.get(stage, stage))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = tabular(self.font())
        font.setPixelSize(max(10, self._theme.text_px - 2))
        painter.setFont(font)
        metrics = painter.fontMetrics()
        legend = max(150, metrics.horizontalAdvance("mmmmmmmmmm 000 ms") + 24)
        plot = QRectF(44, 8, max(60, self.width() - legend - 60), self.height() - 30)
        names = sorted({name for values in self._history for name in values}, key=lambda name: (name != "delay", name))
        top = _nice(max((value for values in self._history for value in values.values()), default=10.0))
        painter.setPen(QPen(QColor(tokens.line), 1))
        for share in (0.0, 0.5, 1.0):
            y = plot.bottom() - share * plot.height()
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(QColor(tokens.quiet))
            here = QRectF(0, y - 10, plot.left() - 8, 20)
            painter.drawText(here, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{top * share:g}")
        below = QRectF(plot.left(), plot.bottom() + 3, plot.width(), 20)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, tr("{seconds} s ago", seconds=SECONDS))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, tr("now, in ms"))
        colors = (tokens.accent, tokens.good, tokens.warning, tokens.danger, tokens.quiet, tokens.text)
        for number, name in enumerate(names):
            color = QColor(colors[number % len(colors)])
            line = QPolygonF()
            for age, values in enumerate(reversed(self._history)):
                if name in values:
                    x = plot.right() - age / SECONDS * plot.width()
                    line.append(QPointF(x, plot.bottom() - min(1.0, values[name] / top) * plot.height()))
            painter.setPen(QPen(color, 2 if name == "delay" else 1.5))
            painter.drawPolyline(line)
            y = plot.top() + 6 + number * (metrics.height() + 3)
            painter.drawLine(QPointF(plot.right() + 22, y), QPointF(plot.right() + 34, y))
            painter.setPen(QColor(tokens.text))
            now = self._history[-1].get(name)
            text = f"{self._name(name)}  {now:.1f} ms" if now is not None else self._name(name)
            painter.drawText(QPointF(plot.right() + 40, y + metrics.ascent() / 2 - 1), text)


def _nice(value: float) -> float:
    """The next round number above, for the scale."""
    for step in (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000):
        if value <= step:
            return float(step)
    return value
