"""The room behind the presenter, out of focus: wall, window, curtain, shelf with books, picture, plant and lamp.

Art coordinates of the scene: x = 0 in the picture's middle, y from 0 (top of a 16:9 picture) to 720 (bottom).
"""

from __future__ import annotations

import cv2
import numpy as np

from u2live.capture.demo.light import develop, mix, paint
from u2live.capture.demo.look import Color, Look
from u2live.capture.demo.relief import Patch, blur, bump, coverage, curve, noise, part, patch, ramp
from u2live.types import Size

_BOOKS: tuple[Color, ...] = (
    (128, 58, 48), (56, 82, 104), (196, 178, 140), (72, 96, 76), (168, 128, 68), (94, 70, 98),
    (212, 204, 190), (58, 56, 60), (158, 94, 68), (108, 128, 136),
)  # fmt: skip
_SHELVES = (96.0, 228.0, 364.0, 500.0, 632.0)
_CURTAIN = (-396.0, -292.0)


def _lay(
    area: Patch, picture: np.ndarray, box: tuple[float, float, float, float], color: Color, profile: float = 0.0
) -> None:
    """Paint a rectangle (left, top, right, bottom) in place; `profile` darkens it towards its right edge."""
    window, rows, columns = part(area, *box)
    if 0 in window.shape:
        return
    across = (window.x - box[0]) / max(1.0, box[2] - box[0])
    picture[rows, columns] = paint(window.shape, color) * (1 - profile * across**2)[..., None]


def _blot(area: Patch, picture: np.ndarray, outline: np.ndarray, color: Color) -> None:
    """Paint a shape in place."""
    (left, top), (right, bottom) = outline.min(0) - 2, outline.max(0) + 2
    window, rows, columns = part(area, left, top, right, bottom)
    if 0 not in window.shape:
        picture[rows, columns] = mix(picture[rows, columns], color, coverage(window, outline))


