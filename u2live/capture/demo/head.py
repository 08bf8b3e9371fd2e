"""The presenter's head: face, ears, eyes that open and close, a mouth that speaks. Art origin: between the eyes."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from u2live.capture.demo.eyes import EYES, draw_brows, draw_eye
from u2live.capture.demo.light import SKIN_WRAP, cast_shadow, develop, mix, paint, shade
from u2live.capture.demo.look import Look
from u2live.capture.demo.mouth import fill_mouth, shape_mouth
from u2live.capture.demo.relief import Patch, blur, bump, capsule, coverage, curve, noise, part, patch, ramp
from u2live.capture.demo.sprite import Sprite, make_sprite

# Half widths of the face at heights from the crown to the chin.
_CONTOUR = (
    (-148, 0), (-146, 24), (-138, 50), (-122, 72), (-96, 90), (-60, 98), (-20, 99), (15, 96),
    (45, 90), (72, 81), (94, 69), (112, 54.5), (125, 40), (133, 26), (137, 12), (138, 0),
)  # fmt: skip
# The edge of the hair on the forehead and down the cheeks: what it shades.
_HAIRLINE = (
    (-105, 60), (-102, -4), (-88, -48), (-66, -84), (-38, -112), (-22, -124), (4, -113), (46, -88), (80, -56), (100, -8),
    (105, 60),
)  # fmt: skip
_EYE_BOX = (-84.0, -32.0, 84.0, 32.0)
_MOUTH_BOX = (-58.0, 50.0, 58.0, 124.0)
EYE_STEPS = 5
MOUTH_STEPS = 7


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

    def pose(self, pixels: np.ndarray, eye: int, mouth: int) -> None:
        """Put the base with these eyelids and this mouth into `pixels`, which is of the base's shape."""
        np.copyto(pixels, self.base.pixels)
        for piece, (row, column) in ((self.eyes[eye], self.eye_at), (self.mouths[mouth], self.mouth_at)):
            pixels[row : row + piece.shape[0], column : column + piece.shape[1], :3] = piece


def _both(area: Patch, dx: float, y: float, width: float, height: float, angle: float = 0.0) -> np.ndarray:
    """A bump on either side."""
    hills: np.ndarray = bump(area, dx, y, width, height, angle) + bump(area, -dx, y, width, height, -angle)
    return hills


def _face_relief(area: Patch) -> tuple[np.ndarray, np.ndarray]:
    """Height and coverage of the face."""
    x, y = area.x, area.y
    outline = curve([(w, h) for h, w in _CONTOUR], 10)
    face = coverage(area, np.vstack([outline, outline[::-1] * (-1, 1)]))
    half = np.interp(y[:, 0], outline[:, 1], outline[:, 0]).astype(np.float32)[:, None]
    across = np.clip(np.abs(x) / np.maximum(half, 1), 0, 1)
    depth = 96 * np.sqrt(np.clip(1 - (np.minimum(np.abs(y + 5), 143) / 146) ** 2.6, 0, 1))
    z = depth * (1 - across**2.5) ** 0.55
    z = z - 8.5 * _both(area, 42, 0, 21, 12) - 5 * _both(area, 20, 0, 8, 12)  # sockets
    z = z + 4.5 * _both(area, 42, -27, 26, 8, -6) + 5.0 * _both(area, 56, 32, 20, 15, -20)  # brow ridge, cheekbones
    z = z + 4.5 * _both(area, 43, 2, 17, 11)  # the eyeballs beneath the lids
    bridge = ramp(y, -22, 44) * (1 - ramp(y, 46, 57))
    ridge = np.exp(-0.5 * (x / (7.5 + 4.5 * bridge)) ** 2)
    z = z + (5 + 22 * ramp(y, -30, 46)) * ridge * (1 - ramp(y, 45, 57)) * ramp(y, -52, -10)
    z = z + 9.5 * bump(area, 0, 41, 10.5, 9) + 9.0 * _both(area, 15.5, 46, 6.8, 7)  # tip and wings of the nose
    z = z - 4.5 * _both(area, 24.5, 51, 4.5, 9, 32) - 5 * _both(area, 9.5, 53.5, 5, 2.2)  # folds beside it, nostrils
    z = z - 1.7 * _both(area, 39, 64, 5, 19, 30) + 2.0 * _both(area, 52, 56, 14, 16)  # smile folds, lifted cheeks
    z = z - 2.0 * _both(area, 43, 79, 4.5, 5)  # the corners of the mouth
    z = z - 2.4 * bump(area, 0, 63, 4.5, 6) + 5 * bump(area, 0, 80, 30, 14)  # philtrum, muzzle
    z = z - 4.5 * bump(area, 0, 102, 22, 5) + 6 * bump(area, 0, 118, 19, 11)  # under the lip, chin
    z = z - 1.5 * _both(area, 66, 76, 14, 20, 12)  # hollow cheeks
    return z.astype(np.float32), face


