"""What drawn things are made of: outlines filled at a place in a frame, and colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np

Color: TypeAlias = tuple[float, float, float]

_SHIFT = 4  # OpenCV draws at sixteenths of a pixel
_ONE = 1 << _SHIFT


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thing stands in a frame: the middle of its breadth, its upper end, and its extent, in pixels."""

    x: float
    top: float
    width: float
    height: float

    @property
    def middle(self) -> np.ndarray:
        return np.array([self.x, self.top + self.height / 2])

    @property
    def foot(self) -> float:
        return self.top + self.height


def polygon(colors: np.ndarray, shape: np.ndarray, corners: np.ndarray, color: Color) -> None:
    points = [np.round(corners * _ONE).astype(np.int32)]
    cv2.fillPoly(colors, points, color, cv2.LINE_AA, _SHIFT)
    cv2.fillPoly(shape, points, 255, cv2.LINE_AA, _SHIFT)


def disc(colors: np.ndarray, shape: np.ndarray, at: np.ndarray, radius: float, color: Color) -> None:
    cv2.circle(colors, pixel(at), max(1, round(radius)), color, -1, cv2.LINE_AA)
    cv2.circle(shape, pixel(at), max(1, round(radius)), 255, -1, cv2.LINE_AA)


def tapered(place: Place, begin: float, end: float, above: float, below: float) -> np.ndarray:
    """A trapezium between two shares of the height, so many widths wide above and below its middle line."""
    top, bottom = place.top + np.array([begin, end]) * place.height
    return np.array(
        [
            [place.x - above * place.width, top],
            [place.x + above * place.width, top],
            [place.x + below * place.width, bottom],
            [place.x - below * place.width, bottom],
        ]
    )


def box(first: np.ndarray | tuple[float, float], last: np.ndarray | tuple[float, float]) -> np.ndarray:
    return np.array([[first[0], first[1]], [last[0], first[1]], [last[0], last[1]], [first[0], last[1]]])


def rounded(first: tuple[float, float], last: tuple[float, float]) -> np.ndarray:
    """A box with round corners, as a superellipse."""
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    unit = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    unit = np.sign(unit) * np.abs(unit) ** 0.4
    first_corner, last_corner = np.array(first), np.array(last)
    outline: np.ndarray = (first_corner + last_corner) / 2 + unit * (last_corner - first_corner) / 2
    return outline


def pixel(at: np.ndarray) -> tuple[int, int]:
    return round(float(at[0])), round(float(at[1]))


def bright(rng: np.random.Generator) -> Color:
    return _of_hue(rng.uniform(0, 180), rng.uniform(60, 255), rng.uniform(90, 255))


def leaf(rng: np.random.Generator) -> Color:
    return _of_hue(rng.uniform(25, 85), rng.uniform(60, 220), rng.uniform(40, 200))


def grey(rng: np.random.Generator) -> Color:
    return _of_hue(rng.uniform(0, 180), rng.uniform(0, 50), rng.uniform(20, 240))


def _of_hue(hue: float, saturation: float, value: float) -> Color:
    blue, green, red = cv2.cvtColor(np.array([[[hue, saturation, value]]], np.uint8), cv2.COLOR_HSV2BGR)[0, 0]
    return float(blue), float(green), float(red)


def shaded(color: Color, rng: np.random.Generator) -> Color:
    light = rng.uniform(0.6, 1.35)
    blue, green, red = (min(255.0, part * light) for part in color)
    return blue, green, red
