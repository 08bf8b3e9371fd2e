"""Video files: true colours, the right way up, square pixels."""

from __future__ import annotations

import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from tests.unit.capture import media
from u2live.types import Size

LOSSLESS = {"qp": "0", "preset": "ultrafast"}


@pytest.mark.parametrize("full", [False, True], ids=["limited", "full"])
@pytest.mark.parametrize("matrix", [media.BT709, media.BT601, media.BT2020])
@pytest.mark.parametrize("format_name", ["yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le", "yuv444p10le"])
def test_tagged_colour_bars_are_true(tmp_path: Path, format_name: str, matrix: int, full: bool) -> None:
    frames = [media.bars_frame(format_name, matrix, full)]
    path = media.write_video(tmp_path / "bars.mkv", frames, options=LOSSLESS, tags=(matrix, 2 if full else 1))
    _, (frame,) = media.all_frames(path)
    assert np.abs(media.seen_bars(frame.pixels) - media.BARS_RGB).max() <= 2


@pytest.mark.parametrize(
    ("height", "matrix"), [(480, media.BT601), (576, media.BT601), (720, media.BT709), (1080, media.BT709)]
)
def test_untagged_colour_bars_follow_the_height(tmp_path: Path, height: int, matrix: int) -> None:
    frames = [media.bars_frame("yuv420p", matrix, full=False, height=height)]
    path = media.write_video(tmp_path / "bars.mp4", frames, options=LOSSLESS)
    _, (frame,) = media.all_frames(path)
    assert np.abs(media.seen_bars(frame.pixels) - media.BARS_RGB).max() <= 2


def test_motion_jpeg_is_full_range(tmp_path: Path) -> None:
    frames = [media.bars_frame("yuvj444p", media.BT601, full=True)]
    path = media.write_video(tmp_path / "bars.avi", frames, codec="mjpeg", options={"qmin": "1", "qmax": "1"})
    _, (frame,) = media.all_frames(path)
    assert np.abs(media.seen_bars(frame.pixels) - media.BARS_RGB).mean() <= 2  # JPEG itself loses a little


def test_rgb_and_alpha_formats(tmp_path: Path) -> None:
    bgra = np.zeros((64, media.WIDTH, 4), np.uint8)
    bgra[..., :3] = np.repeat(media.BARS_RGB[:, ::-1], media.BAR_WIDTH, axis=0)
    bgra[..., 3] = 40
    frames = [av.VideoFrame.from_ndarray(bgra, format="bgra")]
    path = media.write_video(tmp_path / "bars.mkv", frames, codec="ffv1")
    _, (frame,) = media.all_frames(path)
    np.testing.assert_array_equal(frame.pixels, bgra[..., :3])


DISPLAY_MATRICES = {
    "as it is": ((1, 0, 0, 1), lambda picture: picture),
    "90 clockwise": ((0, 1, -1, 0), lambda picture: cv2.rotate(picture, cv2.ROTATE_90_CLOCKWISE)),
    "180": ((-1, 0, 0, -1), lambda picture: cv2.rotate(picture, cv2.ROTATE_180)),
    "90 counterclockwise": ((0, -1, 1, 0), lambda picture: cv2.rotate(picture, cv2.ROTATE_90_COUNTERCLOCKWISE)),
    "mirrored": ((-1, 0, 0, 1), lambda picture: cv2.flip(picture, 1)),
    "upside down": ((1, 0, 0, -1), lambda picture: cv2.flip(picture, 0)),
    "transposed": ((0, 1, 1, 0), cv2.transpose),
    "transverse": ((0, -1, -1, 0), lambda picture: cv2.flip(cv2.transpose(picture), -1)),
}


@pytest.mark.parametrize("name", DISPLAY_MATRICES)
def test_display_matrix_is_applied(tmp_path: Path, name: str) -> None:
    matrix, turned = DISPLAY_MATRICES[name]
    stored = np.full((64, 96, 3), 128, np.uint8)
    stored[:20, :30] = (0, 0, 255)  # a red corner top left, a green one top right: every turn looks different
    stored[:20, -30:] = (0, 255, 0)
    video_frame = av.VideoFrame.from_ndarray(stored, format="bgr24").reformat(format="yuv444p")
    path = media.write_video(tmp_path / "turned.mp4", [video_frame] * 2, options=LOSSLESS)
    media.set_display_matrix(path, *matrix)
    info, frames = media.all_frames(path)
    expected = turned(stored)
    assert info.size == Size(expected.shape[1], expected.shape[0])
    for frame in frames:
        assert np.abs(frame.pixels.astype(int) - expected).max() <= 3
        assert frame.pixels.flags.c_contiguous


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg's own program")
def test_turning_agrees_with_ffmpeg(tmp_path: Path) -> None:
    path = media.write_video(tmp_path / "turned.mp4", [media.bars_frame("yuv420p", media.BT601, False)], options=LOSSLESS)
    media.set_display_matrix(path, 0, 1, -1, 0)
    picture = tmp_path / "turned.png"
    subprocess.run(["ffmpeg", "-v", "error", "-i", path, picture], check=True)
    _, (frame,) = media.all_frames(path)
    theirs = cv2.imread(str(picture))
    assert theirs.shape == frame.pixels.shape
    # At the bars' middles: how chroma is interpolated at their edges is a matter of taste.
    ours = media.seen_bars(np.rot90(frame.pixels))
    assert np.abs(media.seen_bars(np.rot90(theirs)) - ours).max() <= 3


def test_anamorphic_pixels_become_square(tmp_path: Path) -> None:
    path = tmp_path / "wide.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        for frame in media.numbered_frames(2):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    info, frames = media.all_frames(path)
    assert info.size == Size(128, 64)
    assert frames[1].pixels.shape == (64, 128, 3)
    assert media.number_of(frames[1].pixels) == 1


def test_a_change_of_size_inside_the_file_keeps_the_promised_size(tmp_path: Path) -> None:
    small = media.write_video(tmp_path / "small.ts", media.numbered_frames(5, 96, 64), rate=25)
    large = media.write_video(tmp_path / "large.ts", media.numbered_frames(5, 192, 128), rate=25)
    both = tmp_path / "both.ts"
    both.write_bytes(small.read_bytes() + large.read_bytes())
    info, frames = media.all_frames(both)
    assert info.size == Size(96, 64)
    assert len(frames) == 10
    assert {frame.pixels.shape for frame in frames} == {(64, 96, 3)}
    assert (np.diff([frame.timestamp_ns for frame in frames]) > 0).all()
