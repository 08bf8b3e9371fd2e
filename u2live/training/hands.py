"""A drawn hand: palm, thumb and fingers, open, pointing or closed, as it is held up to a camera."""

from __future__ import annotations

import cv2
import numpy as np

PALM = 0.52  # its length, as a share of the hand's
KNUCKLES = (-0.75, -0.27, 0.23, 0.7)  # where the fingers leave the palm, across it: half its width is one
FINGERS = (0.42, 0.48, 0.45, 0.36)  # their lengths, as shares of the hand's
CURLED = 0.12  # what is seen of a finger that is bent away
CLOSED = 0.2  # of the hands are fists, as many point with some of the fingers
CREASE = 0.72


def drawn_hand(
    size: tuple[int, int], wrist: np.ndarray, direction: np.ndarray, length: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """A hand of `length` pixels from `wrist` (x, y) on along `direction`, a unit vector, in a frame of `size` (H, W).

    Returns its shape, [H, W] uint8, and how bright it is between and across the fingers, [H, W] float32 up to 1.
    """
    shape, creases = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
    along = direction * length
    across = np.array([-direction[1], direction[0]]) * length * rng.uniform(0.34, 0.44) * (1 if rng.random() < 0.5 else -1)
    thick = max(1, round(float(np.linalg.norm(across)) * rng.uniform(0.18, 0.24)))
    knuckles = wrist + PALM * along
    palm = [wrist - 0.28 * across, wrist + 0.28 * across, knuckles + 0.5 * across, knuckles - 0.5 * across]
    cv2.fillConvexPoly(shape, np.round(palm).astype(np.int32), 255, cv2.LINE_AA)
    cv2.polylines(shape, [np.round(palm).astype(np.int32)], True, 255, thick, cv2.LINE_AA)
    for root, tip in _fingers(knuckles, along, across, rng):
        cv2.line(shape, _whole(root), _whole(tip), 255, thick, cv2.LINE_AA)
        side = 0.12 * across
        cv2.line(creases, _whole(root + side), _whole(tip + side), 255, max(1, thick // 5), cv2.LINE_AA)
    root, tip = _thumb(wrist, along, across, rng)
    cv2.line(shape, _whole(root), _whole(tip), 255, round(1.2 * thick), cv2.LINE_AA)
    blurred = cv2.GaussianBlur(creases, (0, 0), max(0.5, 0.15 * thick))
    return shape, 1 - (1 - CREASE) * blurred.astype(np.float32) / 255


def _fingers(
    knuckles: np.ndarray, along: np.ndarray, across: np.ndarray, rng: np.random.Generator
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Root and tip of the four fingers, more or less spread; `across` is as long as the palm is wide."""
    spread = rng.uniform(0.0, 0.5)
    fingers = []
    for place, share, seen in zip(KNUCKLES, FINGERS, _stretched(rng), strict=True):
        root = knuckles + 0.5 * place * across
        fingers.append((root, root + _turned(along, across, place * spread) * share * seen))
    return fingers


def _thumb(
    wrist: np.ndarray, along: np.ndarray, across: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Its root, beside the wrist, and its tip."""
    root = wrist + 0.15 * along - 0.3 * across
    return root, root + _turned(along, across, rng.uniform(-1.1, -0.3)) * rng.uniform(0.3, 0.42)


def _stretched(rng: np.random.Generator) -> np.ndarray:
    """[4]: how much of every finger is seen."""
    draw = rng.random()
    if draw < CLOSED:
        return np.full(4, CURLED)
    if draw < 2 * CLOSED:
        pointing = rng.random(4) < 0.4
        return np.where(pointing, 1.0, CURLED)
    return rng.uniform(0.7, 1.0) * rng.uniform(0.85, 1.0, 4)


def _turned(along: np.ndarray, across: np.ndarray, angle: float) -> np.ndarray:
    """`along`, turned by `angle` radians towards `across`."""
    unit = across / max(1e-6, float(np.linalg.norm(across)))
    turned: np.ndarray = np.cos(angle) * along + np.sin(angle) * unit * float(np.linalg.norm(along))
    return turned


def _whole(point: np.ndarray) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))
