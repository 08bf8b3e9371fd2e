"""Compositing on the CPU with NumPy and OpenCV."""

from __future__ import annotations

import cv2
import numpy as np

from u2live.compose.backgrounds import Background, Blur, Original, Picture, Transparent
from u2live.compose.compositor import as_array
from u2live.compose.field import TRUSTED_ALPHA
from u2live.compose.numpy_field import blurred_room, spread_subject, wrapped_light
from u2live.settings import MatteSettings
from u2live.types import Composite, MattedFrame, Size


class NumpyCompositor:
    """See Compositor. Its buffers are kept from frame to frame; composites are new arrays, for the sinks keep them."""

    def __init__(self) -> None:
        self._opposite = np.empty((0, 0), np.float32)

    def compose(self, matted: MattedFrame, background: Background, settings: MatteSettings) -> Composite:
        frame = matted.frame
        if isinstance(background, Original):
            return Composite(frame.index, frame.timestamp_ns, frame.pixels)
        alpha = as_array(matted.alpha, np.float32)
        foreground = as_array(matted.foreground, np.uint8)
        if isinstance(background, Transparent):
            pixels, opacity = self._cut_out(foreground, alpha)
            return Composite(frame.index, frame.timestamp_ns, pixels, opacity)
        if isinstance(background, Blur):
            behind = blurred_room(frame.pixels, alpha, background.sigma)
        elif isinstance(background, Picture):
            behind = background.picture_at(Size(alpha.shape[1], alpha.shape[0]), frame.timestamp_ns)
        else:
            raise TypeError(f"no compositor knows the background {type(background).__name__}")
        if settings.light_wrap > 0:
            foreground = _screened(foreground, wrapped_light(behind, alpha, settings.light_wrap))
        return Composite(frame.index, frame.timestamp_ns, self._blended(foreground, behind, alpha))

    def _blended(self, over: np.ndarray, under: np.ndarray, alpha: np.ndarray) -> np.ndarray:
        if self._opposite.shape != alpha.shape:
            self._opposite = np.empty_like(alpha)
        np.subtract(1, alpha, out=self._opposite)
        return cv2.blendLinear(over, under, alpha, self._opposite)

    def _cut_out(self, foreground: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        opacity = cv2.convertScaleAbs(alpha, alpha=255)
        trust = np.minimum(alpha * np.float32(1 / TRUSTED_ALPHA), 1)
        np.square(trust, out=trust)
        pixels = self._blended(foreground, spread_subject(foreground, alpha), trust)
        return cv2.bitwise_and(pixels, pixels, mask=opacity), opacity


def _screened(foreground: np.ndarray, light: np.ndarray) -> np.ndarray:
    """Screen blending: 255 − (255 − F)(255 − L)/255, brighter than either and never past white."""
    darkness = cv2.multiply(cv2.bitwise_not(foreground), cv2.bitwise_not(light, dst=light), scale=1 / 255)
    return cv2.bitwise_not(darkness, dst=darkness)
