"""The presenter's neck, sweater, arm and hand. Art origin of the torso: the pit of the neck; of the arm: the wrist."""

from __future__ import annotations

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
    inflate,
    mix,
    noise,
    paint,
    patch,
    ramp,
    shade,
    stroke,
)
from u2live.capture.demo.sprite import Sprite, make_sprite

SKIN_WRAP = (0.12, 0.18, 0.36)


def _knit(area: Patch, across: np.ndarray, along: np.ndarray, pitch: float = 5.2) -> np.ndarray:
    """Rows of stitches shaped like small v's, in −1…1."""
    column = across / pitch
    lean = np.abs(column - np.floor(column) - 0.5) * 2
    stitch: np.ndarray = (
        np.cos(2 * np.pi * (along / (pitch * 0.82) + lean * 0.55)) * 0.6 + (1 - 2 * np.abs(lean - 0.5)) * 0.6 - 0.3
    )
    return stitch


def draw_torso(look: Look, scale: float, seed: int) -> Sprite:
    """Neck, shirt collar and sweater down to below the picture's edge."""
    rng = np.random.default_rng((seed, 41))
    area = patch(-350, -130, 350, 330, scale)
    x, y = area.x, area.y
    half = [(60, -44), (66, -18), (96, 2), (150, 20), (214, 38), (262, 66), (292, 112), (308, 180), (316, 260), (318, 345)]
    side = curve(half, 8)
    body = coverage(area, np.vstack([side, side[::-1] * (-1, 1)]))
    throat = [(58, -130), (55, -80), (57, -40), (76, -6), (60, 30)]
    neck_side = curve(throat, 8)
    neck = coverage(area, np.vstack([neck_side, neck_side[::-1] * (-1, 1)]))
    opening = coverage(
        area, curve([(0, 36), (46, 22), (68, -12), (62, -44), (0, -60), (-62, -44), (-68, -12), (-46, 22)], 8, closed=True)
    )

    # Neck: a cylinder with the two muscles that meet in the pit, and the head's shadow.
    z_neck = 52 * np.sqrt(np.clip(1 - (x / 62) ** 2, 0, 1))
    for s in (-1, 1):
        muscle = np.exp(-0.5 * ((x - s * (40 - 0.28 * (y + 90))) / 7) ** 2) * ramp(y, -120, -40)
        z_neck = (
            z_neck + 4.5 * muscle + 3.0 * np.exp(-0.5 * ((y - 14 - 0.05 * np.abs(x)) / 5) ** 2) * ramp(np.abs(x), 12, 30)
        )
    z_neck = z_neck - 7 * bump(area, 0, 14, 9, 9)
    skin = (
        paint(area.shape, look.skin)
        * (1 + 0.05 * noise(area, (30, 30), rng) + 0.03 * noise(area, (3, 3), rng, 2))[..., None]
    )
    skin = skin * np.float32([0.84, 0.88, 0.96])
    under_chin = 1 - 0.80 * (1 - ramp(y - 0.10 * x, -72, -22))
    flesh = shade(area, z_neck, skin, gloss=0.05, wrap=SKIN_WRAP, shadow=under_chin, occlusion=14)
    flesh = flesh * (0.55 + 0.45 * ramp(y, -104, -30))[..., None]

    # Sweater: shoulders like a cushion, a chest, sleeves set off by a fold, and long soft folds.
    cloth = np.clip(body - opening, 0, 1)
    z = inflate(area, body, 120) * 0.95
    z = z + 24 * bump(area, -96, 190, 90, 80) + 24 * bump(area, 96, 190, 90, 80)
    for s in (-1, 1):
        seam = curve([(s * 206, 36), (s * 192, 96), (s * 200, 170), (s * 214, 340)], 8)
        z = z - 10 * stroke(area, seam, 7, 7)
        for k in range(8):
            x0, y0 = s * (205 - 8 * k), 80 + 30 * k
            fold = curve(
                [(x0 + s * 64, y0 - 18 + 8 * k), (x0 + s * 10, y0 + 10), (x0 - s * 70, y0 + 44 + rng.normal(0, 8))], 8
            )
            z = z + (6.5 if k % 2 else -6.5) * stroke(area, fold, 6, 6.5)
    z = z + 4.2 * noise(area, (110, 44), rng, 2) + 2.0 * noise(area, (24, 60), rng, 2)
    for k in range(5):
        drape = curve([(-84 + 6 * k, 44 + 22 * k), (0 + rng.normal(0, 10), 84 + 30 * k), (84 - 6 * k, 46 + 22 * k)], 8)
        z = z + (3.4 if k % 2 else -3.4) * stroke(area, drape, 7, 7)
    stitch = _knit(area, x + 0.10 * z, y + 0.12 * np.abs(x))
    fuzz = noise(area, (2.4, 2.4), rng, 1)
    wool = paint(area.shape, look.sweater) * (1 + 0.16 * stitch + 0.16 * fuzz + 0.06 * noise(area, (60, 60), rng))[..., None]
    shadow = cast_shadow(area, z, 80, 4)
    fabric = shade(area, z + 0.30 * stitch, wool, gloss=0.012, sharpness=6, shadow=0.35 + 0.65 * shadow, occlusion=20)
    head_shadow = 1 - 0.42 * bump(area, 70, 30, 95, 46)
    fabric = fabric * head_shadow[..., None]

    picture = np.where((cloth > 0.5)[..., None], fabric, flesh)
    picture = mix(flesh, fabric, cloth)
    # The ribbed neckband and a strip of shirt inside it.
    rim = curve([(-69, -20), (-62, 6), (-40, 28), (0, 40), (40, 28), (62, 6), (69, -20)], 10)
    shirt = stroke(area, rim + (0, -9), 11, 0.8) * np.clip(body + neck, 0, 1)
    z_shirt = blur(shirt, 2.5 * scale) * 9 + z_neck * 0.6
    linen = paint(area.shape, look.shirt) * (0.80 + 0.03 * noise(area, (2.0, 2.0), rng, 1))[..., None]
    picture = mix(
        picture,
        shade(area, z_shirt, linen, gloss=0.0, occlusion=10, shadow=0.45 + 0.5 * under_chin),
        np.clip(shirt * 1.2, 0, 1),
    )
    band = stroke(area, rim + (0, 3), 17, 0.7)
    angle = np.arctan2(y + 30, x)
    ribs = np.sin(angle * 88)
    z_band = blur(band, 4 * scale) * 15 + 0.8 * ribs + 0.4 * z
    ribbed = shade(
        area,
        z_band,
        paint(area.shape, look.sweater) * (0.98 + 0.16 * ribs + 0.14 * fuzz)[..., None],
        gloss=0.012,
        sharpness=6,
        occlusion=10,
    )
    drop = blur(np.roll(band, round(6 * scale), 0), 4 * scale) * 0.5
    picture = picture * (1 - drop * (1 - band))[..., None]
    picture = mix(picture, ribbed * head_shadow[..., None], np.clip(band * 1.15, 0, 1))
    alpha = np.maximum(np.maximum(body, neck * (y < 20)), np.clip(band * 1.1, 0, 1) * (np.abs(x) < 74))
    wool_rim = blur(alpha, 0.9 * scale)  # wool has no sharp edge
    alpha = np.where(y > -10, wool_rim, blur(alpha, 0.5 * scale))
    return make_sprite(area, develop(picture), np.clip(alpha, 0, 1))


