"""A talk's slides as a PDF."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QMarginsF
from PyQt6.QtGui import QColor, QPageSize, QPainter, QPdfWriter


def pdf(path: Path) -> Path:
    """Three pages: red, green, blue."""
    writer = QPdfWriter(str(path))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    painter = QPainter(writer)
    for number, color in enumerate(("#ff0000", "#00ff00", "#0000ff")):
        if number:
            writer.newPage()
        painter.fillRect(0, 0, writer.width(), writer.height(), QColor(color))
    painter.end()
    return path
