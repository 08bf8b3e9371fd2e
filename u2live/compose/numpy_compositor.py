"""Compositing on the CPU with NumPy and OpenCV."""

from __future__ import annotations

import cv2
import numpy as np

from u2live.compose.backgrounds import Background, Blur, Original, Picture, Transparent
from u2live.compose.buffers import Buffers
from u2live.compose.compositor import as_array
from u2live.compose.field import TRUSTED_ALPHA
from u2live.compose.numpy_field import blurred_room, spread_subject, wrapped_light
from u2live.settings import MatteSettings
from u2live.types import Composite, MattedFrame, Size


class NumpyCompositor:
    """See Compositor. Its buffers are kept from frame to frame; composites are new arrays, for the sinks keep them."""

    def __init__(self) -> None:
        self._buffers = Buffers()

    def compose(self, matted: MattedFrame, background: Background, settings: MatteSettings) -> Composite:
        frame = matted.frame
        if isinstance(background, Original):
            return Composite(frame.index, frame.timestamp_ns, frame.pixels)
        alpha = as_array(matted.alpha, np.float32)
        foreground = as_array(matted.foreground, np.uint8)
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
        """A new array."""
        opposite = np.subtract(1, alpha, out=self._buffers.floats("opposite", *alpha.shape))
        return cv2.blendLinear(over, under, alpha, opposite)

    def _cut_out(self, foreground: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        opacity = cv2.convertScaleAbs(alpha, alpha=255)
        trust = np.multiply(alpha, 1 / TRUSTED_ALPHA, out=self._buffers.floats("trust", *alpha.shape))
        np.minimum(trust, 1, out=trust)
        np.square(trust, out=trust)
        pixels = self._blended(foreground, spread_subject(foreground, alpha, self._buffers), trust)
        return cv2.bitwise_and(pixels, pixels, mask=opacity), opacity

    def _screened(self, foreground: np.ndarray, light: np.ndarray) -> np.ndarray:
        """Screen blending: 255 − (255 − F)(255 − L)/255, brighter than either and never past white."""
        darkness = cv2.bitwise_not(foreground, dst=self._buffers.bytes("darkness", *foreground.shape))
        cv2.bitwise_not(light, dst=light)
        cv2.multiply(darkness, light, dst=darkness, scale=1 / 255)
        return cv2.bitwise_not(darkness, dst=darkness)
