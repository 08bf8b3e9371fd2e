"""Shapes as height fields, and the light on them: what every sprite of the demo is made of.

Lengths are art units: one unit is one pixel of a picture 720 lines high. Heights grow towards the camera, y grows
downwards. Colours are linear BGR in [0, 1] until `develop` turns them into 8 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Patch:
    """A piece of the picture plane to draw on: `left`, `top` and the extent in art units, `scale` pixels per unit.

    `x` and `y` are rows × columns float32: the art coordinates of each pixel's centre.
    """

    left: float
    top: float
    scale: float
    x: np.ndarray
    y: np.ndarray

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.x.shape
        return rows, columns


def patch(left: float, top: float, right: float, bottom: float, scale: float) -> Patch:
    """The patch that covers this rectangle."""
    columns, rows = max(2, round((right - left) * scale)), max(2, round((bottom - top) * scale))
    x = (np.arange(columns, dtype=np.float32) + 0.5) / scale + left
    y = (np.arange(rows, dtype=np.float32) + 0.5) / scale + top
    grid_x, grid_y = np.meshgrid(x, y)
    return Patch(left, top, scale, grid_x, grid_y)


def curve(points: Points, steps: int = 12, *, closed: bool = False) -> np.ndarray:
    """A Catmull-Rom spline through the points, N×2 float32."""
    p = np.asarray(points, np.float32)
    before = np.roll(p, 1, 0) if closed else np.vstack([2 * p[0] - p[1], p[:-1]])
    after = np.roll(p, -1, 0) if closed else np.vstack([p[1:], 2 * p[-1] - p[-2]])
    beyond = np.roll(after, -1, 0) if closed else np.vstack([after[1:], 2 * after[-1] - after[-2]])
    t = np.linspace(0, 1, steps, endpoint=False, dtype=np.float32)[None, :, None]
    a, b, c, d = before[:, None], p[:, None], after[:, None], beyond[:, None]
    spline = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    if not closed:
        spline = spline[:-1]
    line = spline.reshape(-1, 2)
    return line if closed else np.vstack([line, p[-1:]])


def fixed(area: Patch, points: np.ndarray, bits: int = 4) -> np.ndarray:
    """Art coordinates as OpenCV's fixed-point pixels."""
    pixels = (points - (area.left, area.top)) * area.scale - 0.5
    return np.round(pixels * (1 << bits)).astype(np.int32)


def coverage(area: Patch, outline: np.ndarray) -> np.ndarray:
    """How much of each pixel lies inside the outline, float32 in [0, 1]."""
    mask = np.zeros(area.shape, np.uint8)
    cv2.fillPoly(mask, [fixed(area, outline)], 255, cv2.LINE_AA, 4)
    return mask.astype(np.float32) / 255


def stroke(area: Patch, line: np.ndarray, width: float, soft: float = 0.0) -> np.ndarray:
    """Coverage of a line of this width, blurred by `soft` units."""
    picture = np.zeros(area.shape, np.float32)
    rows, columns = area.shape
    margin = int((width + 3 * soft) * area.scale) + 3
    pixels = (line - (area.left, area.top)) * area.scale
    left, top = (max(0, int(v) - margin) for v in pixels.min(0))
    right, bottom = min(columns, int(pixels[:, 0].max()) + margin), min(rows, int(pixels[:, 1].max()) + margin)
    if right <= left or bottom <= top:
        return picture
    mask = np.zeros((bottom - top, right - left), np.uint8)
    corner = np.array([left, top]) << 4
    cv2.polylines(mask, [fixed(area, line) - corner], False, 255, max(1, round(width * area.scale)), cv2.LINE_AA, 4)
    picture[top:bottom, left:right] = blur(mask.astype(np.float32) / 255, soft * area.scale)
    return picture


