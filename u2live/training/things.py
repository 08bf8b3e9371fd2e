"""Drawn things that stand about in rooms and stand out: flowers, plants, wheels, lamps, chairs. None of them is a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import cv2
import numpy as np

from u2live.training.strokes import Place, box, bright, disc, grey, leaf, pixel, polygon, rounded, shaded, tapered

Draw: TypeAlias = Callable[[np.ndarray, np.ndarray, Place, np.random.Generator], None]

MOST = 3


def with_things(canvas: np.ndarray, texture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """`canvas` with some things in it; `texture`, another picture of the same size, covers some. Both [S, S, 3] uint8."""
    for _ in range(int(rng.integers(1, MOST + 1))):
        canvas = with_one(one_of(KINDS, rng), _anywhere(canvas.shape[0], rng), canvas, texture, rng)
    return canvas


def _anywhere(size: int, rng: np.random.Generator) -> Place:
    height = size * float(np.exp(rng.uniform(np.log(0.15), np.log(0.75))))
    width = height * float(rng.uniform(0.3, 1.0))
    x = size * float(rng.uniform(-0.05, 1.05))
    return Place(x, float(rng.uniform(-0.1, 1.0)) * size - 0.3 * height, width, height)


def one_of(kinds: Sequence[Draw], rng: np.random.Generator) -> Draw:
    return kinds[int(rng.integers(len(kinds)))]


def with_one(kind: Draw, place: Place, canvas: np.ndarray, texture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """`canvas` with a thing of this `kind` at `place`, now and then covered by `texture`. Both [S, S, 3] uint8."""
    colors, shape = canvas.copy(), np.zeros(canvas.shape[:2], np.uint8)
    kind(colors, shape, place, rng)
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


def _flowers(colors: np.ndarray, shape: np.ndarray, place: Place, rng: np.random.Generator) -> None:
    palette = [bright(rng) for _ in range(int(rng.integers(1, 4)))] + [leaf(rng)]
    spread = np.array([place.width, place.height]) * 0.22
    polygon(colors, shape, tapered(place, 0.55, 1.0, 0.25, 0.35), bright(rng))
    for _ in range(int(rng.integers(30, 150))):
        at = place.middle - (0, 0.15 * place.height) + rng.normal(0, 1, 2) * spread
        radius = place.width * rng.uniform(0.03, 0.11)
        disc(colors, shape, at, radius, shaded(palette[int(rng.integers(len(palette)))], rng))


def _plant(colors: np.ndarray, shape: np.ndarray, place: Place, rng: np.random.Generator) -> None:
    polygon(colors, shape, tapered(place, 0.75, 1.0, 0.4, 0.3), bright(rng))
    root, green = np.array([place.x, place.top + 0.78 * place.height]), leaf(rng)
    for _ in range(int(rng.integers(6, 30))):
        angle = rng.uniform(-np.pi, 0)
        along = np.array([np.cos(angle) * place.width * 0.7, np.sin(angle) * place.height * 0.75]) * rng.uniform(0.4, 1.0)
        across = np.array([-along[1], along[0]]) * rng.uniform(0.06, 0.25)
        outline = [root, root + 0.5 * along + across, root + along, root + 0.5 * along - across]
        polygon(colors, shape, np.array(outline), shaded(green, rng))


def _wheel(colors: np.ndarray, shape: np.ndarray, place: Place, rng: np.random.Generator) -> None:
    color, radius = bright(rng), place.width * 0.45
    for _ in range(int(rng.integers(0, 6))):  # what it belongs to
        corner = place.middle + rng.uniform(-1, 0.6, 2) * radius * 1.6
        polygon(colors, shape, box(corner, corner + rng.uniform(0.2, 1.2, 2) * radius), shaded(grey(rng), rng))
    thickness = max(2, round(radius * rng.uniform(0.1, 0.35)))
    for layer, value in ((colors, color), (shape, (255.0, 255.0, 255.0))):
        cv2.circle(layer, pixel(place.middle), round(radius), value, thickness, cv2.LINE_AA)
        first = rng.uniform(0, np.pi)
        for spoke in np.arange(int(rng.integers(0, 9))) * 2 * np.pi / 8 + first:
            end = place.middle + radius * np.array([np.cos(spoke), np.sin(spoke)])
            cv2.line(layer, pixel(place.middle), pixel(end), value, max(1, thickness // 2), cv2.LINE_AA)
    disc(colors, shape, place.middle, radius * rng.uniform(0.1, 0.4), shaded(color, rng))


def _lamp(colors: np.ndarray, shape: np.ndarray, place: Place, rng: np.random.Generator) -> None:
    pole, shade = grey(rng), bright(rng)
    thin = place.width * rng.uniform(0.02, 0.1)
    polygon(colors, shape, box((place.x - thin, place.top), (place.x + thin, place.foot)), pole)
    polygon(colors, shape, tapered(place, 0.93, 1.0, 0.2, 0.4), pole)
    polygon(colors, shape, tapered(place, 0.0, rng.uniform(0.2, 0.4), rng.uniform(0.15, 0.5), 0.5), shade)


def _chair(colors: np.ndarray, shape: np.ndarray, place: Place, rng: np.random.Generator) -> None:
    color, half = bright(rng) if rng.random() < 0.5 else grey(rng), place.width / 2
    seat = place.top + place.height * rng.uniform(0.45, 0.65)
    for side in (-1, 1):
        foot = np.array([place.x + side * half * 0.9, place.foot])
        knee = np.array([place.x + side * half * 0.8, seat])
        across = np.array([half * 0.12, 0])
        polygon(colors, shape, np.array([knee, foot, foot + across, knee + across]), grey(rng))
    polygon(colors, shape, rounded((place.x - half * 0.85, place.top), (place.x + half * 0.85, seat)), color)
    deep = place.height * rng.uniform(0.1, 0.25)
    polygon(colors, shape, rounded((place.x - half, seat - deep / 3), (place.x + half, seat + deep)), shaded(color, rng))


def _lump(colors: np.ndarray, shape: np.ndarray, place: Place, rng: np.random.Generator) -> None:
    """A closed smooth outline of no meaning: a bag, a statue, a heap of clothes."""
    angles = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    radius = 1 + sum(rng.normal(0, 0.35 / wave) * np.cos(wave * angles + rng.uniform(0, 6.3)) for wave in (1, 2, 3, 5))
    radius = np.clip(radius, 0.25, 1.8)[:, None] * np.array([place.width, place.height]) * 0.35
    outline = place.middle + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    polygon(colors, shape, outline, bright(rng) if rng.random() < 0.5 else grey(rng))


KINDS: tuple[Draw, ...] = (_flowers, _plant, _wheel, _lamp, _chair, _lump)
