"""Light on reliefs: shading, cast shadows, and the camera's tone curve. Colours are linear BGR until `develop`."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from u2live.capture.demo.relief import Patch, blur


@dataclass(frozen=True, slots=True)
class Light:
    """One distant light: the direction towards it (x right, y down, z to the camera) and its linear BGR colour."""

    direction: tuple[float, float, float]
    color: tuple[float, float, float]


KEY = Light((-0.62, -0.42, 0.66), (0.98, 1.06, 1.12))
FILL = Light((0.75, -0.05, 0.66), (0.20, 0.185, 0.19))
RIM = Light((0.88, -0.35, -0.30), (0.28, 0.45, 0.62))
AMBIENT = (0.25, 0.245, 0.25)
SKIN_WRAP = (0.12, 0.18, 0.38)  # light creeps around the edge under the skin, red farthest


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
    steep = dx * dx + dy * dy
    ease = np.sqrt(1 / np.maximum(1, steep / 6.0))  # a silhouette is no cliff
    dx, dy, steep = dx * ease, dy * ease, np.minimum(steep, 6.0)
    nz = 1 / np.sqrt(steep + 1)
    nx, ny = -dx * nz, -dy * nz
    hollow = np.clip((blur(height, occlusion * area.scale) - height) / occlusion, -0.2, 1.2)
    ambient = np.clip(1 - 0.75 * hollow, 0.15, 1.2) * (0.86 - 0.12 * ny)
    key, fill, rim = (_unit(light.direction) for light in (KEY, FILL, RIM))
    on_key = nx * key[0] + ny * key[1] + nz * key[2]
    on_fill = np.maximum(nx * fill[0] + ny * fill[1] + nz * fill[2], 0)
    on_rim = np.maximum(nx * rim[0] + ny * rim[1] + nz * rim[2], 0) ** 2
    half = key + np.array([0, 0, 1], np.float32)
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
        reach_px = distance * area.scale / flat
        shift = np.array([[1, 0, lx * reach_px], [0, 1, ly * reach_px]], np.float32)
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
