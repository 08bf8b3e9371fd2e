"""The rooms: each function returns a scene. The middle is left calm, for that is where a person sits."""

from __future__ import annotations

import numpy as np

from .scene import Light, Material, Scene
from .things import (
    PALE_BOOKS,
    abstract,
    books,
    bricks,
    frame,
    lamp,
    mottled,
    noise,
    outside,
    planks,
    plant,
    room,
    shelf,
    vase,
    wood,
)

OAK, OAK_DARK = (0.58, 0.40, 0.24), (0.42, 0.27, 0.15)
WALNUT, WALNUT_DARK = (0.26, 0.15, 0.09), (0.15, 0.08, 0.045)
SUN = (-5.4, 5.2, 6.6)
DAY = (1.0, 1.02, 1.08)


def _bright(color: tuple[float, float, float], times: float) -> tuple[float, float, float]:
    return (color[0] * times, color[1] * times, color[2] * times)


def study() -> Scene:
    """A wall of books, a warm lamp on the left, evening."""
    scene = Scene(ambient=(0.012, 0.011, 0.012), focus=1.5, lens=0.03, exposure=1.9, soft=14)
    board = Material(wood(WALNUT, WALNUT_DARK))
    room(scene, mottled((0.15, 0.17, 0.16)), Material(planks(WALNUT, WALNUT_DARK), gloss=0.1), side=(0.17, 0.19, 0.18))
    for row, y in enumerate((0.35, 0.75, 1.15, 1.55, 1.95, 2.35)):
        shelf(scene, -2.6, 2.6, y, 0.3, board)
        for bay in range(4):
            x = -2.55 + bay * 1.3
            if (row, bay) in ((3, 0), (2, 3)):
                continue
            books(scene, x, x + 1.22, y, 0.27, seed=row * 7 + bay, fill=0.93)
    for x in (-2.62, -1.3, 0.0, 1.3, 2.6):
        scene.box((x - 0.018, 0.0, 0.0), (x + 0.018, 2.7, 0.31), board)
    lamp(scene, -1.95, 1.76, 0.16, 0.1, (34, 19, 8.5), stand=0.21)
    vase(scene, -1.55, 1.55, 0.16, 0.17, (0.5, 0.34, 0.2))
    plant(scene, 1.75, 1.15, 0.2, 0.36, seed=4, pot=(0.4, 0.3, 0.22))
    vase(scene, 2.2, 1.15, 0.16, 0.2, (0.2, 0.3, 0.36))
    scene.lights.append(Light((-1.6, 2.69, 1.2), (3.2, 0, 0), (0, 0, 1.6), (2.6, 1.8, 1.1)))
    return scene


