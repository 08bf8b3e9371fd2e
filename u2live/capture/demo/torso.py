"""The presenter's neck and sweater. Art origin: the pit of the neck."""

from __future__ import annotations

import numpy as np

from u2live.capture.demo.light import SKIN_WRAP, cast_shadow, develop, mix, paint, shade
from u2live.capture.demo.look import Look
from u2live.capture.demo.relief import Patch, blur, bump, coverage, curve, inflate, noise, patch, ramp, stroke
from u2live.capture.demo.sprite import Sprite, trimmed_sprite

_SHOULDER = (
    (50, -62), (56, -42), (72, -22), (104, 3), (152, 22), (210, 38), (256, 64), (286, 112), (302, 180), (312, 260),
    (316, 345),
)  # fmt: skip
_THROAT = ((54, -130), (51, -80), (54, -44), (64, -20), (58, 30))
_OPENING = ((0, 36), (46, 22), (68, -12), (62, -44), (0, -60), (-62, -44), (-68, -12), (-46, 22))
_NECKBAND = ((-66, -26), (-62, 4), (-40, 28), (0, 40), (40, 28), (62, 4), (66, -26))


def knit(across: np.ndarray, along: np.ndarray, pitch: float = 5.2) -> np.ndarray:
    """Rows of stitches shaped like small v's, about −1…1."""
    column = across / pitch
    lean = np.abs(column - np.floor(column) - 0.5) * 2
    slanted = np.cos(2 * np.pi * (along / (pitch * 0.82) + lean * 0.55))
    stitch: np.ndarray = slanted * 0.6 + (1 - 2 * np.abs(lean - 0.5)) * 0.6 - 0.3
    return stitch


