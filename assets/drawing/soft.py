"""Pictures without a room: lights out of focus, and light that fades over a plain surface. Display RGB in [0, 1]."""

from __future__ import annotations

import cv2
import numpy as np

from .finish import HEIGHT, WIDTH, disc, tone, vignette

RGB = tuple[float, float, float]


def fade(top: RGB, bottom: RGB, curve: float = 1.0) -> np.ndarray:
    """Linear light from one colour down to another, [1080, 1920, 3]."""
    t = (np.linspace(0, 1, HEIGHT, dtype=np.float32) ** curve)[:, None, None]
    return np.float32(top) * (1 - t) + np.float32(bottom) * t + np.zeros((HEIGHT, WIDTH, 3), np.float32)


def glow(picture: np.ndarray, x: float, y: float, radius: float, color: RGB, power: float = 2.0) -> None:
    """Add a soft light at (x, y), in shares of the width and height, in place."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    distance = np.hypot(columns / WIDTH - x, (rows / HEIGHT - y) * HEIGHT / WIDTH) / radius
    picture += np.float32(color) / (1 + distance**2)[..., None] ** power


def spots(
    picture: np.ndarray,
    random: np.random.Generator,
    count: int,
    radius: tuple[int, int],
    place: tuple[float, ...],
    colors: list[RGB],
    strength: tuple[float, float],
    rim: float = 0.35,
) -> None:
    """Add lights as a wide open lens draws them: discs a little brighter at the rim. `place`: x0, x1, y0, y1 shares."""
    x0, x1, y0, y1 = place
    for _ in range(count):
        size = int(random.integers(*radius))
        kernel = disc(size)
        flat = kernel / kernel.max()
        inner = np.zeros_like(flat)
        inner[3:-3, 3:-3] = disc(size - 3) / disc(size - 3).max()
        drawn = flat * (1 - rim) + (flat - inner).clip(0) * rim * 2.2
        drawn = cv2.GaussianBlur(drawn, (0, 0), max(1.0, size * 0.035))
        cx, cy = int(random.uniform(x0, x1) * WIDTH), int(random.uniform(y0, y1) * HEIGHT)
        top, left = cy - size, cx - size
        a, b = max(0, top), min(HEIGHT, top + drawn.shape[0])
        c, d = max(0, left), min(WIDTH, left + drawn.shape[1])
        if a >= b or c >= d:
            continue
        color = np.float32(colors[random.integers(len(colors))]) * random.uniform(*strength)
        picture[a:b, c:d] += drawn[a - top : b - top, c - left : d - left, None] * color


def waves(random: np.random.Generator, scale: float, stretch: float = 1.0, octaves: int = 4) -> np.ndarray:
    """Smooth noise in about [−1, 1], [1080, 1920]."""
    total = np.zeros((HEIGHT, WIDTH), np.float32)
    for octave in range(octaves):
        rows = max(3, int(HEIGHT / scale * 2**octave))
        columns = max(3, int(WIDTH / scale / stretch * 2**octave))
        grid = random.standard_normal((rows, columns)).astype(np.float32)
        total += cv2.resize(grid, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC) / 1.9**octave
    return total / 2


def city_night() -> np.ndarray:
    """A city below a window at night, far out of focus."""
    random = np.random.default_rng(5)
    picture = fade((0.003, 0.006, 0.016), (0.010, 0.008, 0.013), 1.5)
    glow(picture, 0.5, 0.68, 0.5, (0.022, 0.012, 0.010), 1.6)
    warm: list[RGB] = [(1.0, 0.62, 0.26), (1.0, 0.75, 0.42), (1.0, 0.45, 0.2), (0.95, 0.86, 0.7)]
    cool: list[RGB] = [(0.35, 0.6, 1.0), (0.5, 0.85, 0.9), (1.0, 0.2, 0.22), (0.9, 0.95, 1.0)]
    spots(picture, random, 90, (12, 26), (0, 1, 0.42, 0.66), warm + cool[:1], (0.05, 0.24))
    spots(picture, random, 60, (26, 46), (0, 1, 0.5, 0.85), warm + cool, (0.05, 0.26))
    spots(picture, random, 26, (48, 84), (0, 1, 0.58, 1.02), warm + cool, (0.04, 0.2))
    return vignette(tone(picture, 1.8), 0.3)


def garden() -> np.ndarray:
    """Leaves and sun behind glass, far out of focus."""
    random = np.random.default_rng(12)
    picture = fade((0.085, 0.125, 0.035), (0.010, 0.026, 0.010), 0.8)
    lumps = waves(random, 420)[..., None]
    picture *= 1 + 0.55 * np.clip(lumps, -1, 1)
    glow(picture, 0.72, 0.06, 0.26, (0.7, 0.6, 0.24), 1.5)
    glow(picture, 0.12, 0.2, 0.22, (0.06, 0.11, 0.02), 1.6)
    greens: list[RGB] = [(0.5, 0.75, 0.18), (0.75, 0.85, 0.3), (0.25, 0.5, 0.14), (1.0, 0.93, 0.6)]
    spots(picture, random, 70, (30, 70), (0, 1, 0, 0.75), greens, (0.02, 0.13), 0.25)
    spots(picture, random, 34, (70, 130), (0.05, 1, -0.05, 0.7), greens, (0.02, 0.1), 0.25)
    spots(picture, random, 26, (26, 60), (0.5, 0.95, 0, 0.45), [(1.0, 0.95, 0.65)], (0.06, 0.3), 0.3)
    return vignette(tone(cv2.GaussianBlur(picture, (0, 0), 3), 1.7), 0.25)


def warm_lights() -> np.ndarray:
    """Strings of lamps across a dark warm room."""
    random = np.random.default_rng(31)
    picture = fade((0.05, 0.028, 0.017), (0.018, 0.011, 0.010), 0.9)
    picture *= 1 + 0.3 * waves(random, 700)[..., None]
    glow(picture, 0.22, 0.25, 0.3, (0.16, 0.085, 0.03), 1.5)
    glow(picture, 0.85, 0.35, 0.28, (0.13, 0.06, 0.022), 1.5)
    amber: list[RGB] = [(1.0, 0.66, 0.28), (1.0, 0.56, 0.2), (1.0, 0.78, 0.45)]
    for line in range(4):
        start, sag = 0.06 + 0.13 * line, random.uniform(0.08, 0.2)
        for number in range(15):
            x = number / 14 + random.normal(0, 0.008)
            y = start + sag * 4 * x * (1 - x) * (1 if line % 2 else 0.6)
            spots(picture, random, 1, (24 + line * 5, 34 + line * 7), (x, x + 1e-6, y, y + 1e-6), amber, (0.3, 0.75))
    spots(picture, random, 24, (60, 120), (0, 1, 0.1, 0.9), amber, (0.01, 0.05))
    return vignette(tone(picture, 1.45), 0.3)


def studio_grey() -> np.ndarray:
    """A photographer's paper with one light on it."""
    random = np.random.default_rng(2)
    picture = fade((0.075, 0.083, 0.095), (0.045, 0.048, 0.055))
    glow(picture, 0.5, 0.42, 0.42, (0.30, 0.325, 0.35), 1.7)
    picture *= 1 + 0.05 * waves(random, 260, octaves=5)[..., None]
    return vignette(tone(picture, 1.25), 0.25)


