"""Eyes and brows, painted over the lit face. Art origin: between the eyes."""

from __future__ import annotations

import numpy as np

from u2live.capture.demo.light import mix, paint
from u2live.capture.demo.look import Look
from u2live.capture.demo.relief import Patch, blur, bump, coverage, curve, ramp, stroke

EYES = ((-43.0, 2.0), (43.0, 2.0))


def _height_of(line: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The line's y at each x."""
    order = np.argsort(line[:, 0])
    y: np.ndarray = np.interp(x.ravel(), line[order, 0], line[order, 1]).reshape(x.shape).astype(np.float32)
    return y


def _eyeball(area: Patch, look: Look, cx: float, cy: float, side: float, lid: np.ndarray) -> np.ndarray:
    """White, iris, pupil and glints, shaded by the upper lid."""
    dx, dy = area.x - cx, area.y - cy + 1.0
    r, angle = np.hypot(dx, dy), np.arctan2(dy, dx)
    ball = paint(area.shape, (228, 220, 214)) * np.clip(1.0 - 0.34 * (dx / 24) ** 2 - 0.10 * side * dx / 24, 0, 1)[..., None]
    ball = mix(ball, (196, 120, 108), 0.5 * bump(area, cx - side * 23, cy + 3, 3.5, 3))
    spokes = 0.78 + 0.20 * np.sin(angle * 23 + 3 * np.sin(angle * 7)) + 0.40 * ramp(r, 10, 4.5)
    iris = paint(area.shape, look.iris) * (spokes * (1.2 - 0.8 * ramp(r, 9.4, 13.2)))[..., None]
    iris = iris * (0.72 + 0.6 * ramp(area.y, cy - 6, cy + 9))[..., None]
    ball = mix(ball, iris, ramp(r, 13.6, 12.0))
    ball = mix(ball, (8, 6, 6), ramp(r, 6.0, 4.8))
    under = np.clip(area.y - _height_of(lid, area.x), 0, 30)
    ball = ball * (0.95 * (1 - 0.66 * np.exp(-under / 4.0)))[..., None]
    glint = ramp(np.hypot(dx + 4.0, (dy + 4.4) * 0.9), 2.9, 1.7) + 0.22 * ramp(np.hypot(dx - 4, dy - 4), 3.0, 1.0)
    lit: np.ndarray = ball + (np.clip(glint, 0, 1) * 0.95)[..., None]
    return lit.astype(np.float32)


def draw_eye(
    area: Patch, look: Look, skin: np.ndarray, center: tuple[float, float], shut: float, rng: np.random.Generator
) -> np.ndarray:
    """One eye over the lit skin, linear BGR; `shut` runs from 0 to 1."""
    cx, cy = center
    side = 1.0 if cx > 0 else -1.0

    def at(dx: float, dy: float) -> tuple[float, float]:
        return cx + side * dx, cy + dy

    up, down = 11.4 * (1 - shut) - 4.2 * shut, 7.0 * (1 - 0.25 * shut)
    top = curve([at(-24, 3.5), at(-11, 1.0 - up * 0.86), at(3, -up), at(16, -0.6 - up * 0.62), at(24.5, -1)], 10)
    low = curve([at(24.5, -1), at(13, down * 0.8), at(-2, down), at(-15, down * 0.8), at(-24, 3.5)], 10)
    picture = skin
    if shut < 0.99:
        opening = coverage(area, np.vstack([top, low]))
        picture = mix(picture, _eyeball(area, look, cx, cy, side, top), opening)
    crease = curve([at(-22, -3), at(-9, -13.5 + 4 * shut), at(6, -16 + 5 * shut), at(20, -10.5 + 3 * shut), at(28, -4)], 8)
    crease_shade = np.clip(0.75 * stroke(area, crease, 1.6, 1.2), 0, 1)
    picture = mix(picture, picture * np.array([0.34, 0.38, 0.5], np.float32), crease_shade)
    bag = curve([at(-20, 11), at(-4, 15.5), at(15, 11.5)], 8)  # the lower lid's soft edge: a smiling eye
    picture = mix(
        picture, picture * np.array([0.62, 0.68, 0.8], np.float32), np.clip(0.6 * stroke(area, bag, 1.6, 1.6), 0, 1)
    )
    picture = mix(picture, (206, 150, 132), np.clip(stroke(area, low, 1.5, 0.5) * 0.55, 0, 1))
    lash = stroke(area, top, 2.2, 0.5) + 0.28 * stroke(area, low[: len(low) // 2], 1.1, 0.5)
    for k in range(11):
        t = 0.34 + 0.66 * k / 10
        x, y = top[int(t * (len(top) - 1))]
        out = side * (1.0 + 7.0 * (t - 0.2)) + rng.normal(0, 0.4)
        flip = -5.2 * (1 - shut) + 4.6 * shut
        hair = np.array([(x, y), (x + out * 0.4, y + flip * 0.65), (x + out, y + flip)], np.float32)
        lash += 0.55 * stroke(area, hair, 0.8)
    return mix(picture, (24, 15, 12), np.clip(lash, 0, 0.93)).astype(np.float32)


def _brow_height(t: float) -> float:
    """The brow's y from its inner end, t = 0, to the outer one."""
    return float(-24.0 - 9.0 * np.sin(np.pi * min(1.0, t * 0.78)) + 4.5 * t**2.2)


def draw_brows(area: Patch, look: Look, skin: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Both brows, hair by hair, over the lit skin."""
    mask = np.zeros(area.shape, np.float32)
    for side in (-1, 1):
        spine = [(side * (18 + 50 * t), _brow_height(t)) for t in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)]
        mask += 0.40 * stroke(area, curve(spine[:5], 6), 4.6, 1.6) + 0.30 * stroke(area, curve(spine[3:], 6), 2.2, 1.0)
        for _ in range(110):
            t = rng.random()
            x, y = side * (16 + 52 * t), _brow_height(t) + rng.normal(0, 2.6 * (1 - 0.6 * t))
            lean, rise = side * (2.0 + 6.5 * t), 3.6 * (1 - t) ** 1.5
            hair = [(x, y), (x + lean * 0.6, y - rise * 0.8), (x + lean * 1.4, y - rise + 2.4 * t)]
            mask += 0.26 * stroke(area, np.array(hair, np.float32), 1.0)
    dark = (look.hair[0] * 0.55, look.hair[1] * 0.55, look.hair[2] * 0.55)
    return mix(skin, dark, np.clip(blur(mask, 0.7 * area.scale), 0, 0.80))
