"""The project's SVG icons, drawn in the colour of the moment and as sharp as the screen."""

from __future__ import annotations

from functools import lru_cache

from PyQt6.QtCore import QByteArray, QRectF, QSize, Qt
from PyQt6.QtGui import QIcon, QImage, QPainter, QPixmap
from PyQt6.QtSvg import QSvgRenderer

from u2live.paths import assets_dir

_SIZE = 20  # logical pixels of nearly every icon here; Qt scales the nearest for the rest


@lru_cache(maxsize=256)
def icon(name: str, color: str, checked_color: str = "") -> QIcon:
    """The icon in one colour; in another while its button is pressed in."""
    made = QIcon()
    for state, shade in ((QIcon.State.Off, color), (QIcon.State.On, checked_color)):
        if state is QIcon.State.On and not checked_color:
            break
        for ratio in (1, 2):
            made.addPixmap(pixmap(name, shade, _SIZE, ratio), QIcon.Mode.Normal, state)
    return made


@lru_cache(maxsize=512)
def pixmap(name: str, color: str, size: int, ratio: float = 1.0) -> QPixmap:
    """The icon as a square of `size` logical pixels."""
    image = QImage(QSize(round(size * ratio), round(size * ratio)), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    _renderer(name, color).render(painter, QRectF(0, 0, image.width(), image.height()))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return QPixmap.fromImage(image)


def _renderer(name: str, color: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", color).encode()))


@lru_cache(maxsize=64)
def _drawing(name: str) -> str:
    try:
        return (assets_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    except OSError:
        return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"/>'


def app_icon() -> QIcon:
    made = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        made.addPixmap(pixmap("u2live", "#000000", size))
    return made
