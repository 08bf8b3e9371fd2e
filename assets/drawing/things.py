"""What rooms are furnished with: surfaces, shelves of books, plants, lamps, windows, pictures on the wall."""

from __future__ import annotations

import numpy as np

from .scene import Light, Material, Scene, Shade

RGB = tuple[float, float, float]

BOOKS: tuple[RGB, ...] = (
    (0.42, 0.10, 0.08), (0.10, 0.18, 0.30), (0.62, 0.52, 0.36), (0.13, 0.26, 0.20), (0.70, 0.66, 0.58), (0.30, 0.14, 0.20),
    (0.55, 0.33, 0.12), (0.20, 0.22, 0.26), (0.76, 0.72, 0.66), (0.22, 0.33, 0.42), (0.50, 0.20, 0.12), (0.36, 0.37, 0.30),
)  # fmt: skip
PALE_BOOKS: tuple[RGB, ...] = (
    (0.80, 0.77, 0.72), (0.62, 0.66, 0.66), (0.74, 0.60, 0.50), (0.45, 0.52, 0.55), (0.86, 0.84, 0.80), (0.58, 0.50, 0.44),
)  # fmt: skip


def noise(points: np.ndarray, scale: tuple[float, float, float], seed: int) -> np.ndarray:
    """Smooth wandering values around 0, points N×3 → N: a sum of waves, shorter and weaker."""
    random = np.random.default_rng(seed)
    total = np.zeros(len(points), np.float32)
    place = points * np.float32(scale)
    for octave in range(5):
        for _ in range(3):
            wave = random.standard_normal(3).astype(np.float32) * 1.7**octave
            total += np.sin(place @ wave + np.float32(random.uniform(0, 6.28))) / (3 * 1.5**octave)
    return total


def mottled(color: RGB, amount: float = 0.06, scale: float = 1.5, seed: int = 1) -> Shade:
    """Plaster or cloth: the colour, uneven."""
    return lambda p: np.clip(np.float32(color) * (1 + amount * noise(p, (scale,) * 3, seed))[:, None], 0, 0.95)


def wood(light: RGB, dark: RGB, along: int = 0, seed: int = 3) -> Shade:
    """Grain that runs along one axis."""
    stretch = [16.0, 16.0, 16.0]
    stretch[along] = 0.8

    def shade(p: np.ndarray) -> np.ndarray:
        grain = 0.5 + 0.5 * np.sin(3 * noise(p, (stretch[0], stretch[1], stretch[2]), seed))
        return np.float32(dark) + (np.float32(light) - np.float32(dark)) * grain[:, None]

    return shade


def planks(light: RGB, dark: RGB, width: float = 0.14) -> Shade:
    """A floor of boards that run towards the camera, each of its own tint."""
    grain = wood(light, dark, along=2, seed=5)

    def shade(p: np.ndarray) -> np.ndarray:
        board = np.floor(p[:, 0] / width)
        tint = 0.82 + 0.3 * np.mod(np.sin(board * 127.1) * 43758.5, 1)
        gap = np.mod(p[:, 0] / width, 1) < 0.03
        return grain(p) * np.where(gap, 0.4, tint)[:, None].astype(np.float32)

    return shade


def bricks(color: RGB, mortar: RGB, size: tuple[float, float] = (0.23, 0.075)) -> Shade:
    """A brick wall facing +z."""

    def shade(p: np.ndarray) -> np.ndarray:
        row = np.floor(p[:, 1] / size[1])
        along = p[:, 0] / size[0] + 0.5 * np.mod(row, 2)
        joint = (np.mod(along, 1) < 0.055) | (np.mod(p[:, 1] / size[1], 1) < 0.15)
        tint = 0.6 + 0.7 * np.mod(np.sin(row * 12.99 + np.floor(along) * 78.23) * 43758.5, 1)
        worn = 1 + 0.22 * noise(p, (9.0, 9.0, 9.0), 11)
        return np.where(joint[:, None], np.float32(mortar), np.float32(color) * (tint * worn)[:, None].astype(np.float32))

    return shade


def outside(sky: RGB, ground: RGB, horizon: float, seed: int = 2) -> Shade:
    """What a window shows, out of focus: bright sky above trees."""

    def shade(p: np.ndarray) -> np.ndarray:
        level = (p[:, 1] - horizon + 0.28 * noise(p, (2.2, 2.2, 2.2), seed)) * 2.2
        mix = (1 / (1 + np.exp(-3 * level)))[:, None].astype(np.float32)
        leaves = np.float32(ground) * (1 + 0.5 * noise(p, (6.0, 6.0, 6.0), seed + 1))[:, None]
        return np.maximum(leaves + (np.float32(sky) - leaves) * mix, 0)

    return shade


def room(
    scene: Scene, wall: Shade | RGB, floor: Material, side: RGB = (0.75, 0.74, 0.72), half: float = 2.9, tall: float = 2.7
) -> None:
    """Back wall at z = 0, side walls at ±half, a floor and a ceiling; open behind the camera."""
    scene.box((-half - 0.2, -0.2, -0.2), (half + 0.2, tall + 0.2, 0.0), Material(wall))
    scene.box((-half - 0.2, -0.2, 0.0), (half + 0.2, 0.0, 6.0), floor)
    scene.box((-half - 0.2, tall, 0.0), (half + 0.2, tall + 0.2, 6.0), Material((0.82, 0.81, 0.79)))
    for x in (-half - 0.2, half):
        scene.box((x, 0.0, 0.0), (x + 0.2, tall, 6.0), Material(side))


