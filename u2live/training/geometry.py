"""Crops, views and warps: one affine map from a picture to the square that the network sees."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from u2live.training.pictures import Picture

ASPECTS = (16 / 9, 4 / 3, 1.0, 3 / 4, 9 / 16)
HEAD_SHARE = 0.9
ASPECT_SHARES = (0.4, 0.25, 0.12, 0.16, 0.07)


@dataclass(frozen=True, slots=True)
class View:
    """A rectangle of a picture, in its pixels, turned by `degrees` around its centre, perhaps mirrored."""

    x: float
    y: float
    width: float
    height: float
    degrees: float = 0.0
    mirrored: bool = False

    def matrix(self, size: int) -> np.ndarray:
        """2×3: picture → square of `size` pixels (the engine squeezes any frame into a square, so does this)."""
        angle = np.deg2rad(self.degrees)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        centre = np.array([self.x + self.width / 2, self.y + self.height / 2])
        scale = np.diag([(-size if self.mirrored else size) / self.width, size / self.height])
        linear = scale @ turn
        offset = np.full(2, size / 2) - linear @ centre
        return np.hstack([linear, offset[:, None]])


def view_of(picture: Picture, view: View, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Image [size, size, 3] and mattes [size, size, C]; beyond the picture's edge both are mirrored alike."""
    matrix = view.matrix(size)
    return warp(picture.image, matrix, size, cv2.BORDER_REFLECT), warp(picture.mattes, matrix, size, cv2.BORDER_REFLECT)


def warp(pixels: np.ndarray, matrix: np.ndarray, size: int, border: int) -> np.ndarray:
    """`pixels` H×W×C through the 2×3 `matrix` onto size×size×C; shrunk by area first where it shrinks: no aliases."""
    scale_x, scale_y = np.linalg.norm(matrix[:, 0]), np.linalg.norm(matrix[:, 1])
    height, width = pixels.shape[:2]
    small_width = max(1, round(width * min(1.0, scale_x)))
    small_height = max(1, round(height * min(1.0, scale_y)))
    if small_width < 0.8 * width or small_height < 0.8 * height:
        pixels = cv2.resize(pixels, (small_width, small_height), interpolation=cv2.INTER_AREA)
        back = np.array([[width / small_width, 0, 0], [0, height / small_height, 0], [0, 0, 1]])
        matrix = matrix @ back
    shift = matrix.copy()  # pixel centres lie at half integers in the maps above, at integers in OpenCV
    shift[:, 2] += matrix[:, :2] @ np.array([0.5, 0.5]) - 0.5
    warped = cv2.warpAffine(pixels, shift, (size, size), flags=cv2.INTER_LINEAR, borderMode=border)
    return warped if warped.ndim == 3 else warped[..., None]


def moved(box: tuple[float, float, float, float], matrix: np.ndarray) -> tuple[float, float, float, float]:
    """(x0, y0, x1, y1) around where the 2×3 `matrix` puts the corners of `box`."""
    x0, y0, x1, y1 = box
    corners = np.array([(x0, y0, 1), (x1, y0, 1), (x0, y1, 1), (x1, y1, 1)]) @ matrix.T
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def frame_aspect(rng: np.random.Generator) -> float:
    """Width over height of a camera's frame."""
    return float(rng.choice(ASPECTS, p=ASPECT_SHARES))


def whole_view(picture: Picture, rng: np.random.Generator) -> View:
    """All of the picture, the edges moved a little."""
    height, width = picture.image.shape[:2]
    left, right = rng.uniform(-0.02, 0.08, 2) * width
    top, bottom = rng.uniform(-0.02, 0.08, 2) * height
    return View(left, top, width - left - right, height - top - bottom, _degrees(rng), rng.random() < 0.5)


def close_view(picture: Picture, rng: np.random.Generator) -> View:
    """A frame of some camera's aspect inside the picture, with at least a part of the person in it, the head mostly.

    What tells a person from clothes on a hanger is head, hands and feet: few frames may lack all of them.
    """
    height, width = picture.image.shape[:2]
    aspect = frame_aspect(rng)
    x0, y0, x1, y1 = picture.box
    largest = min(width, height * aspect)
    view_width = largest * rng.uniform(0.45, 1.0)
    view_height = view_width / aspect
    centre_x = rng.uniform(x0, x1) * 0.6 + (x0 + x1) / 2 * 0.4
    centre_y = y0 + (y1 - y0) * rng.beta(1.3, 1.8)
    left = np.clip(centre_x - view_width / 2, 0, width - view_width)
    top = np.clip(centre_y - view_height / 2, 0, height - view_height)
    if rng.random() < HEAD_SHARE:
        top = min(top, max(0.0, y0 - rng.uniform(0.0, 0.15) * view_height))
    return View(float(left), float(top), view_width, view_height, _degrees(rng), rng.random() < 0.5)


def wide_view(picture: Picture, rng: np.random.Generator) -> View:
    """A frame larger than the picture: what is missing is mirrored, people included, and so is their matte."""
    height, width = picture.image.shape[:2]
    aspect = frame_aspect(rng)
    view_height = height * rng.uniform(0.9, 1.2)
    view_width = min(view_height * aspect, 2.4 * width)
    left = rng.uniform(min(0.0, width - view_width), max(0.0, width - view_width))
    top = rng.uniform(min(0.0, height - view_height), max(0.0, height - view_height))
    return View(left, top, view_width, view_height, _degrees(rng), rng.random() < 0.5)


def background_view(image: np.ndarray, rng: np.random.Generator, smallest: float = 0.4) -> View:
    """A frame anywhere inside a picture without people."""
    height, width = image.shape[:2]
    aspect = frame_aspect(rng)
    view_width = min(width, height * aspect) * rng.uniform(smallest, 1.0)
    view_height = view_width / aspect
    left, top = rng.uniform(0, width - view_width), rng.uniform(0, height - view_height)
    return View(left, top, view_width, view_height, _degrees(rng), rng.random() < 0.5)


def _degrees(rng: np.random.Generator) -> float:
    return float(rng.normal(0.0, 6.0)) if rng.random() < 0.3 else 0.0
