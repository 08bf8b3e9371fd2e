"""The presenter's hair: a mass behind the head, locks before it, and loose strands finer than a pixel.

Art origin: between the eyes, as for the head.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from u2live.capture.demo.light import develop, paint
from u2live.capture.demo.look import Look
from u2live.capture.demo.relief import Patch, blur, coverage, curve, fixed, patch, ramp
from u2live.capture.demo.sprite import Sprite, trimmed_sprite

_FINE = 3  # strands are drawn this much larger: a third of a pixel wide
_SHADES = 24
_LOCKS = 6  # between two guide lines

# From the parting over the crown or the forehead to the temple, inner edge first; left and right of the parting.
_FRONT_RIGHT = (
    ((-22, -124), (4, -113), (46, -88), (80, -56), (100, -8), (107, 62)),
    ((-22, -142), (14, -138), (64, -108), (94, -64), (109, -8), (113, 62)),
    ((-22, -158), (20, -160), (76, -130), (106, -78), (118, -12), (119, 62)),
    ((-22, -174), (22, -176), (74, -149), (108, -94), (122, -26), (124, 62)),
)
_FRONT_LEFT = (
    ((-22, -124), (-38, -112), (-66, -84), (-88, -48), (-102, -4), (-107, 62)),
    ((-22, -142), (-46, -134), (-80, -102), (-101, -58), (-110, -6), (-113, 62)),
    ((-22, -158), (-52, -154), (-90, -122), (-111, -70), (-118, -10), (-119, 62)),
    ((-22, -174), (-54, -172), (-93, -137), (-115, -84), (-123, -22), (-124, 62)),
)
_BACK = (
    ((0, -150), (50, -120), (70, -20), (66, 80), (52, 150), (40, 216)),
    ((10, -156), (84, -118), (100, -30), (98, 70), (88, 150), (70, 232)),
    ((20, -160), (98, -112), (116, -30), (120, 70), (116, 150), (100, 238)),
    ((20, -160), (104, -108), (124, -30), (132, 70), (134, 150), (124, 228)),
)
_BACK_MASS = (
    (0, -160), (70, -140), (106, -80), (114, 20), (114, 110), (100, 196), (40, 210), (-40, 210), (-100, 196), (-114, 110),
    (-114, 20), (-106, -80), (-70, -140),
)  # fmt: skip
_FALLING = (
    ((101, -20), (98, 50), (92, 112), (80, 172), (66, 236)),
    ((109, -20), (108, 50), (106, 112), (97, 176), (84, 254)),
    ((117, -20), (121, 50), (125, 112), (119, 182), (100, 262)),
    ((122, -20), (129, 50), (138, 120), (134, 192), (114, 252)),
)


@dataclass(frozen=True, slots=True)
class Hair:
    """`back` lies behind neck and head, `front` on the head, `left` and `right` fall before the shoulders.

    The loose strands swing with neither.
    """

    back: Sprite
    front: Sprite
    left: Sprite
    right: Sprite
    loose_left: Sprite
    loose_right: Sprite


def _guides(lines: tuple[tuple[tuple[float, float], ...], ...], side: int = 1, count: int = 28) -> np.ndarray:
    """The guide lines as [guides, count, 2], evenly along each."""
    guides = []
    for points in lines:
        line = curve(points, 8)
        steps = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
        at = np.linspace(0, steps[-1], count)
        guides.append(np.column_stack([np.interp(at, steps, line[:, 0]) * side, np.interp(at, steps, line[:, 1])]))
    return np.stack(guides).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Strands:
    """`lines` is strands × points × 2, of which the first `lengths` count; `tones` is their brightness in 0…1."""

    lines: np.ndarray
    lengths: np.ndarray
    tones: np.ndarray


def _grow(guides: np.ndarray, count: int, spread: float, curl: float, rng: np.random.Generator) -> _Strands:
    """Strands between the guides: each lock waves as one and comes to a point; single strands stray by `spread` units."""
    points = guides.shape[1]
    along = np.linspace(0, 1, points, dtype=np.float32)[None]
    where = rng.random(count) * (len(guides) - 1)
    lock = np.minimum(np.floor(where * _LOCKS), (len(guides) - 1) * _LOCKS - 1).astype(int)
    center = (lock + 0.5) / _LOCKS
    first = (lock // _LOCKS).astype(int)
    share = (where - first)[:, None] + ((center - where)[:, None]) * 0.8 * along**3
    lines = guides[first] * (1 - share[..., None]) + guides[first + 1] * share[..., None]
    lines = lines + rng.normal(0, spread, (count, 1, 2)) * (0.3 + 0.7 * along[..., None])
    phase = (lock * 2.4 + rng.normal(0, 0.25, count))[:, None]
    lines[..., 0] += curl * (np.sin(along * 7.5 + phase) * along**0.7 + 0.3 * np.sin(along * 17 + phase * 3))
    lines += rng.normal(0, 0.5, (count, 1, 2)) * np.sin(along * 9 + rng.random((count, 1)) * 6)[..., None]
    by_lock = rng.normal(0, 0.13, (len(guides) - 1) * _LOCKS)
    shorter = rng.uniform(0.86, 1.0, (len(guides) - 1) * _LOCKS)
    lengths = np.maximum(4, points * shorter[lock] * rng.uniform(0.90, 1.0, count)).astype(int)
    tones = np.clip(0.5 + by_lock[lock] + rng.normal(0, 0.17, count), 0.04, 1)
    return _Strands(lines.astype(np.float32), lengths, tones)


def _join(*groups: _Strands) -> _Strands:
    return _Strands(*(np.concatenate([getattr(g, name) for g in groups]) for name in ("lines", "lengths", "tones")))


def _lay(area: Patch, strands: _Strands, thickness: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Brightness of the strands, 0…1, and their coverage: drawn large without smoothing, then averaged down."""
    rows, columns = area.shape
    big = Patch(area.left, area.top, area.scale * _FINE, area.x, area.y)
    tone = np.zeros((rows * _FINE, columns * _FINE), np.uint8)
    pixels = fixed(big, strands.lines)
    level = np.minimum(strands.tones * _SHADES, _SHADES - 1).astype(int)
    for shade in range(_SHADES):  # brighter strands lie on top
        group = [pixels[k, : strands.lengths[k]] for k in np.flatnonzero(level == shade)]
        cv2.polylines(tone, group, False, int(10 + 245 * shade / _SHADES), thickness, cv2.LINE_8, 4)
    small = (columns, rows)
    there = cv2.threshold(tone, 0, 255, cv2.THRESH_BINARY)[1]
    cover = cv2.resize(there, small, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    value = cv2.resize(tone, small, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return np.where(cover > 0.01, value / np.maximum(cover, 0.01), 0.4).astype(np.float32), cover


def _color(area: Patch, look: Look, tone: np.ndarray, light: np.ndarray, sheen: np.ndarray | float) -> np.ndarray:
    """Window light from the left, a lamp's rim on the right, and a sheen along the curve of the head."""
    side = 1.0 - 0.40 * ramp(area.x, -110, 60) + 0.30 * ramp(area.x, 84, 132)
    hair = paint(area.shape, look.hair)
    body = hair * (0.14 + 2.9 * tone**1.7 * light * side)[..., None]
    gloss = (sheen * (0.1 + tone) ** 2)[..., None] * (np.sqrt(hair) * 0.42 + 0.10)
    return develop(body + gloss)


def _back(look: Look, scale: float, seed: int) -> Sprite:
    rng = np.random.default_rng((seed, 31))
    area = patch(-172, -182, 172, 262, scale)
    strands = _join(*(_grow(_guides(_BACK, side), 650, 3.5, 6, rng) for side in (1, -1)))
    mass = blur(coverage(area, curve(_BACK_MASS, 8, closed=True)), 2.0 * scale)
    tone, cover = _lay(area, strands)
    depth = 0.25 + 0.5 * ramp(np.abs(area.x), 86, 130)
    return trimmed_sprite(area, _color(area, look, tone, depth, 0.0 * tone), np.maximum(cover, mass))


def _front(look: Look, scale: float, seed: int) -> Sprite:
    rng = np.random.default_rng((seed, 32))
    area = patch(-150, -192, 150, 72, scale)
    right, left = _guides(_FRONT_RIGHT), _guides(_FRONT_LEFT)
    strands = _join(_grow(right, 1500, 2.2, 1.6, rng), _grow(left, 1150, 2.2, 1.6, rng))
    mass = np.maximum(*(coverage(area, np.vstack([side[0], side[-1][::-1]])) for side in (right, left)))
    tone, cover = _lay(area, strands)
    tone = blur(tone, 0.35 * scale)
    alpha = np.maximum(cover, blur(mass, 1.6 * scale)) * (1 - ramp(area.y, 6, 56))
    ring = np.hypot(area.x / 122, (area.y + 56) / 120)
    crest = np.exp(-0.5 * ((ring - 0.82 - 0.03 * np.sin(area.x * 0.13)) / 0.10) ** 2)
    sheen = crest * ramp(-area.y, 0, 80) * (1 - 0.75 * ramp(area.x, -50, 80)) + 0.35 * crest * ramp(area.x, 60, 110)
    roots = 1 - 0.6 * np.exp(-np.abs(area.x + 22) / 5) * ramp(-area.y, 100, 130)
    rim = 1 - 0.45 * ramp(ring, 0.88, 1.06)
    inner = 0.72 + 0.28 * blur(mass, 5 * scale)
    return trimmed_sprite(area, _color(area, look, tone, roots * rim * inner, 0.62 * sheen), alpha)


def _falling(look: Look, scale: float, seed: int, side: int) -> Sprite:
    """The locks that fall from the temple before the shoulder."""
    rng = np.random.default_rng((seed, 34 + side))
    area = patch(side * 108 - 66, -30, side * 108 + 66, 280, scale)
    guides = _guides(_FALLING, side)
    strands = _grow(guides, 1100, 2.2, 5.5, rng)
    mass = blur(coverage(area, np.vstack([guides[0, :-8], guides[-1, :-8][::-1]])), 2.6 * scale)
    tone, cover = _lay(area, strands)
    alpha = np.maximum(cover, mass * (1 - ramp(area.y, 130, 215))) * ramp(area.y, -26, 6)
    round_lock = 0.55 + 0.45 * ramp(np.abs(area.x), 86, 112)
    wave = np.exp(-0.5 * ((area.y - 96 + 10 * np.sin(area.x * 0.13)) / 24) ** 2)
    tone = blur(tone, 0.35 * scale)
    return trimmed_sprite(area, _color(area, look, tone, round_lock, 0.34 * wave * (1.0 if side < 0 else 0.45)), alpha)


def _loose(look: Look, scale: float, seed: int, side: int) -> Sprite:
    """Single strands that stand off from the outline, each thinner than a pixel."""
    rng = np.random.default_rng((seed, 40 + side))
    area = patch(-30 if side > 0 else -190, -204, 190 if side > 0 else 30, 300, scale)
    crown = _guides((_FRONT_RIGHT if side > 0 else _FRONT_LEFT)[3:], 1, 40)[0]
    outline = np.vstack([crown, _guides(_FALLING[3:], side, 40)[0][12:]])
    steps = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(outline, axis=0), axis=1))])
    count, points = 120, 18
    along = np.linspace(0, 1, points, dtype=np.float32)[None]
    start, length = rng.uniform(0, steps[-1] * 0.9, (count, 1)), rng.uniform(30, 130, (count, 1))
    at = start + length * along
    lines = np.stack([np.interp(at, steps, outline[:, 0]), np.interp(at, steps, outline[:, 1])], -1)
    tangent = np.gradient(lines, axis=1)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=2, keepdims=True), 1e-3)
    normal = np.stack([tangent[..., 1], -tangent[..., 0]], -1) * side
    away = rng.exponential(5.0, (count, 1)) * np.sin(along * rng.uniform(1.2, 3.0, (count, 1)))
    away = np.minimum(away, 18) + rng.normal(0, 1.6, (count, 1)) * np.sin(along * rng.uniform(3, 8, (count, 1))) - 2.5
    lines = lines + normal * away[..., None]
    lines[..., 1] += np.maximum(at - steps[-1], 0) * rng.uniform(0.2, 0.8, (count, 1))
    strands = _Strands(lines.astype(np.float32), np.full(count, points), rng.uniform(0.35, 0.95, count))
    tone, cover = _lay(area, strands)
    return trimmed_sprite(area, _color(area, look, tone, 1.0 + 0 * tone, 0.15 + 0 * tone), np.clip(cover * 1.25, 0, 0.9))


def draw_hair(look: Look, scale: float, seed: int) -> Hair:
    """All of it at `scale` pixels per unit."""
    return Hair(
        _back(look, scale, seed),
        _front(look, scale, seed),
        _falling(look, scale, seed, -1),
        _falling(look, scale, seed, 1),
        _loose(look, scale, seed, -1),
        _loose(look, scale, seed, 1),
    )