def _window(area: Patch, picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A window at the left, painted in place. Returns the light of the trees and the sky in its panes."""
    glow = np.zeros_like(picture)
    _lay(area, picture, (-706, 22, -360, 476), (216, 212, 206))
    _lay(area, picture, (-706, 476, -352, 492), (190, 184, 176))
    for left, right in ((-680, -540), (-524, -386)):
        for top, bottom in ((46, 214), (230, 448)):
            _, rows, columns = part(area, left, top, right, bottom)
            glow[rows, columns] = 1
    view, rows, columns = part(area, -690, 30, -380, 460)
    if 0 in view.shape:
        return glow
    sky = 0.86 - 0.26 * ramp(view.y, 40, 440)
    outside = np.stack([sky * 1.02, sky * 0.97, sky * 0.90], -1)
    trees = np.clip(0.5 + 0.9 * noise(view, (90, 70), rng, 4) + (view.y - 310) / 150, 0, 1) * ramp(view.y, 110, 320)
    leaves = np.clip(0.5 + 0.55 * noise(view, (22, 22), rng, 3), 0.06, 1.3)
    outside = mix(outside, np.stack([leaves * 0.17, leaves * 0.42, leaves * 0.30], -1), trees)
    spark = np.clip(noise(view, (14, 14), rng, 1) - 0.75, 0, 1) * trees
    glow[rows, columns] *= (outside + (1.6 * spark)[..., None]).astype(np.float32)
    return glow


def _shelf(area: Patch, picture: np.ndarray, rng: np.random.Generator) -> None:
    left, right = 352.0, 700.0
    _lay(area, picture, (left, 96, right, 640), (78, 54, 38))
    for level, top in enumerate(_SHELVES[:-1]):
        floor = _SHELVES[level + 1] - 6
        x = left + 14
        while x < right - 30:
            if rng.random() < 0.14:
                x += rng.uniform(14, 40)
                continue
            wide, tall = rng.uniform(13, 30), rng.uniform(70, 106)
            color = _BOOKS[rng.integers(len(_BOOKS))]
            _lay(area, picture, (x, floor - tall, x + wide, floor), color, 0.6)
            if rng.random() < 0.6:
                _lay(area, picture, (x + 3, floor - tall * 0.78, x + wide - 4, floor - tall * 0.58), (216, 198, 152))
            x += wide + 1.5
        shade, rows, columns = part(area, left, top, right, top + 40)
        picture[rows, columns] *= (0.35 + 0.65 * ramp(shade.y, top, top + 40))[..., None]
    for top in _SHELVES:
        _lay(area, picture, (left - 6, top - 8, right + 6, top + 5), (142, 102, 70))
    _lay(area, picture, (left - 8, 88, left + 10, 730), (142, 102, 70), 0.4)
    vase = curve([(596, 88), (582, 60), (590, 34), (600, 14), (626, 14), (636, 34), (644, 60), (630, 88)], 6, closed=True)
    _blot(area, picture, vase, (196, 150, 110))


def _framed_picture(area: Patch, picture: np.ndarray) -> None:
    left, top, right, bottom = 152.0, 66.0, 302.0, 258.0
    window, rows, columns = part(area, left - 30, top - 30, right + 60, bottom + 60)
    if 0 in window.shape:
        return
    box = np.array(
        [(left + 8, top + 10), (right + 14, top + 10), (right + 14, bottom + 16), (left + 8, bottom + 16)], np.float32
    )
    picture[rows, columns] *= (1 - 0.42 * blur(coverage(window, box), 7 * area.scale))[..., None]
    _lay(area, picture, (left, top, right, bottom), (74, 56, 42))
    _lay(area, picture, (left + 9, top + 9, right - 9, bottom - 9), (226, 220, 208))
    _lay(area, picture, (left + 28, top + 30, right - 28, bottom - 30), (204, 186, 160))
    hills = [(180, 172), (198, 156), (222, 170), (246, 186), (274, 166), (274, 228), (180, 228)]
    _blot(area, picture, np.array(hills, np.float32), (98, 116, 112))
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    _blot(
        area, picture, np.column_stack([238 + 15 * np.cos(turn), 134 + 15 * np.sin(turn)]).astype(np.float32), (198, 116, 76)
    )


def _plant(area: Patch, picture: np.ndarray, rng: np.random.Generator) -> None:
    """A large plant on a stool before the curtain."""
    root = np.array([-306.0, 548.0])
    for _ in range(64):
        angle, reach = rng.uniform(-2.9, -0.25), rng.uniform(80, 215)
        tip = root + reach * np.array([0.80 * np.cos(angle), np.sin(angle)]) + (0, 0.0014 * reach**2)
        base = root + 0.5 * (tip - root) + (0, -14)
        along = tip - base
        side = np.array([-along[1], along[0]]) / max(1.0, float(np.linalg.norm(along))) * rng.uniform(9, 17)
        leaf = [base, base + 0.45 * along + side, tip, base + 0.45 * along - side]
        shade = rng.uniform(0.45, 1.35) * (0.75 + 0.25 * np.cos(angle - 2.5))
        outline = curve([(float(p[0]), float(p[1])) for p in leaf], 6, closed=True)
        _blot(area, picture, outline, (56 * shade, 100 * shade, 62 * shade))
        half = np.array([1.8, 0.0])
        stem = np.vstack([root - half, base - half, base + half, root + half]).astype(np.float32)
        _blot(area, picture, stem, (60, 88, 56))
    pot = np.array([(-352, 540), (-260, 540), (-272, 650), (-340, 650)], np.float32)
    window, rows, columns = part(area, -352, 538, -260, 652)
    if 0 not in window.shape:
        glaze = 0.5 + 0.6 * np.clip(1 - np.abs(window.x + 324) / 62, 0, 1)
        glazed = paint(window.shape, (206, 170, 140)) * glaze[..., None]
        picture[rows, columns] = mix(picture[rows, columns], glazed, coverage(window, pot))
    _lay(area, picture, (-380, 648, -232, 662), (128, 92, 62))
    for leg in (-372, -250):
        _lay(area, picture, (leg, 662, leg + 10, 760), (112, 80, 54))


def _hang_curtain(area: Patch, picture: np.ndarray, look: Look, rng: np.random.Generator) -> None:
    left, right = _CURTAIN
    window, rows, columns = part(area, left, -2000, right + 40, 2000)
    if 0 in window.shape:
        return
    sway = 8 * np.sin(window.y / 160) + 4 * noise(window, (60, 260), rng)
    folds = 0.74 + 0.24 * np.sin((window.x + sway) / 6.8) + 0.1 * np.sin((window.x + sway) / 2.9 + 1)
    cloth = 1 - ramp(window.x + 0.3 * sway, right - 3, right + 1)
    behind = picture[rows, columns] * (0.62 + 0.38 * ramp(window.x, right - 4, right + 30))[..., None]
    picture[rows, columns] = mix(behind, paint(window.shape, look.curtain) * folds[..., None], cloth)


def _out_of_focus(picture: np.ndarray, radius: float) -> np.ndarray:
    """Blur with a disc, as a lens does it; radius in pixels."""
    reach = int(np.ceil(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    soft: np.ndarray = cv2.filter2D(picture, -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT)
    return soft


def draw_room(
    look: Look, top_left: tuple[float, float], units_per_pixel: float, size: Size, seed: int
) -> tuple[np.ndarray, ...]:
    """The room at `size`, BGR uint8, its corner at `top_left`: by bright and by dull daylight, and with the lights off."""
    rng = np.random.default_rng((seed, 51))
    left, top = top_left
    scale = min(0.5, 1 / units_per_pixel)  # out of focus: half the resolution of 720 lines is plenty
    area = patch(left, top, left + size.width * units_per_pixel, top + size.height * units_per_pixel, scale)
    plaster = 1 + 0.03 * noise(area, (240, 240), rng) + 0.05 * noise(area, (9, 9), rng, 2)
    albedo = paint(area.shape, look.wall) * plaster[..., None]
    _lay(area, albedo, (-2000, 668, 2000, 760), (150, 142, 132))
    glow = _window(area, albedo, rng)
    _framed_picture(area, albedo)
    _shelf(area, albedo, rng)
    _hang_curtain(area, albedo, look, rng)
    _plant(area, albedo, rng)
    glow[(area.x > _CURTAIN[0])] = 0
    sun = np.exp(-np.maximum(area.x + 380, 0) / 620) * (0.70 + 0.30 * bump(area, -200, 260, 600, 300))
    lamp = bump(area, 330, 30, 300, 260)
    corner = 1 - 0.35 * ramp(np.hypot(area.x / 780, (area.y - 340) / 540), 0.55, 1.2)
    shiny = (area.x < -360) * 1.0
    pictures = []
    for day, lit, shine in ((1.0, 1.0, 1.05), (0.72, 1.0, 0.80), (0.10, 0.0, 0.12)):
        daylight = (0.26 + 0.66 * sun) * day * (1 - 0.35 * shiny)
        light = np.stack([daylight * c + lamp * lit * w for c, w in ((1.0, 0.12), (0.99, 0.22), (0.97, 0.31))], -1)
        linear = albedo * (light * corner[..., None]).astype(np.float32) + glow * np.float32(shine)
        soft = _out_of_focus(linear.astype(np.float32), 8.5 * scale)
        pictures.append(cv2.resize(develop(soft), (size.width, size.height), interpolation=cv2.INTER_LINEAR))
    return tuple(pictures)
