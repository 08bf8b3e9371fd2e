"""A microphone's level: a bar that turns from green over yellow to red, with the loudest moment marked."""

from __future__ import annotations

import time

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from u2live.gui.logic.i18n import tr
from u2live.gui.theme import Theme

_QUIET_DB = -60.0
_LOUD_DB = -12.0
_CLIPS_DB = -3.0
_HOLD_S = 1.5


class LevelMeter(QWidget):
    """`show_level` takes dB below full scale, None while nothing listens."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.decibels: float | None = None
        self._peak_db = _QUIET_DB
        self._peak_s = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_level(None)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(80, 10)

    def show_level(self, decibels: float | None) -> None:
        now_s = time.monotonic()
        level = _QUIET_DB if decibels is None else decibels
        if level >= self._peak_db or now_s - self._peak_s > _HOLD_S:
            self._peak_db, self._peak_s = level, now_s
        heard = tr("nothing listens") if decibels is None else _word(level)
        told = tr("Microphone level: {level}", level=heard)
        if told != self.accessibleName():
            self.setAccessibleName(told)
        self.decibels = decibels
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        track = QRectF(0, self.height() / 2 - 3, self.width(), 6)
        painter.setBrush(QColor(tokens.line))
        painter.drawRoundedRect(track, 3, 3)
        if self.decibels is None or not self.isEnabled():
            return
        reach = self.width() * _share(self.decibels)
        for begin_db, end_db, color in (
            (_QUIET_DB, _LOUD_DB, tokens.good),
            (_LOUD_DB, _CLIPS_DB, tokens.warning),
            (_CLIPS_DB, 0.0, tokens.danger),
        ):
            begin, end = self.width() * _share(begin_db), min(reach, self.width() * _share(end_db))
            if end > begin:
                painter.setBrush(QColor(color))
                painter.drawRoundedRect(QRectF(begin, track.y(), end - begin, 6), 3, 3)
        if self._peak_db > _QUIET_DB:
            color = tokens.danger if self._peak_db > _CLIPS_DB else tokens.quiet
            painter.setBrush(QColor(color))
            painter.drawRect(QRectF(max(0.0, self.width() * _share(self._peak_db) - 2), track.y() - 2, 2, 10))


def _share(decibels: float) -> float:
    return min(1.0, max(0.0, 1 - decibels / _QUIET_DB))


def _word(decibels: float) -> str:
    """For who hears rather than sees."""
    if decibels > _CLIPS_DB:
        return tr("too loud")
    if decibels > _LOUD_DB:
        return tr("loud")
    return tr("good") if decibels > -36 else tr("quiet") if decibels > _QUIET_DB else tr("silence")
