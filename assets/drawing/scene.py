"""What a drawn room consists of: materials, boxes and ellipsoids, lights, and the camera that looks at them.

Lengths are metres; y points up and the camera looks towards −z.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

Point = tuple[float, float, float]
Shade = Callable[[np.ndarray], np.ndarray]
"""Points N×3 → albedo N×3."""


@dataclass(frozen=True)
class Material:
    """`color` is an albedo or a function of the point, `gloss` the share of light mirrored, `rough` its spread."""

    color: tuple[float, float, float] | Shade
    gloss: float = 0.0
    rough: float = 0.1
    glow: Shade | None = None

    def albedo(self, points: np.ndarray) -> np.ndarray:
        if callable(self.color):
            return self.color(points)
        return np.broadcast_to(np.float32(self.color), points.shape)


@dataclass(frozen=True)
class Light:
    """A parallelogram that shines along `u × v`. `radiance` is RGB."""

    corner: tuple[float, float, float]
    u: tuple[float, float, float]
    v: tuple[float, float, float]
    radiance: tuple[float, float, float]


@dataclass
class Scene:
    boxes: list[tuple[np.ndarray, np.ndarray, Material]] = field(default_factory=list)
    balls: list[tuple[np.ndarray, np.ndarray, Material]] = field(default_factory=list)  # centre, 3×3 onto the unit ball
    lights: list[Light] = field(default_factory=list)
    ambient: tuple[float, float, float] = (0.02, 0.02, 0.02)
    eye: tuple[float, float, float] = (0.0, 1.3, 3.6)
    target: tuple[float, float, float] = (0.0, 1.3, 0.0)
    height: float = 0.8  # of the picture plane at distance 1
    focus: float = 2.0
    lens: float = 0.02  # radius: the further behind the focus, the softer
    exposure: float = 1.0
    soft: int = 9  # radius of the last blur, in pixels of the finished picture
    slant: float = 0.0  # how far the finished picture falls from left to right, as low sun does
    groups: list[tuple[np.ndarray, np.ndarray, list[int]]] | None = None  # made by the first ray

    def box(self, low: Point, high: Point, material: Material) -> None:
        self.boxes.append((np.float32(low), np.float32(high), material))

    def ball(self, centre: Point, radii: Point, material: Material) -> None:
        """An ellipsoid along the axes."""
        self.balls.append((np.float32(centre), np.diag(1 / np.float32(radii)), material))

    def leaf(self, centre: Point, along: np.ndarray, up: np.ndarray, radii: Point, material: Material) -> None:
        """An ellipsoid whose first radius lies in the direction `along` and whose third is nearest to `up`."""
        first = along / np.linalg.norm(along)
        second = np.cross(up, first)
        second = second / max(1e-6, float(np.linalg.norm(second)))
        turn = np.float32([first, second, np.cross(first, second)])
        self.balls.append((np.float32(centre), np.float32(turn / np.float32(radii)[:, None]), material))