def living_room() -> Scene:
    """Daylight from a tall window on the left, a plant, a picture, a low oak cabinet."""
    scene = Scene(ambient=(0.16, 0.165, 0.175), focus=1.7, lens=0.026, exposure=1.6)
    room(scene, mottled((0.77, 0.75, 0.71), 0.015), Material(planks(OAK, OAK_DARK), gloss=0.12, rough=0.18))
    view = outside((2.6, 2.75, 2.9), (0.42, 0.6, 0.28), 1.15)
    scene.box((-2.5, 0.25, 0.002), (-1.3, 2.4, 0.012), Material((0.1, 0.1, 0.1), glow=view))
    for x0, x1, y0, y1 in (
        (-2.58, -2.5, 0.17, 2.48), (-1.3, -1.22, 0.17, 2.48), (-2.58, -1.22, 2.4, 2.48), (-2.62, -1.18, 0.15, 0.25),
        (-1.925, -1.875, 0.25, 2.4), (-2.5, -1.3, 1.62, 1.66),
    ):  # fmt: skip
        scene.box((x0, y0, 0.0), (x1, y1, 0.09), Material((0.85, 0.85, 0.83)))
    scene.lights.append(Light((-2.45, 0.3, 0.1), (1.1, 0, 0), (0, 2.05, 0), _bright(DAY, 5.0)))
    scene.lights.append(Light((-2.85, 0.5, 2.6), (0, 0, -1.6), (0, 1.9, 0), _bright(DAY, 2.2)))
    oak = Material(wood(OAK, OAK_DARK), gloss=0.05)
    scene.box((0.55, 0.12, 0.03), (2.65, 0.68, 0.47), oak)
    for x in (1.23, 1.94):
        scene.box((x, 0.13, 0.468), (x + 0.008, 0.67, 0.474), Material((0.1, 0.06, 0.03)))
    art = abstract((0.75, 0.47, 0.3), (0.82, 0.76, 0.66), (0.2, 0.3, 0.34), 21)
    frame(scene, 1.0, 1.25, 0.78, 1.02, art)
    frame(scene, 1.92, 1.45, 0.5, 0.66, abstract((0.25, 0.3, 0.28), (0.8, 0.77, 0.7), (0.6, 0.4, 0.28), 8))
    plant(scene, -1.0, 0.0, 0.62, 1.5, seed=9, leaves=70)
    vase(scene, 0.85, 0.68, 0.25, 0.26, (0.7, 0.66, 0.6))
    books(scene, 1.9, 2.25, 0.68, 0.35, seed=3, colors=PALE_BOOKS, fill=1.0)
    lamp(scene, 2.45, 1.0, 0.25, 0.12, (5, 3.6, 2.2), stand=0.32)
    return scene


def window_light() -> Scene:
    """A plain wall on which the sun draws a window and some leaves."""
    scene = Scene(ambient=(0.16, 0.155, 0.16), focus=2.4, lens=0.03, exposure=1.5, soft=30, slant=0.13)
    scene.box((-9, -0.2, -0.2), (9, 7, 0.0), Material(mottled((0.80, 0.72, 0.62), 0.03, 2.2)))
    scene.lights.append(Light(SUN, (0.01, 0.024, -0.015), (0.03, 0, 0.024), _bright((1.0, 0.80, 0.54), 300000)))
    scene.lights.append(Light((4.5, 0.2, 3.5), (0, 2.2, 0), (0, 0, -3.0), _bright((0.8, 0.92, 1.1), 0.6)))
    for x0, y0, x1, y1 in ((-7, -4, 7, 0.6), (-7, 2.3, 7, 7), (-7, 0.5, -1.9, 2.4), (1.9, 0.5, 7, 2.4), (-2, 1.43, 2, 1.5)):
        _blind(scene, x0, y0, x1, y1)
    for x in (-0.95, 0.0, 0.95):
        _blind(scene, x - 0.04, 0.5, x + 0.04, 2.4)
    for x, y, size, seed in ((-1.55, 2.1, 0.9, 3), (1.6, 0.85, 0.8, 8)):
        _leaves(scene, _towards(x, y, 0.6), size, seed)
    return scene


def _towards(x: float, y: float, share: float) -> tuple[float, float, float]:
    """The point a share of the way from the back wall's (x, y) to the sun."""
    return (x + (SUN[0] - x) * share, y + (SUN[1] - y) * share, SUN[2] * share)


def _blind(scene: Scene, x0: float, y0: float, x1: float, y1: float) -> None:
    """Keeps the sun off a rectangle of the back wall; hangs behind the camera."""
    a, b = _towards(x0, y0, 0.75), _towards(x1, y1, 0.75)
    scene.box((a[0], a[1], a[2] - 0.005), (b[0], b[1], b[2] + 0.005), Material((0.02, 0.02, 0.02)))


