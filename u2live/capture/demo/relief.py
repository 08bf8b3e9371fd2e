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
    mask = np.zeros(area.shape, np.uint8)
    cv2.polylines(mask, [fixed(area, line)], False, 255, max(1, round(width * area.scale)), cv2.LINE_AA, 4)
    return blur(mask.astype(np.float32) / 255, soft * area.scale) if soft else mask.astype(np.float32) / 255


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
    """Gaussian blur, sigma in pixels."""
    if sigma < 0.2:
        return picture
    soft: np.ndarray = cv2.GaussianBlur(picture, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
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


@dataclass(frozen=True, slots=True)
class Light:
    """One distant light: the direction towards it (x right, y down, z to the camera) and its linear BGR colour."""

    direction: tuple[float, float, float]
    color: tuple[float, float, float]


KEY = Light((-0.62, -0.42, 0.66), (0.98, 1.06, 1.12))
FILL = Light((0.75, -0.05, 0.66), (0.20, 0.185, 0.19))
RIM = Light((0.88, -0.35, -0.30), (0.28, 0.45, 0.62))
AMBIENT = (0.20, 0.20, 0.21)


def _unit(direction: tuple[float, float, float]) -> np.ndarray:
    vector = np.asarray(direction, np.float32)
    unit: np.ndarray = vector / np.linalg.norm(vector)
    return unit


def shade(
    area: Patch,
    height: np.ndarray,
    albedo: np.ndarray,
    *,
    gloss: np.ndarray | float = 0.05,
    sharpness: float = 18,
    wrap: tuple[float, float, float] = (0.05, 0.05, 0.05),
    shadow: np.ndarray | float = 1.0,
    occlusion: float = 12,
) -> np.ndarray:
    """Light on a relief, linear BGR float32.

    `wrap` lets light creep around the terminator for each colour (skin: red most). `shadow` scales the key light.
    `occlusion` is the radius in units over which hollows get darker.
    """
    height = height.astype(np.float32)
    dx = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3, scale=area.scale / 8)
    dy = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3, scale=area.scale / 8)
    nz = 1 / np.sqrt(dx * dx + dy * dy + 1)
    nx, ny = -dx * nz, -dy * nz
    hollow = np.clip((blur(height, occlusion * area.scale) - height) / occlusion, -0.2, 1.2)
    ambient = np.clip(1 - 0.75 * hollow, 0.15, 1.2) * (0.82 - 0.25 * ny)
    key, fill, rim = (_unit(light.direction) for light in (KEY, FILL, RIM))
    on_key = nx * key[0] + ny * key[1] + nz * key[2]
    on_fill = np.maximum(nx * fill[0] + ny * fill[1] + nz * fill[2], 0)
    on_rim = np.maximum(nx * rim[0] + ny * rim[1] + nz * rim[2], 0) ** 2
    half = key + np.float32([0, 0, 1])
    half /= np.linalg.norm(half)
    shine = np.maximum(nx * half[0] + ny * half[1] + nz * half[2], 0) ** sharpness * gloss * shadow
    fresnel = (1 - nz) ** 3 * 0.25 * np.clip(0.6 - ny, 0, 1)
    lit = np.empty((*area.shape, 3), np.float32)
    for c in range(3):
        diffuse = np.maximum((on_key + wrap[c]) / (1 + wrap[c]), 0) * shadow
        light = diffuse * KEY.color[c] + on_fill * FILL.color[c] + ambient * (AMBIENT[c] + fresnel * 0.4)
        lit[..., c] = albedo[..., c] * (light + on_rim * RIM.color[c]) + shine * KEY.color[c]
    return lit


def cast_shadow(area: Patch, height: np.ndarray, reach: float = 60, softness: float = 3.0) -> np.ndarray:
    """Where the key light reaches the relief: 1 lit, 0 in the shadow of something between it and the light."""
    lx, ly, lz = _unit(KEY.direction)
    lit = np.ones(area.shape, np.float32)
    rows, columns = area.shape
    flat = float(np.hypot(lx, ly))
    for distance in np.geomspace(2.5, reach, 12):
        shift = np.float32([[1, 0, lx / flat * distance * area.scale], [0, 1, ly / flat * distance * area.scale]])
        ahead = cv2.warpAffine(height, shift, (columns, rows), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                               borderMode=cv2.BORDER_CONSTANT, borderValue=-1e3)  # fmt: skip
        above = ahead - height - distance * lz / flat
        np.minimum(lit, 1 - np.clip(above / (0.12 * distance + 1.0), 0, 1), out=lit)
    return blur(lit, softness * area.scale)


def develop(linear: np.ndarray, exposure: float = 1.0) -> np.ndarray:
    """Linear light to 8-bit BGR with a soft shoulder, as a camera does it."""
    x = np.maximum(linear * exposure, 0)
    toned = x * (1 + x / 3.2) / (1 + x * 0.72)
    graded = 255 * np.power(np.clip(toned, 0, 1), 1 / 2.2)
    return np.round(graded).astype(np.uint8)


def paint(shape: tuple[int, int], color: tuple[float, float, float]) -> np.ndarray:
    """A picture of one linear colour given as sRGB red, green, blue in 0…255."""
    linear = (np.asarray(color[::-1], np.float32) / 255) ** 2.2
    return np.broadcast_to(linear, (*shape, 3)).astype(np.float32)


def mix(base: np.ndarray, other: np.ndarray | tuple[float, float, float], amount: np.ndarray) -> np.ndarray:
    """`other` laid over `base` with this coverage; a tuple is sRGB red, green, blue."""
    if isinstance(other, tuple):
        other = (np.asarray(other[::-1], np.float32) / 255) ** 2.2
    mixed: np.ndarray = base + (other - base) * amount[..., None]
    return mixed
