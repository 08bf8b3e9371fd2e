"""The room behind the presenter, out of focus: wall, window, curtain, shelf with books, picture, plant and lamp.

Art coordinates of the scene: x = 0 in the picture's middle, y from 0 (top of a 16:9 picture) to 720 (bottom).
"""

from __future__ import annotations

import cv2
import numpy as np

from u2live.capture.demo.light import develop, mix, paint
from u2live.capture.demo.look import Color, Look
from u2live.capture.demo.relief import Patch, blur, bump, coverage, curve, noise, patch, ramp, stroke

_BOOKS: tuple[Color, ...] = (
    (120, 52, 44), (46, 70, 92), (190, 170, 130), (60, 84, 66), (160, 120, 60), (84, 60, 88),
    (206, 198, 184), (48, 46, 50), (150, 84, 60), (96, 116, 124),
)  # fmt: skip


def _box(area: Patch, left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return coverage(area, np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32))


def _window(area: Patch, picture: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A window at the left with trees in it. Returns the painted albedo and the glass's own light."""
    glass = _box(area, -690, 40, -372, 452)
    sky = 0.75 - 0.25 * ramp(area.y, 40, 440)
    trees = np.clip(0.5 + 0.9 * noise(area, (90, 70), rng, 4) + (area.y - 300) / 160, 0, 1) * ramp(area.y, 120, 330)
    leaves = np.clip(0.45 + 0.5 * noise(area, (22, 22), rng, 3), 0.05, 1.2)
    outside = np.stack([sky * 0.98, sky * 0.94, sky * 0.88], -1)
    outside = mix(outside, np.stack([leaves * 0.16, leaves * 0.36, leaves * 0.24], -1), trees)
    frame = np.zeros(area.shape, np.float32)
    for left, right in ((-702, -680), (-538, -524), (-386, -362)):
        frame = np.maximum(frame, _box(area, left, 26, right, 470))
    for top, bottom in ((24, 44), (216, 228), (448, 474)):
        frame = np.maximum(frame, _box(area, -702, top, -362, bottom))
    picture = mix(picture, (214, 210, 204), frame)
    return picture, outside * (glass * (1 - frame))[..., None]


def _shelf(area: Patch, picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    wood = paint(area.shape, (122, 86, 58)) * (1 + 0.14 * noise(area, (160, 9), rng))[..., None]
    left, right = 352.0, 700.0
    picture = mix(picture, wood * 0.42, _box(area, left, 96, right, 640))
    for level, top in enumerate((96, 228, 364, 500, 632)):
        if level < 4:
            x = left + 16
            while x < right - 18:
                wide, tall = rng.uniform(13, 30), rng.uniform(70, 104)
                if rng.random() < 0.16:
                    x += rng.uniform(18, 50)
                    continue
                floor = top + 132 if level < 3 else top + 130
                color = _BOOKS[rng.integers(len(_BOOKS))]
                spine = _box(area, x, floor - tall, x + wide, floor)
                round_back = 0.55 + 0.6 * np.clip(1 - np.abs(area.x - x - wide * 0.4) / wide, 0, 1)
                picture = mix(picture, paint(area.shape, color) * round_back[..., None].astype(np.float32), spine)
                if rng.random() < 0.6:
                    label = _box(area, x + 3, floor - tall * 0.78, x + wide - 3, floor - tall * 0.58)
                    picture = mix(picture, (214, 196, 150), label * 0.7)
                x += wide + 1.5
        picture = mix(picture, wood, _box(area, left - 6, top - 8, right + 6, top + 5))
    return mix(
        picture, wood, np.maximum(_box(area, left - 8, 90, left + 10, 720), _box(area, right - 10, 90, right + 8, 720))
    )


def _framed_picture(area: Patch, picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    left, top, right, bottom = 150.0, 70.0, 300.0, 262.0
    picture = mix(picture, picture * 0.62, blur(_box(area, left + 8, top + 10, right + 14, bottom + 16), 7 * area.scale))
    picture = mix(picture, (70, 52, 38), _box(area, left, top, right, bottom))
    picture = mix(picture, (224, 218, 206), _box(area, left + 9, top + 9, right - 9, bottom - 9))
    canvas = _box(area, left + 28, top + 30, right - 28, bottom - 30)
    picture = mix(picture, (196, 176, 150), canvas)
    hills = ramp(area.y - 168 - 12 * np.sin(area.x / 19) - 6 * noise(area, (40, 40), rng), 0, 5)
    picture = mix(picture, (92, 108, 104), canvas * hills)
    return mix(picture, (196, 110, 70), canvas * ramp(np.hypot(area.x - 236, area.y - 138), 16, 13))


def _plant(area: Patch, picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    for _ in range(44):
        angle = rng.uniform(-2.75, -0.4)
        reach = rng.uniform(70, 210)
        x0, y0 = -322.0, 556.0
        tip = (x0 + reach * np.cos(angle) * 0.72, y0 + reach * np.sin(angle) + 0.0012 * reach**2)
        bend = (x0 + 0.55 * reach * np.cos(angle) * 0.5, y0 + 0.6 * reach * np.sin(angle) - 12)
        side = np.array([-(tip[1] - bend[1]), tip[0] - bend[0]]) / max(
            1.0, float(np.hypot(tip[0] - bend[0], tip[1] - bend[1]))
        )
        wide = rng.uniform(8, 16)
        middle = (np.array(bend) + np.array(tip)) / 2
        leaf = curve([tuple(bend), tuple(middle + side * wide), tip, tuple(middle - side * wide)], 6, closed=True)
        shade = rng.uniform(0.5, 1.3)
        picture = mix(
            picture,
            (44 * shade, 84 * shade, 50 * shade),
            np.maximum(coverage(area, leaf), stroke(area, curve([(x0, y0), tuple(bend)], 6), 2)),
        )
    pot = coverage(area, np.array([(-366, 548), (-278, 548), (-290, 660), (-354, 660)], np.float32))
    glaze = 0.6 + 0.55 * np.clip(1 - np.abs(area.x + 340) / 60, 0, 1)
    return mix(picture, paint(area.shape, (188, 150, 120)) * glaze[..., None].astype(np.float32), pot)


def _curtain(area: Patch, picture: np.ndarray, look: Look, rng: np.random.Generator) -> np.ndarray:
    sway = 8 * np.sin(area.y / 160) + 4 * noise(area, (60, 260), rng)
    folds = 0.74 + 0.24 * np.sin((area.x + sway) / 6.8) + 0.1 * np.sin((area.x + sway) / 2.9 + 1)
    cloth = _box(area, -392, -400, -292, 760)
    picture = mix(picture, picture * 0.6, blur(_box(area, -310, -400, -276, 760), 8 * area.scale))
    return mix(picture, paint(area.shape, look.curtain) * folds[..., None].astype(np.float32), cloth)


def _out_of_focus(picture: np.ndarray, radius: float) -> np.ndarray:
    """Blur with a disc, as a lens does it; radius in pixels."""
    reach = int(np.ceil(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    soft: np.ndarray = cv2.filter2D(picture, -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT)
    return soft


def draw_room(
    look: Look, left: float, top: float, right: float, bottom: float, size: tuple[int, int], seed: int
) -> tuple[np.ndarray, ...]:
    """The room at `size` (width, height) in pixels: by bright daylight, by dull daylight, and with the lights off."""
    rng = np.random.default_rng((seed, 51))
    scale = min(0.5, 0.5 * size[1] / (bottom - top))  # out of focus: half the resolution of 720 lines is plenty
    area = patch(left, top, right, bottom, scale)
    plaster = 1 + 0.03 * noise(area, (240, 240), rng) + 0.05 * noise(area, (9, 9), rng, 2)
    albedo = paint(area.shape, look.wall) * plaster[..., None]
    albedo, glow = _window(area, albedo, rng)
    albedo = _framed_picture(area, albedo, rng)
    albedo = _shelf(area, albedo, rng)
    albedo = _plant(area, albedo, rng)
    covered = _box(area, -392, -400, -292, 760)
    albedo = _curtain(area, albedo, look, rng)
    glow = glow * (1 - covered)[..., None]
    skirting = _box(area, -330, 664, 352, 760)
    albedo = mix(albedo, (150, 142, 132), skirting * 0.7)
    from_window = 0.16 + 0.60 * np.exp(-np.maximum(area.x + 380, 0) / 520) * (0.75 + 0.25 * bump(area, -200, 260, 600, 300))
    lamp = bump(area, 330, 40, 260, 230)
    corner = 1 - 0.35 * ramp(np.hypot(area.x / 760, (area.y - 340) / 520), 0.5, 1.2)
    pictures = []
    for day, lit, shine in ((1.0, 1.0, 0.92), (0.74, 1.0, 0.72), (0.10, 0.0, 0.10)):
        light = np.stack([from_window * day * c + lamp * lit * w for c, w in ((1.0, 0.10), (0.99, 0.19), (0.97, 0.27))], -1)
        linear = albedo * (light * corner[..., None]).astype(np.float32) + glow.astype(np.float32) * shine * 0.9
        soft = _out_of_focus(linear.astype(np.float32), 5.0 * scale * 2)
        pictures.append(cv2.resize(develop(soft, 0.92), size, interpolation=cv2.INTER_LINEAR))
    return tuple(pictures)