def dusk() -> np.ndarray:
    """The sky a while after sunset."""
    random = np.random.default_rng(8)
    t = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None] + 0.03 * waves(random, 800, 2.5, 3)
    stops = np.float32([0, 0.35, 0.6, 0.8, 1.0])
    colors = np.float32(
        [(0.035, 0.06, 0.16), (0.14, 0.15, 0.33), (0.48, 0.27, 0.36), (0.85, 0.45, 0.30), (0.95, 0.68, 0.42)]
    )
    picture = np.stack([np.interp(t, stops, colors[:, band]) for band in range(3)], axis=-1).astype(np.float32)
    streaks = np.clip(waves(random, 300, 7, 4) - 0.25, 0, 1)[..., None] * np.exp(-(((t - 0.66) / 0.2) ** 2))[..., None]
    picture += streaks * np.float32((0.5, 0.22, 0.2))
    return vignette(tone(picture, 0.95), 0.15)


def aurora() -> np.ndarray:
    """Soft fields of blue, teal and violet."""
    random = np.random.default_rng(19)
    bend = waves(random, 900, 1, 2)
    picture = fade((0.015, 0.03, 0.075), (0.02, 0.022, 0.06))
    for x, y, radius, color in (
        (0.15, 0.2, 0.3, (0.02, 0.10, 0.17)), (0.82, 0.12, 0.28, (0.065, 0.04, 0.19)),
        (0.55, 0.95, 0.34, (0.015, 0.11, 0.13)),
        (0.98, 0.8, 0.26, (0.13, 0.035, 0.12)), (0.02, 0.9, 0.24, (0.015, 0.035, 0.15)),
    ):  # fmt: skip
        glow(picture, x, y, radius, color, 1.8)
    picture *= 1 + 0.22 * bend[..., None]
    return vignette(tone(cv2.GaussianBlur(picture, (0, 0), 40), 1.5), 0.18)


