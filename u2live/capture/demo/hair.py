"""The presenter's hair: a mass behind the head, locks before it, and loose strands finer than a pixel.

Art origin: between the eyes, as for the head.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from u2live.capture.demo.light import develop, paint
from u2live.capture.demo.look import Look
from u2live.capture.demo.relief import Patch, blur, bump, coverage, curve, fixed, patch, ramp
from u2live.capture.demo.sprite import Sprite, make_sprite

_SHADES = 14


@dataclass(frozen=True, slots=True)
class Hair:
    """`back` lies behind neck and head, `front` on the head, `left` and `right` fall before the shoulders, `loose` flies."""

    back: Sprite
    front: Sprite
    left: Sprite
    right: Sprite
    loose: tuple[Sprite, ...]


def _strands(guides: list[np.ndarray], count: int, spread: float, curl: float, rng: np.random.Generator) -> list[np.ndarray]:
    """Strands between neighbouring guide lines (all of one length), jittered and slightly wavy."""
    stack = np.stack(guides)  # [guides, points, 2]
    points = stack.shape[1]
    along = np.linspace(0, 1, points, dtype=np.float32)
    where = rng.random(count) * (len(guides) - 1)
    first = np.minimum(where.astype(int), len(guides) - 2)
    share = (where - first)[:, None, None]
    lines = stack[first] * (1 - share) + stack[first + 1] * share
    offset = rng.normal(0, spread, (count, 1, 2)) * (0.25 + 0.75 * along[None, :, None])
    locks = np.floor(where * 5)  # strands of one lock swing together
    phase = locks * 2.4 + rng.normal(0, 0.5, count)
    wave = curl * np.sin(along[None] * 7.5 + phase[:, None]) * along[None] ** 0.7
    wave2 = 0.35 * curl * np.sin(along[None] * 17 + phase[:, None] * 3)
    lines = lines + offset
    lines[..., 0] += wave + wave2
    cut = rng.uniform(0.84, 1.0, count)
    return [line[: max(4, int(points * share))].astype(np.float32) for line, share in zip(lines, cut, strict=True)]


def _lay(
    area: Patch, strands: list[np.ndarray], rng: np.random.Generator, *, fine: int = 2, thickness: int = 2
) -> tuple[np.ndarray, np.ndarray]:
    """Brightness of the strands (mean about 0.5) and their coverage, drawn `fine` times larger and averaged down."""
    big = Patch(area.left, area.top, area.scale * fine, area.x, area.y)
    rows, columns = area.shape
    tone, cover = np.zeros((rows * fine, columns * fine), np.uint8), np.zeros((rows * fine, columns * fine), np.uint8)
    lines = [fixed(big, line) for line in strands]
    shade = np.clip(rng.normal(0.5, 0.2, len(lines)), 0.05, 1) * _SHADES
    for level in range(_SHADES):
        group = [line for line, s in zip(lines, shade, strict=True) if int(min(s, _SHADES - 1)) == level]
        cv2.polylines(tone, group, False, int(30 + 215 * level / _SHADES), thickness, cv2.LINE_AA, 4)
    cv2.polylines(cover, lines, False, 255, thickness, cv2.LINE_AA, 4)
    small = (columns, rows)
    weight = cv2.resize(cover, small, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    value = cv2.resize(tone, small, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return value / np.maximum(weight, 0.05), weight


def _color(area: Patch, look: Look, tone: np.ndarray, light: np.ndarray, band: np.ndarray) -> np.ndarray:
    hair = paint(area.shape, look.hair)
    body = hair * (0.18 + 2.3 * tone**1.6 * light)[..., None]
    sheen = (band * (0.15 + tone) ** 2)[..., None] * (np.sqrt(hair) * 0.30 + 0.10)
    return develop(body + sheen)


def _side_light(area: Patch) -> np.ndarray:
    """The window lights the left, the lamp rims the right."""
    return 0.95 - 0.42 * ramp(area.x, -110, 60) + 0.22 * ramp(area.x, 80, 130)


def _resample(line: np.ndarray, count: int = 26) -> np.ndarray:
    steps = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    at = np.linspace(0, steps[-1], count)
    return np.column_stack([np.interp(at, steps, line[:, 0]), np.interp(at, steps, line[:, 1])]).astype(np.float32)


def _guides(*lines: list[tuple[float, float]]) -> list[np.ndarray]:
    return [_resample(curve(line, 8)) for line in lines]


_PART = (-22.0, -166.0)


def _back(look: Look, scale: float, seed: int) -> Sprite:
    rng = np.random.default_rng((seed, 31))
    area = patch(-190, -186, 190, 268, scale)
    sweep = [
        [
            (_PART[0] + 4 * k, -168),
            (78 + 10 * k, -140),
            (112 + 5 * k, -50),
            (118 + 6 * k, 60),
            (112 + 8 * k, 150),
            (92 + 9 * k, 220 - 6 * k),
        ]
        for k in range(-8, 3)
    ]
    right = _guides(*sweep)
    left = [line * (-1, 1) + (2 * _PART[0] * 0.1, 0) for line in right]
    strands = _strands(right, 500, 6, 7, rng) + _strands([g.astype(np.float32) for g in left], 500, 6, 7, rng)
    body = coverage(
        area,
        curve(
            [
                (0, -164),
                (70, -146),
                (108, -80),
                (114, 20),
                (112, 110),
                (100, 200),
                (40, 215),
                (-40, 215),
                (-100, 200),
                (-112, 110),
                (-114, 20),
                (-108, -80),
                (-70, -146),
            ],
            8,
            closed=True,
        ),
    )
    tone, cover = _lay(area, strands, rng)
    alpha = np.maximum(cover, blur(body, 1.5 * scale))
    tone = np.where(cover > 0.02, tone, 0.3)
    depth = 0.30 + 0.5 * ramp(np.abs(area.x), 82, 128)
    return make_sprite(area, _color(area, look, tone, _side_light(area) * depth, 0 * tone), alpha)


def _front(look: Look, scale: float, seed: int) -> Sprite:
    rng = np.random.default_rng((seed, 32))
    area = patch(-150, -190, 150, 70, scale)
    px, py = _PART
    right = _guides(
        [(px, py + 30), (px + 16, py + 44), (46, -92), (84, -56), (104, -6), (110, 50)],
        [(px, py + 16), (px + 30, py + 18), (66, -112), (96, -66), (110, -6), (114, 50)],
        [(px, py + 6), (px + 44, py + 2), (84, -128), (110, -72), (118, -6), (119, 52)],
        [(px, py), (px + 52, py - 6), (90, -140), (117, -78), (123, -6), (123, 54)],
    )
    left = _guides(
        [(px, py + 30), (px - 12, py + 44), (-62, -92), (-90, -52), (-105, -4), (-110, 50)],
        [(px, py + 16), (px - 24, py + 20), (-76, -112), (-100, -62), (-111, -4), (-114, 50)],
        [(px, py + 6), (px - 32, py + 6), (-90, -126), (-112, -70), (-118, -4), (-119, 52)],
        [(px, py), (px - 36, py), (-95, -136), (-118, -76), (-123, -4), (-123, 54)],
    )
    strands = _strands(right, 900, 3.0, 2.0, rng) + _strands(left, 700, 3.0, 2.0, rng)
    body = np.maximum(
        coverage(area, np.vstack([right[0], right[3][::-1]])), coverage(area, np.vstack([left[0], left[3][::-1]]))
    )
    tone, cover = _lay(area, strands, rng)
    alpha = np.maximum(cover, blur(body, 1.2 * scale))
    tone = np.where(cover > 0.02, tone, 0.3)
    ring = np.hypot(area.x / 118, (area.y + 60) / 118)
    band = (
        np.exp(-0.5 * ((ring - 0.80 - 0.05 * np.sin(area.x * 0.11)) / 0.085) ** 2)
        * ramp(-area.y, 20, 90)
        * (1 - 0.65 * ramp(area.x, -40, 90))
    )
    roots = 1 - 0.55 * np.exp(-np.abs(area.x - px - 2) / 7) * ramp(-area.y, 90, 130)
    rim = 1 - 0.5 * ramp(ring, 0.85, 1.08)
    return make_sprite(area, _color(area, look, tone, _side_light(area) * roots * rim, 0.55 * band), alpha)


def _curtain(look: Look, scale: float, seed: int, side: int) -> Sprite:
    """The lock that falls from the temple before the shoulder."""
    rng = np.random.default_rng((seed, 34 + side))
    area = patch(side * 112 - 70, -30, side * 112 + 70, 290, scale)
    guides = _guides(
        [(side * 103, -10), (side * 99, 50), (side * 94, 110), (side * 84, 170), (side * 76, 240)],
        [(side * 110, -10), (side * 108, 50), (side * 106, 110), (side * 98, 170), (side * 90, 252)],
        [(side * 117, -10), (side * 120, 50), (side * 124, 110), (side * 120, 180), (side * 104, 256)],
        [(side * 122, -10), (side * 128, 50), (side * 136, 120), (side * 132, 190), (side * 118, 246)],
    )
    strands = _strands(guides, 620, 3.6, 5.5, rng)
    body = coverage(area, np.vstack([guides[0][:-7], guides[3][:-7][::-1]]))
    tone, cover = _lay(area, strands, rng)
    alpha = np.maximum(cover, blur(body, 2.2 * scale)) * ramp(area.y, -26, 4)
    tone = np.where(cover > 0.02, tone, 0.3)
    inner = 0.62 + 0.38 * ramp(np.abs(area.x), 88, 112)
    wave = np.exp(-0.5 * ((area.y - 92 + 10 * np.sin(area.x * 0.13)) / 22) ** 2)
    return make_sprite(
        area, _color(area, look, tone, _side_light(area) * inner, 0.22 * wave * (1.0 if side < 0 else 0.5)), alpha
    )


def _loose(look: Look, scale: float, seed: int, part: int) -> Sprite:
    """Single strands that stand off, each thinner than a pixel."""
    rng = np.random.default_rng((seed, 38 + part))
    area = patch(-210, -210, 210, 290, scale)
    strands = []
    for _ in range(34):
        side = rng.choice((-1, 1))
        out = rng.uniform(4, 24)
        start = (_PART[0] + side * rng.uniform(0, 50), -164 + rng.uniform(-3, 10))
        if rng.random() < 0.55:
            line = [
                start,
                (side * (70 + out), -146 - out * 0.4),
                (side * (116 + out), -70),
                (side * (121 + out), 20),
                (side * (124 + 1.2 * out), rng.uniform(60, 130)),
            ]
        else:
            line = [
                (side * 120, -30),
                (side * (126 + out * 0.6), 50),
                (side * (128 + out), 140),
                (side * (112 + 1.6 * out), rng.uniform(200, 270)),
            ]
        strands.append(_resample(curve([(x + rng.normal(0, 5), y + rng.normal(0, 4)) for x, y in line], 8)))
    for _ in range(14):  # a crown of short ones against the light
        x = rng.uniform(-80, 70)
        y = -168 + (x / 62) ** 2 * 11
        lean = x * 0.25 + rng.normal(0, 14)
        strands.append(_resample(curve([(x, y + 6), (x + lean * 0.4, y - 7), (x + lean, y - rng.uniform(4, 15))], 8)))
    tone, cover = _lay(area, strands, rng, fine=3, thickness=1)
    lit = _side_light(area) * 1.3
    return make_sprite(
        area,
        _color(area, look, np.where(cover > 0.01, np.clip(tone, 0, 1), 0.5), lit, 0.25 * bump(area, -60, -120, 60, 60)),
        np.clip(cover * 1.5, 0, 1),
    )


def draw_hair(look: Look, scale: float, seed: int) -> Hair:
    """All of it at `scale` pixels per unit."""
    return Hair(
        _back(look, scale, seed),
        _front(look, scale, seed),
        _curtain(look, scale, seed, -1),
        _curtain(look, scale, seed, 1),
        tuple(_loose(look, scale, seed, part) for part in range(2)),
    )
