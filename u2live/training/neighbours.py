"""Things close to somebody: the chair they sit on, what stands at their elbow and touches them. None of it is a person.

Drawn anywhere, a thing seldom touches anybody, and a network that learns to follow arms away from the body soon follows
the arm of a chair, or the front of a car that somebody leans on.
"""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np

from u2live.training.strokes import Place, box, bright, disc, grey, polygon, rounded, shaded
from u2live.training.things import KINDS, Draw, one_of, with_one

Box: TypeAlias = tuple[float, float, float, float]

SEATED = 0.5  # of the people with something close to them
MOST = 2


def with_neighbours(canvas: np.ndarray, texture: np.ndarray, person: Box, rng: np.random.Generator) -> np.ndarray:
    """`canvas` with things behind and beside where somebody is, or will be pasted: in `person`, (x0, y0, x1, y1) in pixels.

    `texture`, another picture of the same size, covers some. Both [S, S, 3] uint8.
    """
    if rng.random() < SEATED:
        return with_one(_back, _behind(person, rng), canvas, texture, rng)
    for _ in range(int(rng.integers(1, MOST + 1))):
        canvas = with_one(one_of(_BESIDE, rng), _at_a_side(person, rng), canvas, texture, rng)
    return canvas


def _behind(person: Box, rng: np.random.Generator) -> Place:
    """For a chair's back: broader than the body or not, as high as the shoulders or the head, out of the middle or not."""
    x0, y0, x1, y1 = person
    wide, tall = x1 - x0, y1 - y0
    top = y0 + tall * rng.uniform(-0.08, 0.55)
    x = (x0 + x1) / 2 + wide * rng.normal(0.0, 0.25)
    return Place(x, top, wide * rng.uniform(0.5, 1.4), (y1 - top) * rng.uniform(0.6, 1.1))


def _at_a_side(person: Box, rng: np.random.Generator) -> Place:
    """Half behind somebody, or as far away as to touch them just so, on the ground or at any height."""
    x0, y0, x1, y1 = person
    wide, tall = x1 - x0, y1 - y0
    height = tall * float(np.exp(rng.uniform(np.log(0.25), np.log(1.2))))
    width = height * rng.uniform(0.3, 1.5)
    inwards = width * rng.uniform(-0.5, 0.1) + 0.25 * wide  # past where the arms are, into the body
    x = x0 + inwards if rng.random() < 0.5 else x1 - inwards
    top = y1 - height * rng.uniform(0.8, 1.1) if rng.random() < 0.5 else y0 + rng.uniform(0.0, 1.0) * tall - height / 2
    return Place(x, top, width, height)


def _back(colors: np.ndarray, shape: np.ndarray, place: Place, rng: np.random.Generator) -> None:
    """Of an office chair or an armchair: one piece, with seams or bars, perhaps with rests for the head and the arms."""
    color, half = bright(rng) if rng.random() < 0.5 else grey(rng), place.width / 2
    narrow = rng.uniform(0.7, 1.05)
    if rng.random() < 0.35:
        high = place.height * rng.uniform(0.12, 0.3)
        ends = (place.x - half * 0.5, place.top - high), (place.x + half * 0.5, place.top + high * 0.2)
        polygon(colors, shape, rounded(*ends), shaded(color, rng))
    outline = rounded((place.x - half, place.top), (place.x + half, place.foot))
    above = np.clip((outline[:, 1:] - place.top) / place.height, 0, 1)
    outline[:, :1] = place.x + (outline[:, :1] - place.x) * (narrow + (1 - narrow) * above)
    polygon(colors, shape, outline, color)
    for share in np.linspace(0, 1, int(rng.integers(2, 9)))[1:-1]:
        thin = place.width * rng.uniform(0.005, 0.04)
        if rng.random() < 0.5:
            x = place.x + half * narrow * (2 * share - 1)
            polygon(
                colors, shape, box((x - thin, place.top + 0.06 * place.height), (x + thin, place.foot)), shaded(color, rng)
            )
        else:
            y = place.top + share * place.height
            ends = (place.x - half * narrow * 0.9, y - thin), (place.x + half * narrow * 0.9, y + thin)
            polygon(colors, shape, box(*ends), shaded(color, rng))
    if rng.random() < 0.4:
        _arm_rests(colors, shape, place, rng)


def _arm_rests(colors: np.ndarray, shape: np.ndarray, place: Place, rng: np.random.Generator) -> None:
    color, thin = grey(rng), place.width * rng.uniform(0.05, 0.12)
    y = place.top + place.height * rng.uniform(0.45, 0.75)
    for side in (-1, 1):
        x = place.x + side * place.width * rng.uniform(0.45, 0.7)
        polygon(colors, shape, rounded((x - 2 * thin, y - thin / 2), (x + 2 * thin, y + thin)), color)
        polygon(colors, shape, box((x - thin / 2, y), (x + thin / 2, place.foot)), shaded(color, rng))


def _block(colors: np.ndarray, shape: np.ndarray, place: Place, rng: np.random.Generator) -> None:
    """A body with windows, drawers, lights or wheels in it: a car's front, a cupboard, a machine, a sofa."""
    color, half = bright(rng) if rng.random() < 0.5 else grey(rng), place.width / 2
    first, last = (place.x - half, place.top), (place.x + half, place.foot)
    polygon(colors, shape, rounded(first, last) if rng.random() < 0.5 else box(first, last), color)
    for _ in range(int(rng.integers(1, 7))):
        inner = shaded(color, rng) if rng.random() < 0.4 else grey(rng)
        at = np.array([place.x, place.top]) + rng.uniform((-0.8, 0.1), (0.8, 0.9)) * (half, place.height)
        extent = rng.uniform(0.05, 0.3, 2) * (place.width, place.height)
        if rng.random() < 0.4:
            for mirror in (at, np.array([2 * place.x - at[0], at[1]])):
                disc(colors, shape, mirror, float(extent.min()), inner)
        else:
            polygon(colors, shape, box(at - extent, np.minimum(at + extent, last)), inner)


def _pole(colors: np.ndarray, shape: np.ndarray, place: Place, rng: np.random.Generator) -> None:
    """Something long and thin at any angle, in parts of one colour: a microphone's arm, a railing, the leg of a stand."""
    color, thick = grey(rng) if rng.random() < 0.7 else bright(rng), max(1, round(place.width * rng.uniform(0.04, 0.2)))
    corners = place.middle + rng.uniform(-0.6, 0.6, (int(rng.integers(2, 4)), 2)) * (place.width, place.height)
    points = [np.round(corners).astype(np.int32)]
    for layer, value in ((colors, color), (shape, (255.0, 255.0, 255.0))):
        cv2.polylines(layer, points, False, value, thick, cv2.LINE_AA)
    disc(colors, shape, corners[0], thick * rng.uniform(0.5, 2.0), shaded(color, rng))


_BESIDE: tuple[Draw, ...] = (*KINDS, _block, _block, _pole)