def linen() -> np.ndarray:
    """A curtain in daylight: deep folds, light from the left."""
    random = np.random.default_rng(27)
    x = np.linspace(0, 1, WIDTH, dtype=np.float32)[None]
    y = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None]
    sway = x + 0.012 * np.sin(2.2 * y + 9 * x) + 0.003 * waves(random, 700, 0.5, 2)
    depth = np.zeros((HEIGHT, WIDTH), np.float32)
    for number, strength in enumerate((1.0, 0.8, 0.5, 0.16)):
        depth += strength * np.sin(14 * 1.62**number * sway * 6.28 / 2 + random.uniform(0, 6.28))
    slope = np.gradient(cv2.GaussianBlur(depth, (0, 0), 9), axis=1)
    light = 0.62 + 0.2 * np.tanh(slope / np.percentile(np.abs(slope), 80)) + 0.07 * depth
    falloff = 1.5 - 0.8 * x - 0.2 * y
    picture = (np.clip(light, 0.05, 1.2) * falloff)[..., None] * np.float32((0.72, 0.67, 0.60))
    return vignette(tone(cv2.GaussianBlur(picture, (0, 0), 2.5), 0.85), 0.2)


def canvas() -> np.ndarray:
    """A portrait studio's hand-painted cloth: warm grey clouds of colour, one soft light."""
    random = np.random.default_rng(44)
    clouds = 0.55 * waves(random, 520, 1.2, 3) + 0.3 * waves(random, 190, 1, 3) + 0.09 * waves(random, 26, 1, 3)
    picture = fade((0.060, 0.052, 0.042), (0.040, 0.033, 0.027))
    glow(picture, 0.46, 0.4, 0.42, (0.20, 0.17, 0.135), 1.6)
    picture *= (1 + 0.5 * np.clip(clouds, -1, 1))[..., None]
    picture *= 1 + 0.07 * np.clip(clouds, -1, 1)[..., None] * np.float32((1.0, 0.2, -0.9))
    return vignette(tone(cv2.GaussianBlur(picture, (0, 0), 4), 1.3), 0.32)


def coast() -> np.ndarray:
    """The sea behind a terrace door, far out of focus: sky, water with sun on it, a strip of sand."""
    random = np.random.default_rng(61)
    y = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None]
    stops = np.float32([0, 0.30, 0.455, 0.465, 0.62, 0.76, 0.80, 1.0])
    colors = np.float32(
        [
            (0.20, 0.40, 0.66), (0.47, 0.62, 0.76), (0.86, 0.84, 0.76), (0.22, 0.40, 0.46),
            (0.10, 0.29, 0.38), (0.17, 0.40, 0.42), (0.62, 0.55, 0.42), (0.46, 0.39, 0.29),
        ]
    )  # fmt: skip
    level = np.broadcast_to(y, (HEIGHT, WIDTH)) + 0.004 * waves(random, 500, 4, 2)
    picture = np.stack([np.interp(level, stops, colors[:, band]) for band in range(3)], axis=-1).astype(np.float32)
    clouds = np.clip(waves(random, 340, 3.2, 4) - 0.15, 0, 1) * np.clip(1 - y / 0.45, 0, 1) * 0.75
    picture += clouds[..., None] * (np.float32((0.95, 0.92, 0.88)) - picture)
    glow(picture, 0.7, 0.44, 0.17, (0.55, 0.42, 0.24), 1.8)
    picture = cv2.GaussianBlur(picture, (0, 0), 14)
    across, down = random.normal(0.7, 0.085, 150), random.beta(1.1, 2.2, 150)
    for x, depth in zip(across, down, strict=True):
        size = int(4 + 22 * depth)
        place = (float(x), float(x) + 1e-6, 0.475 + 0.27 * float(depth), 0.476 + 0.27 * float(depth))
        spots(picture, random, 1, (size, size + 6), place, [(1.0, 0.9, 0.7)], (0.06, 0.42), 0.3)
    return vignette(tone(picture, 1.05), 0.18)
