"""The presenter's waving hand and the sleeve below it. Art origin: the wrist; the fingers point up."""

from __future__ import annotations

import numpy as np

from u2live.capture.demo.light import SKIN_WRAP, cast_shadow, develop, mix, paint, shade
from u2live.capture.demo.look import Look
from u2live.capture.demo.relief import blur, bump, capsule, coverage, curve, inflate, noise, patch, ramp, stroke
from u2live.capture.demo.sprite import Sprite, trimmed_sprite
from u2live.capture.demo.torso import knit, wool

Bone = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]  # start, end, radii at both

_PALM = (
    (-27, 62), (-29, 20), (-38, -14), (-50, -52), (-49, -92), (-24, -110), (12, -108), (44, -97), (50, -66), (44, -22),
    (29, 16), (27, 62),
)  # fmt: skip
_THUMB: list[Bone] = [
    ((-28, -22), (-62, -62), (20, 15)),
    ((-62, -62), (-81, -92), (14.5, 13)),
    ((-81, -92), (-90, -119), (13, 9.5)),
]
_FINGERS = (
    # knuckle, lengths of the three bones, radii, splay in degrees
    ((-35.0, -92.0), (33.0, 23.0, 18.0), (13.2, 9.6), -11.0),
    ((-11.5, -98.0), (37.0, 26.0, 19.0), (13.4, 9.8), -2.5),
    ((13.0, -95.0), (34.0, 24.0, 19.0), (12.8, 9.4), 5.5),
    ((35.5, -85.0), (26.0, 18.0, 17.0), (11.2, 8.4), 16.0),
)
_LINES = (
    ((-46, -72), (-22, -64), (-12, -34), (-14, 0)),  # of life
    ((-46, -74), (-14, -66), (18, -48), (34, -34)),  # of the head
    ((48, -70), (22, -74), (-4, -82), (-16, -98)),  # of the heart
    ((-26, 8), (0, 12), (26, 7)),  # the wrist
)
_SLEEVE = (
    (-31, 34), (0, 30), (31, 34), (38, 66), (52, 150), (66, 260), (76, 420), (-70, 420), (-60, 260), (-48, 150), (-37, 66),
)  # fmt: skip


def _bones() -> list[list[Bone]]:
    """Thumb, then the four fingers from the index on."""
    fingers = [_THUMB]
    for knuckle, lengths, (thick, thin), splay in _FINGERS:
        direction = np.array([np.sin(np.radians(splay)), -np.cos(np.radians(splay))])
        at, bones, reach, total = np.array(knuckle) - 8 * direction, [], 0.0, sum(lengths) + 8
        for k, bone in enumerate(lengths):
            length = bone + (8 if k == 0 else 0)
            to = at + length * direction
            radii = tuple(thick + (thin - thick) * part / total for part in (reach, reach + length))
            bones.append(((float(at[0]), float(at[1])), (float(to[0]), float(to[1])), (radii[0], radii[1])))
            at, reach = to, reach + length
        fingers.append(bones)
    return fingers