def wool(area: Patch, look: Look, stitch: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The sweater's albedo: stitches, fluff, and yarn that is not quite even."""
    uneven = 0.17 * stitch + 0.16 * noise(area, (2.4, 2.4), rng, 1) + 0.07 * noise(area, (70, 70), rng, 2)
    return (paint(area.shape, look.sweater) * (1 + uneven)[..., None]).astype(np.float32)


def _mirrored(half: np.ndarray) -> np.ndarray:
    return np.vstack([half, half[::-1] * (-1, 1)])


def _neck(area: Patch, look: Look, under_chin: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A cylinder with the two muscles that meet in the pit. Returns its height and its lit colour."""
    x, y = area.x, area.y
    z = 52 * np.sqrt(np.clip(1 - (x / 60) ** 2, 0, 1))
    collarbone = np.exp(-0.5 * ((y - 14 - 0.05 * np.abs(x)) / 5) ** 2) * ramp(np.abs(x), 12, 30)
    for side in (-1, 1):
        muscle = np.exp(-0.5 * ((x - side * (38 - 0.27 * (y + 90))) / 7) ** 2) * ramp(y, -120, -40)
        z = z + 4.5 * muscle + 3.0 * collarbone
    z = z - 7 * bump(area, 0, 14, 9, 9) + 2.5 * bump(area, 0, -52, 9, 12)
    uneven = 1 + 0.05 * noise(area, (30, 30), rng) + 0.03 * noise(area, (3, 3), rng, 2)
    skin = paint(area.shape, look.skin) * uneven[..., None] * np.array([0.86, 0.90, 0.97], np.float32)
    lit = shade(area, z, skin, gloss=0.05, wrap=SKIN_WRAP, shadow=under_chin, occlusion=14)
    lit = lit * (0.40 + 0.60 * ramp(y - 0.06 * x, -108, -34))[..., None]
    side_shade = 1 - 0.45 * ramp(np.abs(x), 30, 62)  # the hair on either side
    return z, lit * side_shade[..., None]


def _cloth_relief(area: Patch, body: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shoulders like a cushion, a chest, sleeves set off by a seam, and long soft folds."""
    z = inflate(area, body, 120) * 0.95 + 24 * bump(area, -96, 190, 90, 80) + 24 * bump(area, 96, 190, 90, 80)
    for side in (-1, 1):
        seam = curve([(side * 204, 36), (side * 190, 96), (side * 197, 170), (side * 211, 340)], 8)
        z = z - 10 * stroke(area, seam, 7, 7)
        for k in range(8):
            x0, y0 = side * (205 - 8 * k), 80 + 30 * k
            fold = [
                (x0 + side * 64, y0 - 18 + 8 * k),
                (x0 + side * 10, y0 + 10),
                (x0 - side * 70, y0 + 44 + rng.normal(0, 8)),
            ]
            z = z + (7.0 if k % 2 else -7.0) * stroke(area, curve(fold, 8), 6, 6.5)
    for k in range(5):
        low = 30.0 + 8 * k
        drape = [(-84 + 6 * k, 44 + 22 * k), (rng.normal(0, 10), 54 + low + 22 * k), (84 - 6 * k, 46 + 22 * k)]
        z = z + (4.2 if k % 2 else -4.2) * stroke(area, curve(drape, 8), 7, 7)
    z = z + 4.6 * noise(area, (110, 44), rng, 2) + 2.2 * noise(area, (24, 60), rng, 2)
    relief: np.ndarray = z.astype(np.float32)
    return relief


def draw_torso(look: Look, scale: float, seed: int) -> Sprite:
    """Neck, shirt and sweater down to below the picture's edge."""
    rng = np.random.default_rng((seed, 41))
    area = patch(-346, -130, 346, 330, scale)
    x, y = area.x, area.y
    body, neck = coverage(area, _mirrored(curve(_SHOULDER, 8))), coverage(area, _mirrored(curve(_THROAT, 8)))
    bare = coverage(area, curve(_OPENING, 8, closed=True))
    under_chin = 0.10 + 0.90 * ramp(y - 0.12 * x, -66, -8)
    z_neck, flesh = _neck(area, look, under_chin, rng)
    z = _cloth_relief(area, body, rng)
    stitch = knit(x + 0.10 * z, y + 0.12 * np.abs(x))
    head_shadow = (1 - 0.50 * bump(area, 74, 26, 95, 48))[..., None]
    sun = 0.32 + 0.68 * cast_shadow(area, z, 80, 4)
    yarn = wool(area, look, stitch, rng)
    fabric = shade(area, z + 0.32 * stitch, yarn, gloss=0.012, sharpness=6, shadow=sun, occlusion=20) * head_shadow
    # The colour of either goes on beyond its edge, so that the soft rim shows no other.
    picture = mix(fabric, flesh, np.maximum(bare, (y < -20) * 1.0).astype(np.float32))

    rim = curve(_NECKBAND, 10)
    shirt = stroke(area, rim + np.array([0, -9], np.float32), 11, 0.8) * (1 - ramp(np.abs(x), 54, 60))
    linen = paint(area.shape, look.shirt) * (0.80 + 0.03 * noise(area, (2.0, 2.0), rng, 1))[..., None]
    z_shirt = blur(shirt, 2.5 * scale) * 9 + z_neck * 0.6
    linen = shade(area, z_shirt, linen, gloss=0.0, occlusion=10, shadow=0.35 + 0.5 * under_chin)
    picture = mix(picture, linen, np.clip(shirt * 1.2, 0, 1))
    band = stroke(area, rim + np.array([0, 3], np.float32), 17, 0.7)
    ribs = np.sin(np.arctan2(y + 30, x) * 88)
    z_band = blur(band, 4 * scale) * 15 + 0.8 * ribs + 0.4 * z
    ribbed = shade(area, z_band, wool(area, look, ribs, rng), gloss=0.012, sharpness=6, occlusion=10) * head_shadow
    drop = blur(np.roll(band, round(6 * scale), 0), 4 * scale) * 0.5
    picture = mix(picture * (1 - drop * (1 - band))[..., None], ribbed, np.clip(band * 1.15, 0, 1))

    alpha = np.maximum(np.maximum(body, neck * (y < 20)), np.clip(band * 1.1, 0, 1) * (1 - ramp(np.abs(x), 70, 77))).astype(
        np.float32
    )
    alpha = np.where(y > -10, blur(alpha, 0.9 * scale), blur(alpha, 0.5 * scale))  # wool has no sharp edge
    return trimmed_sprite(area, develop(picture), np.clip(alpha, 0, 1))
