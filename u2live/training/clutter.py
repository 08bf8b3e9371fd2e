"""Drawn clutter: backgrounds of shapes and gradients, and objects that stand in front of people."""

from __future__ import annotations

import cv2
import numpy as np

MAX_SHAPES = 14


def drawn_background(size: int, rng: np.random.Generator) -> np.ndarray:
    """[size, size, 3] uint8: a two-colour gradient with boxes, lines, discs and stripes, sharp or out of focus."""
    corner, other = rng.uniform(0, 255, 3), rng.uniform(0, 255, 3)
    ramp = np.linspace(0, 1, size, dtype=np.float32)
    ramp = np.broadcast_to(ramp[:, None] if rng.random() < 0.5 else ramp[None], (size, size))[..., None]
    canvas: np.ndarray = np.ascontiguousarray((corner * (1 - ramp) + other * ramp).astype(np.uint8))
    for _ in range(int(rng.integers(0, MAX_SHAPES))):
        _draw(canvas, rng)
    if rng.random() < 0.5:
        canvas = cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.5, 5.0))
    return canvas


def _draw(canvas: np.ndarray, rng: np.random.Generator) -> None:
    size = canvas.shape[0]
    color = tuple(float(value) for value in rng.uniform(0, 255, 3))
    x, y, width, height = (int(value) for value in rng.uniform(0, size, 4))
    kind = rng.integers(4)
    if kind == 0:
        cv2.rectangle(canvas, (x, y), (x + width // 2, y + height // 2), color, -1)
    elif kind == 1:
        cv2.circle(canvas, (x, y), max(2, width // 5), color, -1, cv2.LINE_AA)
    elif kind == 2:
        cv2.line(canvas, (x, y), (width, height), color, int(rng.integers(1, size // 12)), cv2.LINE_AA)
    else:
        step = int(rng.integers(5, 24))
        for left in range(x, min(size, x + width), 2 * step):
            cv2.rectangle(canvas, (left, y), (left + step, y + height), color, -1)


def object_in_front(size: int, rng: np.random.Generator, texture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A thing with `texture` [size, size, 3] that hides what is behind: its colours and its matte [size, size] in [0, 1].

    A desk or screen along an edge, or a box, disc or bar held up in the frame.
    """
    shape: np.ndarray = np.zeros((size, size), np.uint8)
    kind = rng.random()
    if kind < 0.45:
        depth = int(size * rng.uniform(0.06, 0.3))
        tilt = int(size * rng.normal(0, 0.04))
        cv2.fillPoly(shape, [np.array([[0, size - depth], [size, size - depth + tilt], [size, size], [0, size]])], 255)
    elif kind < 0.6:
        width = int(size * rng.uniform(0.05, 0.2))
        left = 0 if rng.random() < 0.5 else size - width
        cv2.rectangle(shape, (left, int(size * rng.uniform(0, 0.6))), (left + width, size), 255, -1)
    else:
        centre = rng.uniform(0.15, 0.95, 2) * size
        extent = np.maximum(3, rng.uniform(0.04, 0.16, 2) * size)
        if kind < 0.8:
            box = cv2.boxPoints((tuple(centre), tuple(extent * 2), float(rng.uniform(-40, 40))))
            cv2.fillPoly(shape, [box.astype(np.int32)], 255)
        else:
            cv2.ellipse(shape, (tuple(centre), tuple(extent * 2), float(rng.uniform(0, 180))), 255, -1)
    shape = cv2.GaussianBlur(shape, (0, 0), rng.uniform(0.4, 1.2))
    return texture, shape.astype(np.float32) / 255
