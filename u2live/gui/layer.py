"""Draws the layer that lies on top of everything: a caption as a lower third, a logo in a corner."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QImage, QPainter

from u2live.gui.logic.i18n import noop
from u2live.paths import user_data_dir

WIDTH, HEIGHT = 1920, 1080
_EDGE = 64
_KEPT = 20
CORNERS = {
    "top-left": noop("Top left"),
    "top-right": noop("Top right"),
    "bottom-left": noop("Bottom left"),
    "bottom-right": noop("Bottom right"),
}


def write_layer(caption: str, logo: str, corner: str) -> str:
    """The layer as a PNG in the user's folder: its path, or empty where there is nothing to show. Raises OSError.

    The caption's first line is large, the second small ("Ada Lovelace | Analytical Engines"); `|` parts them too.
    """
    if not caption.strip() and not logo:
        return ""
    name = hashlib.sha256(f"{caption}\n{logo}\n{corner}".encode()).hexdigest()[:16]
    path = user_data_dir() / "layers" / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    # The last few stay: the pipeline may be about to read the one before, and undo goes back to it.
    for old in sorted(path.parent.glob("*.png"), key=lambda layer: layer.stat().st_mtime)[:-_KEPT]:
        old.unlink(missing_ok=True)
    if not drawn(caption, logo, corner).save(str(path)):
        raise OSError(f"cannot write {path}")
    return str(path)


def drawn(caption: str, logo: str, corner: str) -> QImage:
    """The layer at 1920×1080 with straight alpha."""
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    if logo:
        _draw_logo(painter, QImage(logo), corner)
    if caption.strip():
        _draw_caption(painter, caption, beside_logo=bool(logo) and corner == "bottom-left")
    painter.end()
    return image.convertToFormat(QImage.Format.Format_ARGB32)


def _draw_logo(painter: QPainter, logo: QImage, corner: str) -> None:
    if logo.isNull():
        return
    scale = min(300 / logo.width(), 150 / logo.height())
    width, height = logo.width() * scale, logo.height() * scale
    x = _EDGE if corner.endswith("left") else WIDTH - _EDGE - width
    y = _EDGE if corner.startswith("top") else HEIGHT - _EDGE - height
    painter.drawImage(QRectF(x, y, width, height), logo)


def _draw_caption(painter: QPainter, caption: str, beside_logo: bool) -> None:
    first, _, second = caption.replace("|", "\n").strip().partition("\n")
    large, small = _font(46, QFont.Weight.DemiBold), _font(28, QFont.Weight.Normal)
    lines = [(first.strip(), large)] + ([(second.strip(), small)] if second.strip() else [])
    width = max(QFontMetricsF(font).horizontalAdvance(text) for text, font in lines)
    height = sum(QFontMetricsF(font).height() for _, font in lines)
    box = QRectF(_EDGE, HEIGHT - _EDGE - height - 36, min(width + 72, WIDTH - 2 * _EDGE), height + 36)
    if beside_logo:
        box.translate(0, -170)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(15, 18, 22, 205))
    painter.drawRoundedRect(box, 14, 14)
    painter.setBrush(QColor("#5b9dff"))
    painter.drawRoundedRect(QRectF(box.x() + 16, box.y() + 18, 6, box.height() - 36), 3, 3)
    y = box.y() + 18
    for number, (text, font) in enumerate(lines):
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(QColor("#ffffff" if number == 0 else "#c5cedb"))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width() - 72)
        painter.drawText(QRectF(box.x() + 40, y, box.width() - 60, metrics.height()), Qt.AlignmentFlag.AlignVCenter, shown)
        y += metrics.height()


def _font(pixels: int, weight: QFont.Weight) -> QFont:
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPixelSize(pixels)
    font.setWeight(weight)
    return font


def readable_logo(path: Path) -> bool:
    return not QImage(str(path)).isNull()
