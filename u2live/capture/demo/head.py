"""The presenter's head: face, ears, eyes that open and close, a mouth that speaks. Art origin: between the eyes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from u2live.capture.demo.look import Look
from u2live.capture.demo.relief import (
    Patch,
    blur,
    bump,
    capsule,
    cast_shadow,
    coverage,
    curve,
    develop,
    mix,
    noise,
    paint,
    patch,
    ramp,
    shade,
    stroke,
)
from u2live.capture.demo.sprite import Sprite, make_sprite

# Half widths of the face at heights from the crown to the chin.
_CONTOUR = (
    (-148, 0), (-146, 24), (-138, 50), (-122, 72), (-96, 90), (-60, 99), (-20, 100), (15, 97),
    (45, 91), (72, 82), (94, 70), (112, 54), (125, 38), (133, 22), (137, 0),
)  # fmt: skip
EYES = ((-43.0, 2.0), (43.0, 2.0))
_EYE_BOX = (-84.0, -30.0, 84.0, 30.0)
_MOUTH_BOX = (-58.0, 52.0, 58.0, 122.0)
EYE_STEPS = 5
MOUTH_STEPS = 6


@dataclass(frozen=True, slots=True)
class Head:
    """The base sprite and what is laid over it: eyelids from open to shut, the mouth from shut to open.

    `eye_at` and `mouth_at` are the places of these pieces in the base, as row and column of their corner; `depth` is the
    relief in units at the sprite's size, by which a turn of the head shifts what is near.
    """

    base: Sprite
    eyes: tuple[np.ndarray, ...]
    eye_at: tuple[int, int]
    mouths: tuple[np.ndarray, ...]
    mouth_at: tuple[int, int]
    depth: np.ndarray

    def posed(self, eye: int, mouth: int) -> np.ndarray:
        """The base's pixels with these eyelids and this mouth."""
        pixels = self.base.pixels.copy()
        for piece, (row, column) in ((self.eyes[eye], self.eye_at), (self.mouths[mouth], self.mouth_at)):
            pixels[row : row + piece.shape[0], column : column + piece.shape[1], :3] = piece
        return pixels


def _outline() -> np.ndarray:
    right = curve([(w, y) for y, w in _CONTOUR], 10)
    left = right[::-1] * (-1, 1)
    return np.vstack([right, left]).astype(np.float32)


def _face_relief(area: Patch) -> np.ndarray:
    x, y = area.x, area.y
    outline = curve([(w, h) for h, w in _CONTOUR], 10)
    half = np.interp(y.ravel(), outline[:, 1], outline[:, 0]).reshape(y.shape).astype(np.float32)
    across = np.clip(np.abs(x) / np.maximum(half, 1), 0, 1)
    depth = 96 * np.sqrt(np.clip(1 - (np.minimum(np.abs(y + 5), 143) / 146) ** 2.6, 0, 1))
    z = depth * (1 - across**2.5) ** 0.55

    def both(dx: float, *rest: float) -> np.ndarray:
        return bump(area, dx, *rest) + bump(area, -dx, rest[0], rest[1], rest[2], -rest[3] if len(rest) > 3 else 0.0)

    z = z - 9.5 * both(42, 0, 21, 12) - 5 * both(20, 0, 8, 12)  # sockets
    z = z + 5.0 * both(42, -27, 26, 7, -6) + 3.5 * both(58, 30, 20, 15, -20)  # brow ridge, cheekbones
    z = z + 4.5 * both(43, 2, 17, 11)  # the eyeballs beneath the lids
    nose = ramp(y, -22, 44) * (1 - ramp(y, 46, 57))
    z = z + (5 + 24 * ramp(y, -30, 46)) * np.exp(-0.5 * (x / (7.5 + 4.5 * nose)) ** 2) * (1 - ramp(y, 45, 56)) * ramp(
        y, -52, -10
    )
    z = z + 10 * bump(area, 0, 41, 10.5, 9) + 9.5 * both(16, 46, 7, 7)  # tip and wings
    z = z - 5 * both(25, 52, 4.5, 9, 32) - 5 * both(9.5, 53.5, 5, 2.2)  # folds beside it, nostrils
    z = z - 2.4 * both(38, 66, 5, 20, 28)  # smile folds
    z = z - 2.4 * bump(area, 0, 62, 4.5, 6) + 5 * bump(area, 0, 80, 30, 14)  # philtrum, muzzle
    z = z - 4.5 * bump(area, 0, 101, 22, 5) + 6 * bump(area, 0, 117, 19, 11)  # under the lip, chin
    z = z - 3.5 * both(66, 72, 14, 22, 12)  # hollow cheeks
    return z.astype(np.float32)


