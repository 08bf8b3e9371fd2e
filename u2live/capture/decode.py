"""Decoded video pictures to upright BGR with the right colours; shared by files and network streams.

The matrix and range follow ITU-R BT.601-7, BT.709-6 and BT.2020-2; where a stream names no matrix its height decides, as
players do.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from u2live.types import Size

if TYPE_CHECKING:
    import av
    from av.video.stream import VideoStream

FALLBACK_RATE = Fraction(30)
_HIGHEST_RATE = 1000

# AVColorSpace (ISO/IEC 23001-8, MatrixCoefficients) → the number that swscale gives the same matrix.
_SWS_MATRICES = {1: 1, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9, 10: 9}
_SWS_BT601 = 5
_SWS_BT709 = 1
_LIMITED, _FULL = 1, 2


class PictureReader:
    """Turns decoded frames into H×W×3 uint8 BGR pictures of one size: the first frame's, upright, with square pixels."""

    def __init__(self, first: av.VideoFrame, sample_aspect_ratio: Fraction | None) -> None:
        from av.video.reformatter import Interpolation, VideoReformatter

        self._reformatter = VideoReformatter()
        # Without these flags chroma is doubled instead of interpolated and colours are up to 3/255 off.
        self._flags = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
        self._stored = _square_pixels(Size(first.width, first.height), sample_aspect_ratio)
        transposed = _display_matrix(first)[0]
        self.size = Size(self._stored.height, self._stored.width) if transposed else self._stored

    def pixels(self, frame: av.VideoFrame) -> np.ndarray:
        """The picture as H×W×3 uint8 BGR of `size`, in memory of its own."""
        transposed, mirrored, flipped = _display_matrix(frame)
        stored = Size(self.size.height, self.size.width) if transposed else self.size
        bgr = self._reformatter.reformat(
            frame,
            width=stored.width,
            height=stored.height,
            format="bgr24",
            src_colorspace=_matrix(frame),
            src_color_range=_range(frame),
            dst_color_range=_FULL,
            interpolation=self._flags,
        ).to_ndarray()
        return np.ascontiguousarray(_turned(bgr, transposed, mirrored, flipped))


def timestamp_ns(frame: av.VideoFrame) -> int | None:
    """The frame's presentation time on its stream's clock, or None where it has none."""
    if frame.pts is None or frame.time_base is None:
        return None
    return round(frame.pts * frame.time_base * 1_000_000_000)


def frame_rate(stream: VideoStream) -> Fraction:
    """The stream's average rate, or a guess, or 30 where it tells nothing sensible."""
    for rate in (stream.average_rate, stream.guessed_rate, stream.base_rate):
        if rate and 0 < rate <= _HIGHEST_RATE:
            return Fraction(rate)
    return FALLBACK_RATE


def _matrix(frame: av.VideoFrame) -> int:
    named = _SWS_MATRICES.get(int(frame.colorspace))
    if named is not None:
        return named
    return _SWS_BT709 if frame.height >= 720 else _SWS_BT601


def _range(frame: av.VideoFrame) -> int:
    name = frame.format.name
    if frame.format.is_rgb or name.startswith(("yuvj", "gray", "ya", "mono", "pal")):
        return _FULL  # these are full range by definition, whatever the stream says
    return _FULL if int(frame.color_range) == _FULL else _LIMITED


def _square_pixels(size: Size, sample_aspect_ratio: Fraction | None) -> Size:
    if not sample_aspect_ratio or sample_aspect_ratio == 1 or not Fraction(1, 4) <= sample_aspect_ratio <= 4:
        return size
    return Size(max(2, 2 * round(size.width * sample_aspect_ratio / 2)), size.height)


def _display_matrix(frame: av.VideoFrame) -> tuple[bool, bool, bool]:
    """(transpose, then mirror left-right, then flip top-bottom) that make the stored picture upright (ISO/IEC 14496-12)."""
    side_data: Any = frame.side_data.get("DISPLAYMATRIX")
    if side_data is None:
        return False, False, False
    # Row-major 3×3, 16.16 fixed point: x' = a·x + c·y, y' = b·x + d·y.
    a, b, _, c, d = np.frombuffer(memoryview(side_data), dtype=np.int32)[:5].tolist()
    if abs(b) + abs(c) > abs(a) + abs(d):
        return True, c < 0, b < 0
    return False, a < 0, d < 0


def _turned(pixels: np.ndarray, transposed: bool, mirrored: bool, flipped: bool) -> np.ndarray:
    if transposed:
        pixels = cv2.transpose(pixels)
    if mirrored or flipped:
        pixels = cv2.flip(pixels, -1 if mirrored and flipped else int(mirrored))
    return pixels