_FINGERS = (
    # knuckle, lengths of the three bones, radii, splay in degrees
    ((-35.0, -92.0), (33.0, 23.0, 18.0), (13.2, 9.6), -11.0),
    ((-11.5, -98.0), (37.0, 26.0, 19.0), (13.4, 9.8), -2.5),
    ((13.0, -95.0), (34.0, 24.0, 19.0), (12.8, 9.4), 5.5),
    ((35.5, -85.0), (26.0, 18.0, 17.0), (11.2, 8.4), 16.0),
)


def draw_hand(look: Look, scale: float, seed: int) -> Sprite:
    """An open left hand, its palm to the camera, wrist at the origin, fingers up."""
    rng = np.random.default_rng((seed, 42))
    area = patch(-112, -206, 92, 60, scale)
    x, y = area.x, area.y
    palm = coverage(
        area,
        curve(
            [
                (-27, 62),
                (-29, 20),
                (-38, -14),
                (-50, -52),
                (-49, -92),
                (-24, -110),
                (12, -108),
                (44, -97),
                (50, -66),
                (44, -22),
                (29, 16),
                (27, 62),
            ],
            8,
            closed=True,
        ),
    )
    z = inflate(area, palm, 24) * 0.95
    z = (
        z
        + 9 * bump(area, -30, -30, 17, 26, -18)
        + 6 * bump(area, 32, -36, 13, 28, 8)
        + 4 * bump(area, 0, -92, 36, 9)
        - 5 * bump(area, 2, -52, 15, 22)
    )
    alpha = palm
    creases = np.zeros(area.shape, np.float32)
    tips = np.zeros(area.shape, np.float32)
    edge = np.zeros(area.shape, np.float32)
    thumb = [
        ((-28.0, -22.0), (-62.0, -62.0), (20.0, 15.0)),
        ((-62.0, -62.0), (-80.0, -92.0), (14.5, 13.0)),
        ((-80.0, -92.0), (-88.0, -118.0), (13.0, 9.5)),
    ]
    fingers = [thumb]
    for (kx, ky), bones, (thick, thin), splay in _FINGERS:
        direction = np.array([np.sin(np.radians(splay)), -np.cos(np.radians(splay))])
        at, parts, total, reach = np.array([kx, ky]) - 8 * direction, [], sum(bones) + 8, 0.0
        for k, bone in enumerate(bones):
            length = bone + (8 if k == 0 else 0)
            to = at + length * direction
            radii = (thick + (thin - thick) * reach / total, thick + (thin - thick) * (reach + length) / total)
            parts.append(((float(at[0]), float(at[1])), (float(to[0]), float(to[1])), radii))
            at, reach = to, reach + length
        fingers.append(parts)
    for number, parts in enumerate(fingers):
        rod = np.zeros(area.shape, np.float32)
        cover = np.zeros(area.shape, np.float32)
        for k, (start, end, radii) in enumerate(parts):
            height, mask = capsule(area, start, end, radii)
            rod, cover = np.maximum(rod, height), np.maximum(cover, mask)
            normal = np.array([end[1] - start[1], start[0] - end[0]])
            normal /= np.linalg.norm(normal)
            if k or number:
                wide = radii[0] * 0.78
                line = np.array([np.array(start) - normal * wide, np.array(start) + normal * wide], np.float32)
                creases += stroke(area, line, 1.3, 0.9) * (1.0 if k else 0.6)
        end, radius = parts[-1][1], parts[-1][2][1]
        tips = np.maximum(tips, bump(area, end[0], end[1], radius, radius * 1.2))
        edge += np.clip(blur(cover, 3 * scale) - cover, 0, 1) * palm * (1 - ramp(y, -92, -60)) * 0.6
        base = 9.0 * ramp(y, -60, -110) + (10 if number == 0 else 0)
        z = np.where(cover > 0.5, np.maximum(z, blur(rod.astype(np.float32), 1.2 * scale) + base), z)
        alpha = np.maximum(alpha, cover)
    lines = (
        [(-46, -72), (-22, -64), (-12, -34), (-14, 0)],  # life
        [(-46, -74), (-14, -66), (18, -48), (34, -34)],  # head
        [(48, -70), (22, -74), (-4, -82), (-16, -98)],  # heart
    )
    for line in lines:
        creases += 0.85 * stroke(area, curve(line, 8), 1.3, 0.9)
    creases += 0.6 * stroke(area, curve([(-26, 8), (0, 12), (26, 7)], 8), 1.2, 0.8)
    z = blur(z.astype(np.float32), 0.8 * scale) - 1.4 * creases + 0.25 * noise(area, (5, 5), rng)
    skin = (
        paint(area.shape, look.skin)
        * (1.05 + 0.06 * noise(area, (22, 22), rng) + 0.04 * noise(area, (2.6, 2.6), rng, 2))[..., None]
    )
    flush = (
        0.30 * tips
        + 0.22 * bump(area, -32, -34, 20, 30)
        + 0.20 * bump(area, 34, -40, 16, 34)
        + 0.16 * bump(area, 0, -94, 44, 9)
    )
    skin = skin * (1 - np.stack([0.55 * flush, 0.5 * flush, 0.04 * flush], -1))
    skin = mix(
        skin.astype(np.float32),
        tuple(c * f for c, f in zip(look.skin, (0.72, 0.55, 0.5), strict=True)),
        np.clip(creases * 0.62 + edge, 0, 0.85),
    )
    lit = shade(area, z, skin, gloss=0.05, wrap=SKIN_WRAP, shadow=0.4 + 0.6 * cast_shadow(area, z, 30, 2.0), occlusion=9)
    lit = lit * (1 - 0.45 * ramp(y, 22, 44))[..., None]  # the cuff's shade
    return make_sprite(area, develop(lit, 1.04), blur(alpha, 0.5 * scale))


