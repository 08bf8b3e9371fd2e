"""Compositing on the CPU with NumPy and OpenCV."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np

from u2live.compose.backgrounds import Background, Blur, Original, Picture, Transparent
from u2live.compose.buffers import Buffers
from u2live.compose.field import TRUSTED_ALPHA
from u2live.compose.numpy_field import blurred_room, spread_subject, wrapped_light
from u2live.settings import MatteSettings
from u2live.types import Composite, MattedFrame, Size

MOSTLY_SOFT = 0.2
"""The share of pixels between transparent and opaque from which blending all of them is quicker than picking."""

_PIXEL = np.dtype("V3")
"""Three bytes as one thing: NumPy moves single numbers no faster."""


class NumpyCompositor:
    """See Compositor. Its buffers are kept from frame to frame; composites are new arrays, for the sinks keep them."""

    def __init__(self) -> None:
        self._buffers = Buffers()

    def compose(self, matted: MattedFrame, background: Background, settings: MatteSettings) -> Composite:
        frame = matted.frame
        if isinstance(background, Original):
            return Composite(frame.index, frame.timestamp_ns, frame.pixels)
        alpha = _as_array(matted.alpha, np.float32)
        foreground = _as_array(matted.foreground, np.uint8)
        self._buffers.begin(alpha.shape)
        if isinstance(background, Transparent):
            pixels, opacity = self._cut_out(foreground, alpha)
            return Composite(frame.index, frame.timestamp_ns, pixels, opacity)
        if isinstance(background, Blur):
            behind = blurred_room(frame.pixels, alpha, background.sigma, self._buffers)
        elif isinstance(background, Picture):
            behind = background.picture_at(Size(alpha.shape[1], alpha.shape[0]), frame.timestamp_ns)
        else:
            raise TypeError(f"no compositor knows the background {type(background).__name__}")
        if settings.light_wrap > 0:
            foreground = self._screened(foreground, wrapped_light(behind, alpha, settings.light_wrap, self._buffers))
        return Composite(frame.index, frame.timestamp_ns, self._blended(foreground, behind, alpha))

    def _blended(self, over: np.ndarray, under: np.ndarray, alpha: np.ndarray) -> np.ndarray:
        """A new array. Most of a picture is all the one or all the other: only what lies between is reckoned with."""
        opacity = cv2.convertScaleAbs(alpha, dst=self._buffers.bytes("opacity", *alpha.shape), alpha=255)
        between = np.flatnonzero((opacity - np.uint8(1)) < 254)  # 0 wraps round
        if len(between) > MOSTLY_SOFT * alpha.size:
            opposite = np.subtract(1, alpha, out=self._buffers.floats("opposite", *alpha.shape))
            return cv2.blendLinear(over, under, alpha, opposite)
        blended = cv2.copyTo(over, (opacity == 255).view(np.uint8), under.copy())
        _blend_at(between, over, under, alpha.reshape(-1).take(between), blended)
        return blended

    def _cut_out(self, foreground: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        opacity = cv2.convertScaleAbs(alpha, alpha=255)
        pixels = cv2.copyTo(foreground, opacity, np.zeros_like(foreground))
        faint = np.flatnonzero((opacity - np.uint8(1)) < math.ceil(TRUSTED_ALPHA * 255))
        if len(faint):
            trust = np.minimum(alpha.reshape(-1).take(faint) * (1 / TRUSTED_ALPHA), 1)
            _blend_at(faint, foreground, spread_subject(foreground, alpha, self._buffers), trust * trust, pixels)
        return pixels, opacity

    def _screened(self, foreground: np.ndarray, light: np.ndarray) -> np.ndarray:
        """Screen blending: 255 − (255 − F)(255 − L)/255, brighter than either and never past white."""
        darkness = cv2.bitwise_not(foreground, dst=self._buffers.bytes("darkness", *foreground.shape))
        cv2.bitwise_not(light, dst=light)
        cv2.multiply(darkness, light, dst=darkness, scale=1 / 255)
        return cv2.bitwise_not(darkness, dst=darkness)


def _blend_at(places: np.ndarray, over: np.ndarray, under: np.ndarray, weights: np.ndarray, into: np.ndarray) -> None:
    """`over` before `under`, H×W×3 uint8, by weights [n] in [0, 1] at so many places, counted row by row."""
    front, back = (picture.reshape(-1, 3).take(places, axis=0).astype(np.float32) for picture in (over, under))
    front -= back
    front *= weights[:, None]
    front += back
    pixels = np.rint(front, out=front).astype(np.uint8).view(_PIXEL).ravel()
    into.reshape(-1, 3).view(_PIXEL).ravel()[places] = pixels


def _as_array(values: Any, dtype: type[np.generic]) -> np.ndarray:
    """An array or tensor as a contiguous array of `dtype`; floats are rounded to bytes, not cut."""
    array = values if isinstance(values, np.ndarray) else values.detach().cpu().numpy()
    if dtype is np.uint8 and array.dtype != np.uint8:
        array = np.rint(array).clip(0, 255)
    return np.ascontiguousarray(array, dtype)
