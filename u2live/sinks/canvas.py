"""Composites made into pictures an encoder takes: one even size, BT.709, limited range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from u2live.sinks.formats import VideoCodec
from u2live.types import Composite, Size

if TYPE_CHECKING:
    import av


def even(size: Size) -> Size:
    """The smallest even size that holds `size`: chroma at half resolution needs one."""
    return Size(size.width + size.width % 2, size.height + size.height % 2)


def fitted(picture: np.ndarray, size: Size) -> np.ndarray:
    """`picture` (H×W or H×W×C uint8) on a canvas of `size`, contiguous.

    One pixel that is missing to an even size repeats the picture's last column or row. Any other size is scaled to fit
    and centred, with black (or transparent) bars.
    """
    height, width = picture.shape[:2]
    if (width, height) == (size.width, size.height):
        return np.ascontiguousarray(picture)
    if even(Size(width, height)) == size:
        return cv2.copyMakeBorder(picture, 0, size.height - height, 0, size.width - width, cv2.BORDER_REPLICATE)
    scale = min(size.width / width, size.height / height)
    inner_width = min(size.width, max(1, round(width * scale)))
    inner_height = min(size.height, max(1, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    inner = cv2.resize(picture, (inner_width, inner_height), interpolation=method)
    canvas = np.zeros((size.height, size.width, *picture.shape[2:]), np.uint8)
    left, top = (size.width - inner_width) // 2, (size.height - inner_height) // 2
    canvas[top : top + inner_height, left : left + inner_width] = inner
    return canvas


def flattened(composite: Composite) -> np.ndarray:
    """The composite's colours H×W×3 BGR; a transparent one over black, since its colours mean nothing where alpha is 0."""
    if composite.alpha is None:
        return composite.pixels
    weight = cv2.cvtColor(composite.alpha, cv2.COLOR_GRAY2BGR)
    return cv2.multiply(composite.pixels, weight, scale=1 / 255)


def matte_picture(composite: Composite) -> np.ndarray:
    """The composite's matte as a grey picture H×W×3; white where there is none, since nothing of it is transparent."""
    if composite.alpha is None:
        return np.full_like(composite.pixels, 255)
    return cv2.cvtColor(composite.alpha, cv2.COLOR_GRAY2BGR)


class VideoPictures:
    """Makes BGR arrays into video frames for one codec, converting the way its stream is tagged.

    swscale rounds its table-driven conversion by up to three steps of 255 unless it is told not to (ACCURATE_RND).
    """

    def __init__(self, codec: VideoCodec) -> None:
        from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

        self._codec = codec
        self._reformatter = VideoReformatter()
        self._options: dict[str, Any] = {
            "format": codec.pixel_format,
            "interpolation": Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP,
            "src_color_range": ColorRange.JPEG,
            "dst_color_range": ColorRange.JPEG if codec.is_rgb else ColorRange.MPEG,
            "threads": 1,
        }
        if not codec.is_rgb:
            self._options["dst_colorspace"] = Colorspace.ITU709

    def frame(self, pixels: np.ndarray, alpha: np.ndarray | None = None) -> av.VideoFrame:
        """pixels H×W×3 BGR uint8, contiguous, and for a codec with alpha H×W uint8, opaque for None → a frame."""
        import av

        if not self._codec.alpha:
            picture = av.VideoFrame.from_numpy_buffer(pixels, "bgr24")
        else:
            opacity = np.full(pixels.shape[:2], 255, np.uint8) if alpha is None else alpha
            straight = cv2.merge((*cv2.split(pixels), opacity)).astype(np.uint8, copy=False)
            picture = av.VideoFrame.from_numpy_buffer(straight, "bgra")
        return self._reformatter.reformat(picture, **self._options)