def _leaves(scene: Scene, at: tuple[float, float, float], size: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    dark = Material((0.02, 0.02, 0.02))
    for _ in range(80):
        x, y, z = (float(v) for v in random.normal(0, 0.24, 3) * size)
        turn = random.uniform(0, 6.28)
        along = np.array([np.cos(turn), 0.7 * np.sin(turn) - 0.3, random.normal(0, 0.2)])
        long = random.uniform(0.05, 0.1) * size
        scene.leaf((at[0] + x, at[1] + y, at[2] + z), along, np.array([0.3, 0.3, 1.0]), (long, long * 0.35, 0.005), dark)


def white_shelves() -> Scene:
    """Floating boards with few good things, a bright morning."""
    scene = Scene(ambient=(0.26, 0.265, 0.28), focus=1.7, lens=0.022, exposure=1.35)
    room(scene, mottled((0.80, 0.80, 0.79), 0.012), Material((0.6, 0.58, 0.55)))
    board = Material(wood((0.72, 0.56, 0.4), (0.6, 0.44, 0.3)))
    for x0, x1, heights in ((-2.5, -0.95, (0.85, 1.4, 1.95)), (1.05, 2.6, (0.7, 1.25, 1.8))):
        for y in heights:
            shelf(scene, x0, x1, y, 0.27, board, 0.04)
    books(scene, -2.4, -1.75, 1.4, 0.24, 5, PALE_BOOKS, 1.0)
    books(scene, 1.75, 2.5, 1.25, 0.24, 6, PALE_BOOKS, 1.0)
    books(scene, -1.6, -1.0, 0.85, 0.24, 8, PALE_BOOKS, 0.95)
    books(scene, 1.15, 1.5, 0.7, 0.24, 12, PALE_BOOKS, 0.95)
    plant(scene, -1.25, 1.95, 0.15, 0.44, 2)
    plant(scene, 1.35, 1.25, 0.15, 0.36, 6, pot=(0.3, 0.32, 0.33))
    plant(scene, 2.2, 1.8, 0.15, 0.5, 16, pot=(0.55, 0.36, 0.26))
    vase(scene, -2.2, 1.95, 0.14, 0.24, (0.82, 0.8, 0.76))
    vase(scene, -1.9, 1.95, 0.16, 0.15, (0.62, 0.4, 0.3))
    vase(scene, -1.35, 1.4, 0.14, 0.22, (0.25, 0.3, 0.32))
    vase(scene, 2.1, 0.7, 0.14, 0.27, (0.78, 0.7, 0.6))
    art = abstract((0.3, 0.38, 0.38), (0.8, 0.77, 0.7), (0.72, 0.5, 0.36), 17)
    frame(scene, 1.2, 1.8, 0.4, 0.5, art, z=0.02)
    frame(scene, -2.3, 0.85, 0.36, 0.44, abstract((0.7, 0.6, 0.45), (0.84, 0.8, 0.74), (0.4, 0.36, 0.33), 5), z=0.02)
    scene.lights.append(Light((-2.85, 0.6, 3.6), (0, 0, -2.4), (0, 1.9, 0), _bright(DAY, 4.2)))
    scene.lights.append(Light((-1.2, 2.68, 3.4), (2.4, 0, 0), (0, 0, 1.0), _bright((1.0, 0.95, 0.88), 1.2)))
    return scene


def loft() -> Scene:
    """Old bricks, a steel shelf, bare bulbs."""
    scene = Scene(ambient=(0.05, 0.048, 0.05), focus=1.5, lens=0.03, exposure=1.25)
    wall = bricks((0.44, 0.2, 0.13), (0.42, 0.38, 0.34))
    room(scene, wall, Material(planks(WALNUT, WALNUT_DARK), gloss=0.12, rough=0.2), side=(0.32, 0.3, 0.28), half=3.1)
    steel = Material((0.06, 0.06, 0.065), gloss=0.06, rough=0.3)
    board = Material(wood(OAK, OAK_DARK))
    for y in (0.45, 1.0, 1.55, 2.1):
        shelf(scene, 1.15, 2.85, y, 0.36, board, 0.05)
    for x in (1.15, 2.0, 2.85):
        scene.box((x - 0.015, 0, 0.33), (x + 0.015, 2.3, 0.36), steel)
    books(scene, 1.2, 1.75, 1.0, 0.31, 31)
    books(scene, 2.2, 2.8, 1.55, 0.31, 33)
    books(scene, 1.25, 1.95, 0.45, 0.31, 36)
    plant(scene, 2.5, 1.0, 0.2, 0.42, 12)
    plant(scene, 1.5, 1.55, 0.2, 0.46, 15, pot=(0.2, 0.2, 0.21))
    vase(scene, 2.45, 2.1, 0.18, 0.26, (0.5, 0.42, 0.34))
    plant(scene, -2.35, 0.0, 0.55, 1.75, seed=22, pot=(0.16, 0.16, 0.17), leaves=80)
    for x, y in ((-1.7, 1.9), (-1.05, 2.16), (0.6, 2.05)):
        scene.box((x - 0.006, y, 0.69), (x + 0.006, 2.7, 0.7), steel)
        lamp(scene, x, y, 0.695, 0.06, (46, 27, 12), faces=2)
    scene.lights.append(Light((-3.05, 0.9, 3.4), (0, 0, -2.0), (0, 1.5, 0), _bright((0.75, 0.9, 1.15), 4.2)))
    scene.lights.append(Light((-1.5, 2.69, 2.4), (3.0, 0, 0), (0, 0, 1.4), _bright((1.0, 0.86, 0.7), 1.6)))
    return scene


def office() -> Scene:
    """A meeting room with a wall of acoustic slats and an even, cool light."""
    scene = Scene(ambient=(0.1, 0.104, 0.112), focus=1.6, lens=0.028, exposure=1.6, soft=14)
    room(
        scene,
        mottled((0.5, 0.52, 0.55), 0.01),
        Material((0.2, 0.21, 0.23), gloss=0.16, rough=0.12),
        side=(0.62, 0.64, 0.66),
        half=3.0,
    )
    slat = Material(wood((0.46, 0.33, 0.22), (0.34, 0.23, 0.14), along=1))
    scene.box((-3.0, 0.0, 0.0), (-0.55, 2.7, 0.02), Material((0.03, 0.03, 0.035)))
    for number in range(30):
        x = -2.98 + number * 0.082
        scene.box((x, 0.0, 0.0), (x + 0.05, 2.7, 0.055), slat)
    glow = lambda p: 3.4 + 0 * p  # noqa: E731
    for x in (-1.9, 0.0, 1.9):
        scene.box((x - 0.14, 2.66, 0.6), (x + 0.14, 2.69, 4.0), Material((0.8, 0.8, 0.8), glow=glow))
        scene.lights.append(Light((x - 0.14, 2.65, 0.6), (0.28, 0, 0), (0, 0, 2.8), _bright((1.0, 0.98, 0.94), 5.0)))
    view = outside((1.0, 1.22, 1.5), (0.22, 0.27, 0.32), 1.25, 4)
    scene.box(
        (1.2, 0.9, 0.002),
        (2.7, 2.3, 0.01),
        Material((0.1, 0.1, 0.1), glow=lambda p: view(p) * (1 + 0.1 * noise(p, (3, 9, 1), 3))[:, None]),
    )
    for x in (1.16, 1.93, 2.7):
        scene.box((x, 0.86, 0.0), (x + 0.05, 2.34, 0.05), Material((0.05, 0.05, 0.055)))
    for y in (0.85, 2.3):
        scene.box((1.16, y, 0.0), (2.75, y + 0.05, 0.06), Material((0.05, 0.05, 0.055)))
    scene.lights.append(Light((1.25, 0.95, 0.07), (1.4, 0, 0), (0, 1.3, 0), _bright((0.8, 0.95, 1.2), 2.2)))
    plant(scene, -0.2, 0.0, 0.5, 1.2, seed=41, pot=(0.85, 0.85, 0.85), leaves=60)
    plant(scene, 2.72, 0.0, 0.7, 1.1, seed=43, pot=(0.14, 0.14, 0.15), leaves=50)
    return scene