def draw_hand(look: Look, scale: float, seed: int) -> Sprite:
    """An open left hand, its palm to the camera."""
    rng = np.random.default_rng((seed, 42))
    area = patch(-114, -206, 92, 60, scale)
    y = area.y
    palm = coverage(area, curve(_PALM, 8, closed=True))
    z = inflate(area, palm, 24) * 0.95 + 9 * bump(area, -30, -30, 17, 26, -18) + 6 * bump(area, 32, -36, 13, 28, 8)
    z = z + 4 * bump(area, 0, -92, 36, 9) - 5 * bump(area, 2, -52, 15, 22)
    alpha = palm
    creases, tips, edge = (np.zeros(area.shape, np.float32) for _ in range(3))
    for number, bones in enumerate(_bones()):
        rod, cover = np.zeros(area.shape, np.float32), np.zeros(area.shape, np.float32)
        for k, (start, end, radii) in enumerate(bones):
            height, mask = capsule(area, start, end, radii)
            rod, cover = np.maximum(rod, height), np.maximum(cover, mask)
            if k or number:
                across = np.array([end[1] - start[1], start[0] - end[0]])
                across = across / np.linalg.norm(across) * radii[0] * 0.72
                along = np.array([end[0] - start[0], end[1] - start[1]]) * 0.04
                bent = [start - across, start + along * (1 + rng.random()), start + across]
                creases += stroke(area, curve([(float(p[0]), float(p[1])) for p in bent], 5), 1.2, 1.2) * (
                    0.75 if k else 0.5
                )
        (tip_x, tip_y), radius = bones[-1][1], bones[-1][2][1]
        tips = np.maximum(tips, bump(area, tip_x, tip_y, radius, radius * 1.2))
        edge += np.clip(blur(cover, 3 * scale) - cover, 0, 1) * palm * (1 - ramp(y, -92, -60)) * 0.6
        base = 9.0 * ramp(y, -60, -110) + (10 if number == 0 else 0)
        z = np.where(cover > 0.5, np.maximum(z, blur(rod, 1.4 * scale) + base), z)
        alpha = np.maximum(alpha, cover)
    for line in _LINES:
        creases += 0.7 * stroke(area, curve(line, 8), 1.3, 1.0)
    z = blur(z.astype(np.float32), 0.9 * scale) - 1.2 * creases + 0.25 * noise(area, (5, 5), rng)
    uneven = 1.06 + 0.07 * noise(area, (22, 22), rng) + 0.04 * noise(area, (2.6, 2.6), rng, 2)
    skin = paint(area.shape, look.skin) * uneven[..., None]
    flush = (
        0.34 * tips
        + 0.24 * bump(area, -32, -34, 20, 30)
        + 0.22 * bump(area, 34, -40, 16, 34)
        + 0.18 * bump(area, 0, -94, 44, 9)
    )
    skin = (skin * (1 - np.stack([0.55 * flush, 0.5 * flush, 0.02 * flush], -1))).astype(np.float32)
    folded = (look.skin[0] * 0.72, look.skin[1] * 0.55, look.skin[2] * 0.5)
    skin = mix(skin, folded, np.clip(creases * 0.5 + edge, 0, 0.8))
    sun = 0.4 + 0.6 * cast_shadow(area, z, 30, 2.0)
    lit = shade(area, z, skin.astype(np.float32), gloss=0.05, wrap=SKIN_WRAP, shadow=sun, occlusion=9)
    lit = lit * (1 - 0.45 * ramp(y, 22, 44))[..., None]  # the cuff's shade
    return trimmed_sprite(area, develop(lit), blur(alpha, 0.5 * scale))


def draw_forearm(look: Look, scale: float, seed: int) -> Sprite:
    """The sleeve from its cuff down to the elbow."""
    rng = np.random.default_rng((seed, 43))
    area = patch(-92, 22, 92, 420, scale)
    x, y = area.x, area.y
    sleeve = coverage(area, curve(_SLEEVE, 8, closed=True))
    z = inflate(area, sleeve, 44)
    for k in range(9):
        y0, side = 92 + 30 * k, -1 if k % 2 else 1
        fold = [(-side * 62, y0 - 16 + rng.normal(0, 6)), (rng.normal(0, 8), y0), (side * 66, y0 + 22 + rng.normal(0, 8))]
        z = z + (5.2 if k % 3 else -6.0) * stroke(area, curve(fold, 8), 6, 5.5)
    z = z + 2.4 * noise(area, (34, 26), rng, 2)
    cuff = 1 - ramp(y + 0.004 * x * x, 66, 70)
    ribs = np.sin(x * 1.25)
    stitch = knit(x + 0.2 * z, y) * (1 - cuff) + ribs * cuff
    z = z + 3.5 * cuff + 0.35 * stitch + 0.5 * ribs * cuff
    sun = 0.32 + 0.68 * cast_shadow(area, z.astype(np.float32), 40, 3)
    lit = shade(area, z, wool(area, look, stitch, rng), gloss=0.012, sharpness=6, shadow=sun, occlusion=14)
    return trimmed_sprite(area, develop(lit), blur(sleeve, 0.9 * scale))