def books(
    scene: Scene, x0: float, x1: float, y: float, z: float, seed: int, colors: tuple[RGB, ...] = BOOKS, fill: float = 0.8
) -> None:
    """Books standing on a board at height `y` with their backs at depth `z`; gaps and lying piles between."""
    random = np.random.default_rng(seed)
    x = x0
    while x < x1 - 0.05:
        if random.random() > fill:
            x += random.uniform(0.06, 0.16)
            continue
        if random.random() < 0.12 and x < x1 - 0.3:
            top = y
            for _ in range(random.integers(2, 5)):
                thick, wide = random.uniform(0.02, 0.045), random.uniform(0.18, 0.25)
                scene.box((x, top, z - 0.17), (x + wide, top + thick, z - random.uniform(0, 0.03)), _book(colors, random))
                top += thick
            x += 0.27
            continue
        thick, tall = random.uniform(0.018, 0.05), random.uniform(0.19, 0.29)
        scene.box((x, y, z - 0.18), (x + thick, y + tall, z - random.uniform(0, 0.035)), _book(colors, random))
        x += thick + 0.002


def _book(colors: tuple[RGB, ...], random: np.random.Generator) -> Material:
    color = np.float32(colors[random.integers(len(colors))]) * random.uniform(0.8, 1.15)
    return Material((float(color[0]), float(color[1]), float(color[2])))


def plant(
    scene: Scene, x: float, y: float, z: float, tall: float, seed: int, pot: RGB = (0.72, 0.68, 0.62), leaves: int = 48
) -> None:
    """A pot with a bush of long leaves."""
    random = np.random.default_rng(seed)
    pot_tall = tall * 0.24
    scene.ball((x, y + pot_tall * 0.5, z), (pot_tall * 0.5, pot_tall * 0.56, pot_tall * 0.5), Material(pot))
    for _ in range(leaves):
        up = float(random.beta(1.6, 1.5)) * tall * 0.62 + pot_tall * 0.9
        turn, lift = random.uniform(0, 6.28), random.uniform(-0.5, 0.9)
        along = np.array([np.cos(turn), lift, np.sin(turn) * 0.8])
        long = tall * random.uniform(0.1, 0.19)
        reach = long * random.uniform(0.6, 1.5)
        stem = np.array([x, y + up, z]) + along * np.float64([reach, reach * 0.6, reach])
        green = np.float32((0.075, 0.13, 0.05)) * random.uniform(0.5, 2.0)
        leaf = Material((float(green[0]), float(green[1]), float(green[2])), gloss=0.05, rough=0.3)
        tilt = np.array([random.normal(0, 0.35), 1.0, random.normal(0, 0.35)])
        scene.leaf(
            (float(stem[0]), float(stem[1]), max(0.03, float(stem[2]))), along, tilt, (long, long * 0.3, long * 0.15), leaf
        )


def frame(
    scene: Scene, x: float, y: float, wide: float, tall: float, art: Shade, edge: RGB = (0.08, 0.07, 0.06), z: float = 0.0
) -> None:
    """A picture on the back wall, its lower left corner at (x, y)."""
    scene.box((x, y, z), (x + wide, y + tall, z + 0.025), Material(edge))
    scene.box((x + 0.02, y + 0.02, z), (x + wide - 0.02, y + tall - 0.02, z + 0.028), Material((0.86, 0.85, 0.82)))
    scene.box((x + 0.07, y + 0.07, z), (x + wide - 0.07, y + tall - 0.07, z + 0.031), Material(art))


def abstract(first: RGB, second: RGB, third: RGB, seed: int) -> Shade:
    """Painted fields of three colours."""

    def shade(p: np.ndarray) -> np.ndarray:
        value = noise(p, (2.6, 2.6, 0.0), seed)[:, None]
        picture = np.where(value > 0.45, np.float32(first), np.where(value > -0.25, np.float32(second), np.float32(third)))
        return picture.astype(np.float32)

    return shade


def lamp(scene: Scene, x: float, y: float, z: float, size: float, radiance: RGB, stand: float = 0.0, faces: int = 4) -> None:
    """A globe that glows and lights its surroundings downward, upward and forward; on a stand when it has a height."""
    glow = np.float32(radiance) * 0.5
    scene.ball(
        (x, y, z), (size, size * 0.9, size), Material((0.8, 0.75, 0.65), glow=lambda p: np.broadcast_to(glow, p.shape))
    )
    if stand:
        scene.box((x - 0.012, y - stand, z - 0.012), (x + 0.012, y - size, z + 0.012), Material((0.06, 0.06, 0.06)))
        scene.box((x - 0.1, y - stand, z - 0.1), (x + 0.1, y - stand + 0.025, z + 0.1), Material((0.06, 0.06, 0.06)))
    reach, s = size * 1.02, size * 0.8
    around = (
        Light((x - s, y - reach, z - s), (2 * s, 0, 0), (0, 0, 2 * s), radiance),
        Light((x + s, y - s, z - reach), (-2 * s, 0, 0), (0, 2 * s, 0), radiance),
        Light((x - s, y + reach, z - s), (0, 0, 2 * s), (2 * s, 0, 0), radiance),
        Light((x - s, y - s, z + reach), (2 * s, 0, 0), (0, 2 * s, 0), radiance),
    )
    scene.lights.extend(around[:faces])


def shelf(scene: Scene, x0: float, x1: float, y: float, deep: float, board: Material, thick: float = 0.035) -> None:
    """One board on the back wall, its upper side at height `y`."""
    scene.box((x0, y - thick, 0.0), (x1, y, deep), board)


def vase(scene: Scene, x: float, y: float, z: float, size: float, color: RGB) -> None:
    scene.ball((x, y + size * 0.55, z), (size * 0.42, size * 0.55, size * 0.42), Material(color, gloss=0.12, rough=0.15))
    scene.ball((x, y + size * 1.12, z), (size * 0.16, size * 0.3, size * 0.16), Material(color, gloss=0.12, rough=0.15))
