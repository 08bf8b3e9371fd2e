"""Every pixel format is what OpenCV, and so a reader, makes the same picture of again."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from u2live.sinks.picture_format import FOURCCS, PictureFormat
from u2live.types import Size

SIZE = Size(64, 48)
_BACK = {
    "YU12": (cv2.COLOR_YUV2BGR_I420, (72, 64)),
    "YV12": (cv2.COLOR_YUV2BGR_YV12, (72, 64)),
    "NV12": (cv2.COLOR_YUV2BGR_NV12, (72, 64)),
    "YUYV": (cv2.COLOR_YUV2BGR_YUY2, (48, 64, 2)),
    "UYVY": (cv2.COLOR_YUV2BGR_UYVY, (48, 64, 2)),
    "RGB3": (cv2.COLOR_RGB2BGR, (48, 64, 3)),
    "BGR3": (None, (48, 64, 3)),
}


def test_all_are_covered() -> None:
    assert set(_BACK) == set(FOURCCS)


@pytest.mark.parametrize("fourcc", FOURCCS)
def test_colours_within_four_steps(fourcc: str) -> None:
    rng = np.random.default_rng(1)
    pixels = np.repeat(np.repeat(rng.integers(0, 256, (6, 8, 3), np.uint8), 8, axis=0), 8, axis=1)
    code, shape = _BACK[fourcc]
    encoded = PictureFormat(fourcc, SIZE).encode(pixels)
    assert encoded.dtype == np.uint8
    assert encoded.flags.c_contiguous
    picture = encoded.reshape(shape)
    again = picture if code is None else cv2.cvtColor(picture, code)
    middle = np.s_[3::8, 3::8]
    assert np.abs(again[middle].astype(int) - pixels[middle]).max() <= 4


def test_limited_range() -> None:
    luma = PictureFormat("YU12", SIZE).encode(np.full((48, 64, 3), 255, np.uint8))[: 64 * 48]
    assert set(luma.tolist()) == {235}
