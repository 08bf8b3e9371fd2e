"""Sprites: pictures with premultiplied alpha that are moved over a canvas."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from u2live.capture.demo.relief import Patch


@dataclass(frozen=True, slots=True)
class Sprite:
    """`pixels` is rows × columns × 4 uint8: BGR already multiplied by alpha, then alpha.

    (`left`, `top`) is where its corner lies in the sprite's own art coordinates, `scale` its pixels per art unit.
    """

    pixels: np.ndarray
    left: float
    top: float
    scale: float


def make_sprite(area: Patch, color: np.ndarray, alpha: np.ndarray) -> Sprite:
    """From BGR uint8 and coverage float32 in [0, 1]."""
    opacity = np.round(alpha * 255).astype(np.uint8)
    premultiplied = cv2.multiply(color, cv2.merge([opacity] * 3), scale=1 / 255)
    return Sprite(cv2.merge([*cv2.split(premultiplied), opacity]), area.left, area.top, area.scale)


def trimmed_sprite(area: Patch, color: np.ndarray, alpha: np.ndarray) -> Sprite:
    """As `make_sprite`, without the empty margins."""
    sprite = make_sprite(area, color, alpha)
    opacity = sprite.pixels[..., 3]
    rows, columns = np.flatnonzero(opacity.max(1)), np.flatnonzero(opacity.max(0))
    if not len(rows):
        return sprite
    top, left = max(0, int(rows[0]) - 1), max(0, int(columns[0]) - 1)
    pixels = np.ascontiguousarray(sprite.pixels[top : rows[-1] + 2, left : columns[-1] + 2])
    return Sprite(pixels, sprite.left + left / sprite.scale, sprite.top + top / sprite.scale, sprite.scale)


def shadow_of(sprite: Sprite, soft: float, strength: float) -> Sprite:
    """The sprite's shape blurred by `soft` units, at half its resolution, for `Canvas.darken`."""
    margin = int(2 * soft * sprite.scale) + 1
    opacity = cv2.copyMakeBorder(sprite.pixels[..., 3], margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=0)
    small = cv2.resize(opacity, (opacity.shape[1] // 2, opacity.shape[0] // 2), interpolation=cv2.INTER_AREA)
    faint = cv2.convertScaleAbs(cv2.GaussianBlur(small, (0, 0), max(0.5, soft * sprite.scale / 2)), alpha=strength)
    shift = margin / sprite.scale
    return Sprite(cv2.merge([faint] * 4), sprite.left - shift, sprite.top - shift, sprite.scale / 2)


def placement(
    x: float, y: float, degrees: float = 0.0, zoom: tuple[float, float] = (1.0, 1.0), shear: float = 0.0
) -> np.ndarray:
    """The 2×3 matrix from a sprite's art coordinates to the scene's: zoom, shear sideways, turn clockwise, move to x, y."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[c * zoom[0], (c * shear - s) * zoom[1], x], [s * zoom[0], (s * shear + c) * zoom[1], y]])


def chain(outer: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """The placement that applies `inner` first, then `outer`."""
    product: np.ndarray = outer[:, :2] @ inner
    product[:, 2] += outer[:, 2]
    return product


class Scratch:
    """Named buffers that are kept from frame to frame: fresh memory costs more than what is drawn in it."""

    def __init__(self) -> None:
        self._buffers: dict[str, np.ndarray] = {}

    def take(self, name: str, rows: int, columns: int, channels: int = 1) -> np.ndarray:
        """An uninitialised uint8 array; the next `take` of this name may return the same memory."""
        count = rows * columns * channels
        buffer = self._buffers.get(name)
        if buffer is None or buffer.size < count:
            buffer = self._buffers[name] = np.empty(count, np.uint8)
        shape = (rows, columns, channels) if channels > 1 else (rows, columns)
        return buffer[:count].reshape(shape)


class Canvas:
    """What the sprites add up to: premultiplied BGRA uint8, and the box that anything was drawn in."""

    def __init__(self, width: int, height: int, scale: float) -> None:
        self.pixels = np.zeros((height, width, 4), np.uint8)
        self.scale = scale
        self.scratch = Scratch()
        self._box = (0, 0, 0, 0)

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom in pixels of all that was drawn since `clear`; empty when right ≤ left."""
        return self._box

    def clear(self) -> None:
        """Nothing is drawn any more."""
        left, top, right, bottom = self._box
        self.pixels[top:bottom, left:right] = 0
        self._box = (0, 0, 0, 0)

    def draw(self, sprite: Sprite, place: np.ndarray) -> None:
        """Lay the sprite over what is there."""
        found = self._warp(sprite, place)
        if found is not None:
            self._over(*found)

    def draw_blurred(self, sprite: Sprite, places: list[np.ndarray]) -> None:
        """Lay the mean of the sprite at these places, 2, 4 or 8, over what is there: motion blur."""
        corners = [self._reach(sprite, place) for place in places]
        box = (
            min(c[0] for c in corners),
            min(c[1] for c in corners),
            max(c[2] for c in corners),
            max(c[3] for c in corners),
        )
        if box[2] <= box[0] or box[3] <= box[1]:
            return
        pictures = [self._warped(sprite, place, box, f"moved {k}") for k, place in enumerate(places)]
        while len(pictures) > 1:
            pairs = zip(pictures[::2], pictures[1::2], strict=True)
            pictures = [cv2.addWeighted(first, 0.5, second, 0.5, 0, dst=first) for first, second in pairs]
        self._over(pictures[0], box)

    def darken(self, shape: Sprite, place: np.ndarray) -> None:
        """Lay a shadow of this shape on what is there; nothing becomes more or less opaque."""
        found = self._warp(shape, place)
        if found is None:
            return
        warped, (left, top, right, bottom) = found
        light = cv2.bitwise_not(warped, dst=warped)  # a shadow's four channels are alike
        light[..., 3] = 255
        below = self.pixels[top:bottom, left:right]
        cv2.multiply(below, light, dst=below, scale=1 / 255)

    def _reach(self, sprite: Sprite, place: np.ndarray) -> tuple[int, int, int, int]:
        rows, columns = sprite.pixels.shape[:2]
        width, height = columns / sprite.scale, rows / sprite.scale
        x = np.array([0, width, 0, width]) + sprite.left
        y = np.array([0, 0, height, height]) + sprite.top
        moved = (place[:, :2] @ np.vstack([x, y]) + place[:, 2:]) * self.scale
        canvas_height, canvas_width = self.pixels.shape[:2]
        left, top = (max(0, int(np.floor(v))) for v in moved.min(1))
        right, bottom = (int(np.ceil(v)) + 1 for v in moved.max(1))
        return left, top, min(right, canvas_width), min(bottom, canvas_height)

    def _warp(self, sprite: Sprite, place: np.ndarray) -> tuple[np.ndarray, tuple[int, int, int, int]] | None:
        box = self._reach(sprite, place)
        if box[2] <= box[0] or box[3] <= box[1]:
            return None
        return self._warped(sprite, place, box, "moved 0"), box

    def _warped(self, sprite: Sprite, place: np.ndarray, box: tuple[int, int, int, int], name: str) -> np.ndarray:
        # Pixel centres: sprite pixel p lies at art (p + 0.5) / scale + corner; a scene point lies at pixel art·scale − 0.5.
        zoom = self.scale / sprite.scale
        linear = place[:, :2] * zoom
        corner = np.array([sprite.left + 0.5 / sprite.scale, sprite.top + 0.5 / sprite.scale])
        shift = (place[:, :2] @ corner + place[:, 2]) * self.scale - 0.5 - np.array(box[:2])
        moved = self.scratch.take(name, box[3] - box[1], box[2] - box[0], 4)
        matrix = np.column_stack([linear, shift])
        cv2.warpAffine(sprite.pixels, matrix, moved.shape[1::-1], dst=moved, flags=cv2.INTER_LINEAR)
        return moved

    def _over(self, source: np.ndarray, box: tuple[int, int, int, int]) -> None:
        left, top, right, bottom = box
        below = self.pixels[top:bottom, left:right]
        rows, columns = source.shape[:2]
        clear = cv2.extractChannel(source, 3, dst=self.scratch.take("clear", rows, columns))
        cv2.bitwise_not(clear, dst=clear)
        see_through = cv2.merge([clear] * 4, dst=self.scratch.take("see through", rows, columns, 4))
        cv2.multiply(below, see_through, dst=below, scale=1 / 255)
        cv2.add(below, source, dst=below)
        old = self._box
        if old[2] <= old[0]:
            self._box = box
        else:
            self._box = (min(old[0], left), min(old[1], top), max(old[2], right), max(old[3], bottom))