def draw_forearm(look: Look, scale: float, seed: int) -> Sprite:
    """The sleeve from its cuff down to the elbow."""
    rng = np.random.default_rng((seed, 43))
    area = patch(-92, 22, 92, 420, scale)
    x, y = area.x, area.y
    outline = curve(
        [
            (-31, 34),
            (0, 30),
            (31, 34),
            (38, 66),
            (52, 150),
            (66, 260),
            (76, 420),
            (-70, 420),
            (-60, 260),
            (-48, 150),
            (-37, 66),
        ],
        8,
        closed=True,
    )
    sleeve = coverage(area, outline)
    z = inflate(area, sleeve, 44)
    for k in range(9):
        y0 = 92 + 30 * k
        s = -1 if k % 2 else 1
        fold = curve(
            [(-s * 62, y0 - 16 + rng.normal(0, 6)), (rng.normal(0, 8), y0), (s * 66, y0 + 22 + rng.normal(0, 8))], 8
        )
        z = z + (4.6 if k % 3 else -5.5) * stroke(area, fold, 6, 5.5)
    z = z + 2.2 * noise(area, (34, 26), rng, 2)
    cuff = 1 - ramp(y + 0.004 * x * x, 66, 70)
    stitch = _knit(area, x + 0.2 * z, y)
    ribs = np.sin(x * 1.25)
    stitch = stitch * (1 - cuff) + ribs * cuff
    z = z + 3.5 * cuff + 0.35 * stitch + 0.5 * ribs * cuff
    fuzz = noise(area, (2.4, 2.4), rng, 1)
    wool = paint(area.shape, look.sweater) * (1 + 0.16 * stitch + 0.15 * fuzz)[..., None]
    shadow = cast_shadow(area, z, 40, 3)
    lit = shade(area, z, wool, gloss=0.012, sharpness=6, shadow=0.35 + 0.65 * shadow, occlusion=14)
    return make_sprite(area, develop(lit), blur(sleeve, 0.9 * scale))