def bump(area: Patch, x: float, y: float, width: float, height: float, angle: float = 0.0) -> np.ndarray:
    """A Gaussian hill of height 1 with these standard deviations, turned by `angle` degrees."""
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    u = ((area.x - x) * c + (area.y - y) * s) / width
    v = ((area.y - y) * c - (area.x - x) * s) / height
    hill: np.ndarray = np.exp(-0.5 * (u * u + v * v))
    return hill


def ramp(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Smoothly from 0 at `low` to 1 at `high`."""
    t = np.clip((values - low) / (high - low), 0, 1)
    smooth: np.ndarray = t * t * (3 - 2 * t)
    return smooth


def inflate(area: Patch, mask: np.ndarray, radius: float) -> np.ndarray:
    """A flat shape as a cushion whose rim is rounded over `radius` units; heights in units."""
    inside = (mask > 0.5).astype(np.uint8)
    distance = cv2.distanceTransform(inside, cv2.DIST_L2, 5) / area.scale
    rim = np.clip(1 - distance / radius, 0, 1)
    height = radius * np.sqrt(np.maximum(1 - rim * rim, 0))
    return blur(height.astype(np.float32), 0.08 * radius * area.scale)


def capsule(
    area: Patch, start: tuple[float, float], end: tuple[float, float], radii: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """A rod with round ends. Returns its height in units and its coverage."""
    (ax, ay), (bx, by) = start, end
    dx, dy = bx - ax, by - ay
    along = np.clip(((area.x - ax) * dx + (area.y - ay) * dy) / (dx * dx + dy * dy), 0, 1)
    distance = np.hypot(area.x - ax - along * dx, area.y - ay - along * dy)
    radius = radii[0] + (radii[1] - radii[0]) * along
    height = np.sqrt(np.maximum(radius**2 - distance**2, 0))
    return height, np.clip((radius - distance) * area.scale + 0.5, 0, 1)


def blur(picture: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian blur, sigma in pixels. Wide ones are done on a smaller picture, which no eye can tell."""
    if sigma < 0.2:
        return picture
    soft: np.ndarray
    if sigma < 5:
        soft = cv2.GaussianBlur(picture, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
        return soft
    rows, columns = picture.shape[:2]
    shrink = sigma / 2.5
    small = cv2.resize(
        picture, (max(2, round(columns / shrink)), max(2, round(rows / shrink))), interpolation=cv2.INTER_AREA
    )
    small = cv2.GaussianBlur(small, (0, 0), 2.4, borderType=cv2.BORDER_REPLICATE)
    soft = cv2.resize(small, (columns, rows), interpolation=cv2.INTER_LINEAR)
    return soft


def noise(area: Patch, cell: tuple[float, float], rng: np.random.Generator, octaves: int = 3) -> np.ndarray:
    """Smooth noise of mean 0 and a spread of about 0.5; `cell` is the size of its largest grains in units."""
    rows, columns = area.shape
    total = np.zeros(area.shape, np.float32)
    for octave in range(octaves):
        grain = 2**octave
        cells = (
            max(2, round(columns / area.scale / cell[0] * grain) + 1),
            max(2, round(rows / area.scale / cell[1] * grain) + 1),
        )
        cells = (min(cells[0], columns), min(cells[1], rows))
        coarse = rng.standard_normal((cells[1], cells[0]), dtype=np.float32)
        total += cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_CUBIC) / grain
    return total * 0.5


def part(area: Patch, left: float, top: float, right: float, bottom: float) -> tuple[Patch, slice, slice]:
    """The pixels of `area` in this rectangle: as a patch of their own, and as its rows and columns."""
    total_rows, total_columns = area.shape
    x0, x1 = (min(total_columns, max(0, round((v - area.left) * area.scale))) for v in (left, right))
    y0, y1 = (min(total_rows, max(0, round((v - area.top) * area.scale))) for v in (top, bottom))
    rows, columns = slice(y0, y1), slice(x0, x1)
    corner = (area.left + x0 / area.scale, area.top + y0 / area.scale)
    return Patch(*corner, area.scale, area.x[rows, columns], area.y[rows, columns]), rows, columns
