"""Somebody before a wall, with the exact matte, and what a network would say of it."""

from __future__ import annotations

import cv2
import numpy as np

from u2live.matting.array_ops import NumpyOps

OPS = NumpyOps()
WIDTH, HEIGHT = 640, 360


def scene(noise: float = 2.0) -> tuple[np.ndarray, np.ndarray]:
    """A head-and-shoulders shape before a wall of another colour: pixels [360, 640, 3] and its exact alpha."""
    large = np.zeros((HEIGHT * 4, WIDTH * 4), np.uint8)
    cv2.ellipse(large, (1280, 1500), (700, 700), 0, 0, 360, 255, -1)
    cv2.ellipse(large, (1280, 560), (270, 340), 0, 0, 360, 255, -1)
    alpha = cv2.resize(large, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA).astype(np.float32)[..., None] / 255
    colors = alpha * np.array([70, 90, 160]) + (1 - alpha) * np.array([190, 180, 150])
    colors += np.random.default_rng(0).normal(0, noise, colors.shape)
    return np.clip(colors, 0, 255).astype(np.uint8), alpha[..., 0]


def from_network(alpha: np.ndarray, side: int = 96) -> np.ndarray:
    """What a network would say: small, soft, and never quite 0 or 1."""
    small = cv2.GaussianBlur(cv2.resize(alpha, (side, side), interpolation=cv2.INTER_AREA), (0, 0), 1.0)
    return (0.02 + 0.96 * small)[None]
