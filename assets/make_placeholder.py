"""Draws placeholder.png, what goes out before there is a matte and while the person is away.

    python assets/make_placeholder.py

A square with transparency: a person in a circle in its upper part, words below. The program lays it on a plain background of
the frame's size (u2live/compose/placeholder.py). The letters are set in Inter where it is installed (SIL Open Font License).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QGuiApplication, QImage, QPainter, QPainterPath, QPen

SIDE = 1024
CENTER = QPointF(512, 330)
RADIUS = 270.0


def person() -> QPainterPath:
    """Head and shoulders, cut off by the circle."""
    head = QPainterPath()
    head.addEllipse(QPointF(CENTER.x(), CENTER.y() - 62), 92, 104)
    shoulders = QPainterPath()
    shoulders.addRoundedRect(QRectF(CENTER.x() - 190, CENTER.y() + 78, 380, 420), 170, 150)
    circle = QPainterPath()
    circle.addEllipse(CENTER, RADIUS - 16, RADIUS - 16)
    return head.united(shoulders).intersected(circle)


def words(painter: QPainter, text: str, top: float, pixels: int, weight: QFont.Weight, color: str) -> None:
    font = QFont("Inter")
    font.setPixelSize(pixels)
    font.setWeight(weight)
    painter.setFont(font)
    painter.setPen(QColor(color))
    painter.drawText(QRectF(0, top, SIDE, pixels * 1.4), Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)


def draw(path: Path) -> None:
    picture = QImage(SIDE, SIDE, QImage.Format.Format_ARGB32)
    picture.fill(0)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor("#3a4452"), 8))
    painter.setBrush(QColor("#1b212a"))
    painter.drawEllipse(CENTER, RADIUS, RADIUS)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#6f7c8d"))
    painter.drawPath(person())
    words(painter, "One moment", 690, 118, QFont.Weight.DemiBold, "#e8ebef")
    words(painter, "u2live", 880, 64, QFont.Weight.Normal, "#98a3b3")
    painter.end()
    if not picture.save(str(path)):
        sys.exit(f"cannot write {path}")


if __name__ == "__main__":
    application = QGuiApplication([])
    draw(Path(__file__).resolve().parent / "placeholder.png")
