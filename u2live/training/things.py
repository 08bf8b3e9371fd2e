"""Drawn things that stand about in rooms and stand out: flowers, plants, wheels, lamps, chairs. None of them is a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import cv2
import numpy as np

Color: TypeAlias = tuple[float, float, float]
Draw: TypeAlias = Callable[[np.ndarray, np.ndarray, "_Place", np.random.Generator], None]

MOST = 3
_SHIFT = 4  # OpenCV draws at sixteenths of a pixel
_ONE = 1 << _SHIFT


class _Place:
    """Where a thing stands in a frame of `size`: its middle, its foot, and its extent, in pixels."""

    def __init__(self, size: int, rng: np.random.Generator) -> None:
        self.height = size * float(np.exp(rng.uniform(np.log(0.15), np.log(0.75))))
        self.width = self.height * float(rng.uniform(0.3, 1.0))
        self.x = size * float(rng.uniform(-0.05, 1.05))
        self.top = float(rng.uniform(-0.1, 1.0)) * size - 0.3 * self.height
        self.middle = np.array([self.x, self.top + self.height / 2])
        self.foot = self.top + self.height


def with_things(canvas: np.ndarray, texture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """`canvas` with some things in it; `texture`, another picture of the same size, covers some. Both [S, S, 3] uint8."""
    for _ in range(int(rng.integers(1, MOST + 1))):
        canvas = _with_one(canvas, texture, rng)
    return canvas


def _with_one(canvas: np.ndarray, texture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    colors, shape = canvas.copy(), np.zeros(canvas.shape[:2], np.uint8)
    _KINDS[int(rng.integers(len(_KINDS)))](colors, shape, _Place(canvas.shape[0], rng), rng)
    if rng.random() < 0.3:
        colors = cv2.addWeighted(colors, 0.35, texture, 0.65, 0)
    # Light falls on it from one side, and it is no sharper than what is around it.
    left, right = rng.uniform(0.6, 1.3, 2)
    ramp: np.ndarray = np.linspace(left, right, canvas.shape[1], dtype=np.float32)
    softness = rng.uniform(0.4, 1.5)
    lit = cv2.GaussianBlur(np.clip(colors * ramp.reshape(1, -1, 1), 0, 255), (0, 0), softness)
    weight = cv2.GaussianBlur(shape, (0, 0), softness)[..., None].astype(np.float32) / 255
    shown: np.ndarray = (lit * weight + canvas * (1 - weight)).astype(np.uint8)
    return shown


def _flowers(colors: np.ndarray, shape: np.ndarray, place: _Place, rng: np.random.Generator) -> None:
    palette = [_bright(rng) for _ in range(int(rng.integers(1, 4)))] + [_leaf(rng)]
    spread = np.array([place.width, place.height]) * 0.22
    _polygon(colors, shape, _tapered(place, 0.55, 1.0, 0.25, 0.35), _bright(rng))
    for _ in range(int(rng.integers(30, 150))):
        at = place.middle - (0, 0.15 * place.height) + rng.normal(0, 1, 2) * spread
        radius = place.width * rng.uniform(0.03, 0.11)
        _disc(colors, shape, at, radius, _shaded(palette[int(rng.integers(len(palette)))], rng))


def _plant(colors: np.ndarray, shape: np.ndarray, place: _Place, rng: np.random.Generator) -> None:
    _polygon(colors, shape, _tapered(place, 0.75, 1.0, 0.4, 0.3), _bright(rng))
    root, green = np.array([place.x, place.top + 0.78 * place.height]), _leaf(rng)
    for _ in range(int(rng.integers(6, 30))):
        angle = rng.uniform(-np.pi, 0)
        along = np.array([np.cos(angle) * place.width * 0.7, np.sin(angle) * place.height * 0.75]) * rng.uniform(0.4, 1.0)
        across = np.array([-along[1], along[0]]) * rng.uniform(0.06, 0.25)
        leaf = [root, root + 0.5 * along + across, root + along, root + 0.5 * along - across]
        _polygon(colors, shape, np.array(leaf), _shaded(green, rng))


def _wheel(colors: np.ndarray, shape: np.ndarray, place: _Place, rng: np.random.Generator) -> None:
    color, radius = _bright(rng), place.width * 0.45
    for _ in range(int(rng.integers(0, 6))):  # what it belongs to
        corner = place.middle + rng.uniform(-1, 0.6, 2) * radius * 1.6
        _polygon(colors, shape, _box(corner, corner + rng.uniform(0.2, 1.2, 2) * radius), _shaded(_grey(rng), rng))
    thickness = max(2, round(radius * rng.uniform(0.1, 0.35)))
    for layer, value in ((colors, color), (shape, (255.0, 255.0, 255.0))):
        cv2.circle(layer, _pixel(place.middle), round(radius), value, thickness, cv2.LINE_AA)
        first = rng.uniform(0, np.pi)
        for spoke in np.arange(int(rng.integers(0, 9))) * 2 * np.pi / 8 + first:
            end = place.middle + radius * np.array([np.cos(spoke), np.sin(spoke)])
            cv2.line(layer, _pixel(place.middle), _pixel(end), value, max(1, thickness // 2), cv2.LINE_AA)
    _disc(colors, shape, place.middle, radius * rng.uniform(0.1, 0.4), _shaded(color, rng))


def _lamp(colors: np.ndarray, shape: np.ndarray, place: _Place, rng: np.random.Generator) -> None:
    pole, shade = _grey(rng), _bright(rng)
    thin = place.width * rng.uniform(0.02, 0.1)
    _polygon(colors, shape, _box((place.x - thin, place.top), (place.x + thin, place.foot)), pole)
    _polygon(colors, shape, _tapered(place, 0.93, 1.0, 0.2, 0.4), pole)
    _polygon(colors, shape, _tapered(place, 0.0, rng.uniform(0.2, 0.4), rng.uniform(0.15, 0.5), 0.5), shade)


def _chair(colors: np.ndarray, shape: np.ndarray, place: _Place, rng: np.random.Generator) -> None:
    color, half = _bright(rng) if rng.random() < 0.5 else _grey(rng), place.width / 2
    seat = place.top + place.height * rng.uniform(0.45, 0.65)
    for side in (-1, 1):
        foot = np.array([place.x + side * half * 0.9, place.foot])
        knee = np.array([place.x + side * half * 0.8, seat])
        across = np.array([half * 0.12, 0])
        _polygon(colors, shape, np.array([knee, foot, foot + across, knee + across]), _grey(rng))
    _polygon(colors, shape, _rounded((place.x - half * 0.85, place.top), (place.x + half * 0.85, seat)), color)
    deep = place.height * rng.uniform(0.1, 0.25)
    _polygon(colors, shape, _rounded((place.x - half, seat - deep / 3), (place.x + half, seat + deep)), _shaded(color, rng))


def _lump(colors: np.ndarray, shape: np.ndarray, place: _Place, rng: np.random.Generator) -> None:
    """A closed smooth outline of no meaning: a bag, a statue, a heap of clothes."""
    angles = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    radius = 1 + sum(rng.normal(0, 0.35 / wave) * np.cos(wave * angles + rng.uniform(0, 6.3)) for wave in (1, 2, 3, 5))
    radius = np.clip(radius, 0.25, 1.8)[:, None] * np.array([place.width, place.height]) * 0.35
    outline = place.middle + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    _polygon(colors, shape, outline, _bright(rng) if rng.random() < 0.5 else _grey(rng))


_KINDS: tuple[Draw, ...] = (_flowers, _plant, _wheel, _lamp, _chair, _lump)


def _polygon(colors: np.ndarray, shape: np.ndarray, corners: np.ndarray, color: Color) -> None:
    points = [np.round(corners * _ONE).astype(np.int32)]
    cv2.fillPoly(colors, points, color, cv2.LINE_AA, _SHIFT)
    cv2.fillPoly(shape, points, 255, cv2.LINE_AA, _SHIFT)


def _disc(colors: np.ndarray, shape: np.ndarray, at: np.ndarray, radius: float, color: Color) -> None:
    cv2.circle(colors, _pixel(at), max(1, round(radius)), color, -1, cv2.LINE_AA)
    cv2.circle(shape, _pixel(at), max(1, round(radius)), 255, -1, cv2.LINE_AA)


def _tapered(place: _Place, begin: float, end: float, above: float, below: float) -> np.ndarray:
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


def _box(first: np.ndarray | tuple[float, float], last: np.ndarray | tuple[float, float]) -> np.ndarray:
    return np.array([[first[0], first[1]], [last[0], first[1]], [last[0], last[1]], [first[0], last[1]]])


def _rounded(first: tuple[float, float], last: tuple[float, float]) -> np.ndarray:
    """A box with round corners, as a superellipse."""
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    unit = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    unit = np.sign(unit) * np.abs(unit) ** 0.4
    first_corner, last_corner = np.array(first), np.array(last)
    outline: np.ndarray = (first_corner + last_corner) / 2 + unit * (last_corner - first_corner) / 2
    return outline


def _pixel(at: np.ndarray) -> tuple[int, int]:
    return round(float(at[0])), round(float(at[1]))


def _bright(rng: np.random.Generator) -> Color:
    return _of_hue(rng.uniform(0, 180), rng.uniform(60, 255), rng.uniform(90, 255))


def _leaf(rng: np.random.Generator) -> Color:
    return _of_hue(rng.uniform(25, 85), rng.uniform(60, 220), rng.uniform(40, 200))


def _grey(rng: np.random.Generator) -> Color:
    return _of_hue(rng.uniform(0, 180), rng.uniform(0, 50), rng.uniform(20, 240))


def _of_hue(hue: float, saturation: float, value: float) -> Color:
    blue, green, red = cv2.cvtColor(np.array([[[hue, saturation, value]]], np.uint8), cv2.COLOR_HSV2BGR)[0, 0]
    return float(blue), float(green), float(red)


def _shaded(color: Color, rng: np.random.Generator) -> Color:
    light = rng.uniform(0.6, 1.35)
    blue, green, red = (min(255.0, part * light) for part in color)
    return blue, green, red