def _with_ears(area: Patch, relief: np.ndarray, face: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    alpha = face
    for side in (-1, 1):
        rod, cover = capsule(area, (side * 97, -14), (side * 95, 28), (15, 11))
        groove = bump(area, side * 102, 4, 4, 18, side * 8)
        relief = np.where(face > 0.5, relief, np.maximum(relief, rod * 0.6 - 7 * groove)).astype(np.float32)
        alpha = np.maximum(alpha, cover)
    return relief, alpha


def _skin(area: Patch, look: Look, rng: np.random.Generator) -> np.ndarray:
    """Albedo: blood near the surface, thin skin around the eyes, pores and freckles."""
    albedo = paint(area.shape, look.skin)
    red = 0.34 * _both(area, 54, 38, 24, 17) + 0.28 * bump(area, 0, 44, 13, 10) + 0.14 * bump(area, 0, 118, 22, 10)
    red += 0.5 * _both(area, 104, 10, 9, 30) + 0.16 * bump(area, 0, 82, 46, 16)
    albedo = albedo * (1 - np.stack([0.5 * red, 0.42 * red, 0.03 * red], -1))
    thin = 0.16 * _both(area, 40, 16, 17, 6) + 0.16 * _both(area, 43, -14, 24, 7)
    albedo = albedo * (1 - np.stack([0.7 * thin, 0.9 * thin, 0.7 * thin], -1))
    blotches, pores = noise(area, (38, 38), rng), noise(area, (2.6, 2.6), rng, 2)
    albedo = albedo * (1 + 0.05 * blotches + 0.045 * pores)[..., None]
    spots = np.clip(noise(area, (4.2, 4.2), rng, 1) - 0.8, 0, 1) * (_both(area, 36, 32, 22, 10) + bump(area, 0, 24, 14, 9))
    return mix(albedo, (140, 86, 60), np.clip(spots * 0.5, 0, 0.16)).astype(np.float32)


def _under_hair(area: Patch) -> np.ndarray:
    """How much light the hair leaves to the skin beside it."""
    line = curve(_HAIRLINE, 10)
    bare = coverage(area, np.vstack([line, [(102, 200), (-102, 200)]]).astype(np.float32))
    shift = np.array([[1, 0, 6 * area.scale], [0, 1, 7 * area.scale]], np.float32)
    moved = cv2.warpAffine(bare, shift, bare.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    free: np.ndarray = 0.30 + 0.70 * blur(np.minimum(bare, moved), 5.5 * area.scale)
    return free


def draw_head(look: Look, scale: float, seed: int) -> Head:
    """All pieces of the head at `scale` pixels per unit."""
    rng = np.random.default_rng((seed, 21))
    area = patch(-124, -156, 124, 146, scale)
    relief, face = _face_relief(area)
    shadow = 0.35 + 0.65 * cast_shadow(area, relief, 40, 4.0)
    relief, alpha = _with_ears(area, relief, face)
    rough = noise(area, (3.0, 3.0), rng, 2)
    skin = _skin(area, look, rng)
    free = _under_hair(area)
    oily = 0.05 + 0.15 * bump(area, 0, 36, 8, 12) + 0.07 * bump(area, 0, -70, 40, 28) + 0.07 * _both(area, 55, 27, 16, 11)

    def lit(at: Patch, rows: slice, columns: slice, opening: float) -> np.ndarray:
        """This part of the face with this mouth."""
        box = (rows, columns)
        mouth = shape_mouth(at, opening)
        lined = (0.94 + 0.08 * np.sin(at.x * 1.9 + 0.6 * np.sin(at.y)))[..., None]
        colored = mix(skin[box], paint(at.shape, look.lips) * lined, blur(mouth.lips, 0.9 * scale) * 0.85)
        z = relief[box] + mouth.relief + 0.12 * rough[box]
        gloss = oily[box] + 0.20 * blur(mouth.lips, scale) * ramp(at.y, 84, 90)
        light = (0.34 + 0.66 * shadow[box]) * free[box]
        picture = shade(at, z, colored, gloss=gloss, sharpness=22, wrap=SKIN_WRAP, shadow=light, occlusion=11)
        return fill_mouth(at, picture * (0.55 + 0.45 * free[box])[..., None], mouth, opening)

    whole = (slice(0, area.shape[0]), slice(0, area.shape[1]))
    base = lit(area, *whole, 0.0)
    nostrils = bump(area, -9.5, 53.5, 3.8, 1.9, 12) + bump(area, 9.5, 53.5, 3.8, 1.9, -12)
    base = mix(base, (44, 16, 14), np.clip(nostrils * 0.85, 0, 0.8))
    base = draw_brows(area, look, base, rng)
    window, rows, columns = part(area, *_EYE_BOX)
    eyes = []
    for step in range(EYE_STEPS):
        picture = base[rows, columns]
        for center in EYES:
            lashes = np.random.default_rng((seed, 22))
            picture = draw_eye(window, look, picture, center, step / (EYE_STEPS - 1), lashes)
        eyes.append(develop(picture))
    developed = develop(base)
    window, mouth_rows, mouth_columns = part(area, *_MOUTH_BOX)
    left, top, right, bottom = _MOUTH_BOX
    to_edge = np.minimum(np.minimum(window.x - left, right - window.x), np.minimum(window.y - top, bottom - window.y))
    fade = ramp(to_edge, 1, 8)[..., None]
    still, inside = developed[mouth_rows, mouth_columns], alpha[mouth_rows, mouth_columns, None]
    mouths = []
    for step in range(MOUTH_STEPS):
        speaking = develop(lit(window, mouth_rows, mouth_columns, step / (MOUTH_STEPS - 1)))
        mouths.append(np.round((speaking * fade + still * (1 - fade)) * inside).astype(np.uint8))
    return Head(
        make_sprite(area, developed, alpha),
        tuple(eyes),
        (rows.start, columns.start),
        tuple(mouths),
        (mouth_rows.start, mouth_columns.start),
        relief,
    )
