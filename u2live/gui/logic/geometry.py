"""Where the picture lies in its view, in logical pixels, and back again."""

from __future__ import annotations

from dataclasses import dataclass

from u2live.types import Size


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in logical pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def contains(self, x: float, y: float) -> bool:
        return self.x <= x <= self.right and self.y <= y <= self.bottom


def letterbox(picture: Size, area: Size, margin: float = 0.0) -> Box:
    """The largest box of the picture's shape, centred in `area` less `margin` on every side. Never smaller than 1×1."""
    wide, tall = max(1.0, area.width - 2 * margin), max(1.0, area.height - 2 * margin)
    if picture.width <= 0 or picture.height <= 0:
        return Box(area.width / 2, area.height / 2, 1.0, 1.0)
    scale = min(wide / picture.width, tall / picture.height)
    width, height = max(1.0, picture.width * scale), max(1.0, picture.height * scale)
    return Box((area.width - width) / 2, (area.height - height) / 2, width, height)


def device_size(box: Box, ratio: float) -> Size:
    """The pixels that a box covers on a screen of this device pixel ratio."""
    return Size(max(1, round(box.width * ratio)), max(1, round(box.height * ratio)))


def share_across(box: Box, x: float) -> float:
    """How far along the box `x` lies, held within 0 … 1."""
    return min(1.0, max(0.0, (x - box.x) / box.width))


def split_column(split: float, width: int) -> int:
    """The first column that shows the composite when the divider stands at `split` (0 … 1)."""
    return min(width, max(0, round(split * width)))