def _lips(area: Patch, opening: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Coverage of the lips, of the gap and of the teeth, and the lips' relief, for a mouth open by 0…1."""
    wide = 35 - 4 * opening
    gap, lift, drop = 15 * opening, 2.5 * opening, 12 * opening
    middle = 82.0
    upper = [
        (-wide, middle),
        (-18, 73.5 - lift),
        (-7, 69.5 - lift),
        (0, 71.5 - lift),
        (7, 69.5 - lift),
        (18, 73.5 - lift),
        (wide, middle),
    ]
    lower = [(wide, middle), (20, 92 + drop), (0, 96.5 + drop), (-20, 92 + drop)]
    lips = coverage(area, np.vstack([curve(upper, 8), curve([*lower, (-wide, middle)], 8)]))
    inner_top = curve(
        [(-wide + 2, middle), (-14, middle - 1 - lift), (0, middle + 1 - lift), (14, middle - 1 - lift), (wide - 2, middle)],
        8,
    )
    inner_low = curve(
        [
            (wide - 2, middle),
            (14, middle + 0.8 + gap * 0.85),
            (0, middle + 2.6 + gap),
            (-14, middle + 0.8 + gap * 0.85),
            (-wide + 2, middle),
        ],
        8,
    )
    hole = coverage(area, np.vstack([inner_top, inner_low]))
    teeth = (
        coverage(area, np.vstack([inner_top, inner_low]))
        * (1 - ramp(area.y, middle + 4.5, middle + 7))
        * (1 - ramp(np.abs(area.x), 17, 26))
    )
    relief = 4.2 * blur(lips, 3.2 * area.scale) * (1 - 0.9 * blur(hole, 1.6 * area.scale))
    return lips, hole, teeth, relief


def _skin(area: Patch, look: Look, rng: np.random.Generator) -> np.ndarray:
    def both(dx: float, y: float, w: float, h: float) -> np.ndarray:
        return bump(area, dx, y, w, h) + bump(area, -dx, y, w, h)

    albedo = paint(area.shape, look.skin)
    red = (
        0.30 * both(52, 38, 24, 18)
        + 0.30 * bump(area, 0, 44, 13, 10)
        + 0.16 * bump(area, 0, 118, 22, 10)
        + 0.5 * both(104, 10, 9, 30)
    )
    albedo = albedo * (1 - np.stack([0.5 * red, 0.42 * red, 0.05 * red], -1))
    shadowed = 0.22 * both(40, 15, 18, 7) + 0.16 * both(43, -14, 24, 7)  # under the eyes, the lids
    albedo = albedo * (1 - np.stack([0.7 * shadowed, 0.9 * shadowed, 0.7 * shadowed], -1))
    blotches, pores = noise(area, (38, 38), rng), noise(area, (2.6, 2.6), rng, 2)
    albedo = albedo * (1 + 0.05 * blotches + 0.045 * pores)[..., None]
    freckles = np.clip(noise(area, (5.5, 5.5), rng, 1) - 0.85, 0, 1) * (both(36, 34, 26, 14) + bump(area, 0, 28, 16, 14))
    return mix(albedo, (126, 76, 52), np.clip(freckles * 0.9, 0, 0.4)).astype(np.float32)


def _brows(area: Patch, look: Look, linear: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    mask = np.zeros(area.shape, np.float32)
    for side in (-1, 1):
        for _ in range(110):
            t = rng.random()
            x, y = side * (18 + 50 * t), -25 - 10 * np.sin(np.pi * min(1, t * 0.72 + 0.08)) + 9 * t**2
            y += rng.normal(0, 2.6 * (1 - 0.65 * t))
            lean = side * (3.0 + 7 * t)
            hair = np.array([(x, y), (x + lean * 0.6, y - 3.2 + 3 * t), (x + lean * 1.4, y - 3.6 + 5.4 * t)], np.float32)
            mask = np.maximum(mask, 0) + 0.42 * stroke_small(area, hair)
    dark = tuple(c * 0.55 for c in look.hair)
    return mix(linear, (dark[0], dark[1], dark[2]), np.clip(blur(mask, 0.45 * area.scale), 0, 0.88))


def stroke_small(area: Patch, line: np.ndarray) -> np.ndarray:
    """A hair-thin line."""
    return stroke(area, line, 1.0)


def _draw_eye(
    area: Patch, look: Look, skin: np.ndarray, center: tuple[float, float], shut: float, rng: np.random.Generator
) -> np.ndarray:
    """One eye over the lit skin; `shut` runs from 0 to 1."""
    cx, cy = center
    side = 1.0 if cx > 0 else -1.0
    up, down = 12.0 * (1 - shut) - 4.0 * shut, 7.0 * (1 - 0.25 * shut)
    inner, outer = (cx - side * 24, cy + 3.5), (cx + side * 24.5, cy - 1.0)
    top = curve(
        [
            inner,
            (cx - side * 11, cy - up * 0.86 + 1.0),
            (cx + side * 3, cy - up),
            (cx + side * 16, cy - up * 0.62 - 0.6),
            outer,
        ],
        10,
    )
    low = curve(
        [outer, (cx + side * 13, cy + down * 0.80), (cx - side * 2, cy + down), (cx - side * 15, cy + down * 0.80), inner],
        10,
    )
    opening = coverage(area, np.vstack([top, low]))
    r = np.hypot(area.x - cx, area.y - cy + 1.5)
    ball = (
        paint(area.shape, (226, 218, 212))
        * np.clip(1.0 - 0.30 * (np.abs(area.x - cx) / 24) ** 2 - 0.10 * side * (area.x - cx) / 24, 0, 1)[..., None]
    )
    ball = mix(ball, (196, 120, 108), 0.5 * bump(area, cx - side * 23, cy + 3, 3.5, 3))
    angle = np.arctan2(area.y - cy + 1.5, area.x - cx)
    spokes = 0.78 + 0.22 * np.sin(angle * 23 + 3 * np.sin(angle * 7)) + 0.35 * ramp(r, 10, 4.5)
    iris = paint(area.shape, look.iris) * (spokes * (1.15 - 0.75 * ramp(r, 9.0, 12.4)))[..., None]
    iris = iris * (0.75 + 0.5 * ramp(area.y, cy - 6, cy + 9))[..., None]
    ball = mix(ball, iris, ramp(r, 12.8, 11.4))
    ball = mix(ball, (8, 6, 6), ramp(r, 5.8, 4.7))
    lid_shadow = blur((1 - opening), 3.2 * area.scale)
    distance_top = np.clip(
        area.y
        - np.interp(area.x.ravel(), top[np.argsort(top[:, 0])][:, 0], top[np.argsort(top[:, 0])][:, 1]).reshape(area.shape),
        0,
        30,
    )
    ball = ball * (0.92 * (1 - 0.62 * np.exp(-distance_top / 4.2)) * (1 - 0.3 * lid_shadow))[..., None]
    glint = ramp(np.hypot(area.x - cx + 3.8, (area.y - cy + 5.6) * 0.9), 2.6, 1.5) + 0.25 * ramp(
        np.hypot(area.x - cx - 4, area.y - cy - 3), 3.0, 1.0
    )
    ball = ball + (np.clip(glint, 0, 1) * 0.95)[..., None]
    picture = mix(skin, ball.astype(np.float32), opening)
    crease = curve(
        [
            (cx - side * 22, cy - 3),
            (cx - side * 9, cy - 14 + 4 * shut),
            (cx + side * 6, cy - 16.5 + 5 * shut),
            (cx + side * 20, cy - 11 + 3 * shut),
            (cx + side * 28, cy - 4),
        ],
        8,
    )
    picture = mix(picture, picture * np.float32([0.34, 0.38, 0.5]), np.clip(0.8 * stroke(area, crease, 1.6, 1.1), 0, 1))
    waterline = stroke(area, low, 1.5, 0.5)
    picture = mix(picture, (206, 150, 132), np.clip(waterline * 0.55, 0, 1))
    lash = stroke(area, top, 2.4, 0.45) + 0.30 * stroke(area, low[: len(low) // 2], 1.1, 0.5)
    for k in range(15):
        t = 0.28 + 0.72 * k / 14
        x, y = top[int(t * (len(top) - 1))]
        out = side * (1.5 + 7.5 * (t - 0.2)) + rng.normal(0, 0.5)
        flip = -6.5 * (1 - shut) + 5.0 * shut
        lash += 0.75 * stroke(
            area, np.array([(x, y), (x + out * 0.4, y + flip * 0.65), (x + out, y + flip)], np.float32), 1.0
        )
    return mix(picture, (22, 14, 12), np.clip(lash, 0, 0.94))


def _piece(area: Patch, box: tuple[float, float, float, float]) -> tuple[slice, slice]:
    left, top = round((box[0] - area.left) * area.scale), round((box[1] - area.top) * area.scale)
    right, bottom = round((box[2] - area.left) * area.scale), round((box[3] - area.top) * area.scale)
    return slice(max(0, top), bottom), slice(max(0, left), right)


def _crop(area: Patch, rows: slice, columns: slice) -> Patch:
    left = area.left + columns.start / area.scale
    top = area.top + rows.start / area.scale
    return Patch(left, top, area.scale, area.x[rows, columns], area.y[rows, columns])


def draw_head(look: Look, scale: float, seed: int) -> Head:
    """All pieces of the head at `scale` pixels per unit."""
    rng = np.random.default_rng((seed, 21))
    area = patch(-124, -156, 124, 146, scale)
    face = coverage(area, _outline())
    relief = _face_relief(area)
    ears = np.zeros(area.shape, np.float32)
    for side in (-1, 1):
        rod, cover = capsule(area, (side * 98, -14), (side * 96, 28), (15, 11))
        groove = bump(area, side * 103, 4, 4, 18, side * 8)
        relief = np.where(face > 0.5, relief, np.maximum(relief, rod * 0.6 - 7 * groove))
        ears = np.maximum(ears, cover)
    albedo = _skin(area, look, rng)
    rough = noise(area, (3.0, 3.0), rng, 2)
    lips, hole, teeth, lip_relief = _lips(area, 0.0)
    oily = (
        0.05
        + 0.16 * bump(area, 0, 36, 8, 12)
        + 0.07 * bump(area, 0, -70, 40, 28)
        + 0.05 * bump(area, -54, 26, 16, 11)
        + 0.05 * bump(area, 54, 26, 16, 11)
    )
    stubble = np.clip(1 - (area.y + 148) / 60, 0, 1)

    def lit(opening: float) -> np.ndarray:
        lips, hole, teeth, lip_relief = _lips(area, opening)
        lined = 0.9 + 0.12 * np.sin(area.x * 1.9 + 0.6 * np.sin(area.y))
        skin = mix(albedo, paint(area.shape, look.lips) * lined[..., None].astype(np.float32), blur(lips, 0.8 * scale) * 0.9)
        z = relief + lip_relief + 0.12 * rough
        gloss = oily + 0.22 * blur(lips, scale) * ramp(area.y, 84, 90)
        picture = shade(
            area, z, skin, gloss=gloss, sharpness=22, wrap=(0.12, 0.18, 0.36), shadow=0.28 + 0.72 * shadow, occlusion=11
        )
        picture = mix(picture, (30, 10, 10), np.clip(blur(hole, 0.5 * scale), 0, 1) * (0.75 if opening < 0.05 else 0.97))
        if opening > 0.05:
            gaps = 0.88 + 0.12 * np.clip(np.abs(np.sin(area.x * np.pi / 7.2)) * 4, 0, 1)
            picture = mix(
                picture,
                paint(area.shape, (196, 188, 178))
                * (gaps * (0.75 - 0.2 * np.abs(area.x) / 20))[..., None].astype(np.float32),
                teeth * min(1, opening * 2),
            )
            tongue = bump(area, 0, 84 + 15 * opening, 13, 4.5) * hole * opening
            picture = mix(picture, (150, 66, 62), np.clip(tongue, 0, 0.8))
        return picture

    shadow = cast_shadow(area, relief, 46, 2.2)
    base = lit(0.0)
    nostrils = bump(area, -9.5, 53.5, 3.8, 1.9, 12) + bump(area, 9.5, 53.5, 3.8, 1.9, -12)
    base = mix(base, (44, 16, 14), np.clip(nostrils * 0.9, 0, 0.85))
    base = base * (1 - 0.35 * stubble[..., None])
    base = _brows(area, look, base, rng)
    alpha = np.maximum(face, ears)
    rows, columns = _piece(area, _EYE_BOX)
    window = _crop(area, rows, columns)
    eyes = []
    for step in range(EYE_STEPS):
        picture = base[rows, columns]
        for center in EYES:
            picture = _draw_eye(window, look, picture, center, step / (EYE_STEPS - 1), np.random.default_rng((seed, 22)))
        eyes.append(develop(picture))
    mouth_rows, mouth_columns = _piece(area, _MOUTH_BOX)
    mouths = []
    fade = blur(
        np.pad(
            np.ones((mouth_rows.stop - mouth_rows.start - 8, mouth_columns.stop - mouth_columns.start - 8), np.float32), 4
        ),
        2,
    )[..., None]
    developed = develop(base)
    for step in range(MOUTH_STEPS):
        speaking = develop(lit(step / (MOUTH_STEPS - 1)))[mouth_rows, mouth_columns]
        still = developed[mouth_rows, mouth_columns]
        inside = alpha[mouth_rows, mouth_columns, None]
        mouths.append(np.round((speaking * fade + still * (1 - fade)) * inside).astype(np.uint8))
    sprite = make_sprite(area, developed, alpha)
    return Head(
        sprite,
        tuple(eyes),
        (rows.start, columns.start),
        tuple(mouths),
        (mouth_rows.start, mouth_columns.start),
        relief.astype(np.float32),
    )
