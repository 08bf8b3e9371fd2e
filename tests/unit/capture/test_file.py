"""Video files: colours, turning, times, and everything that can be wrong with one."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from tests.unit.capture import media
from u2live.capture.file import FileSource
from u2live.capture.source import SourceInfo
from u2live.errors import SourceError
from u2live.types import Frame, Level, Notice, Size

LOSSLESS = {"qp": "0", "preset": "ultrafast"}


def all_frames(path: Path) -> tuple[SourceInfo, list[Frame]]:
    source = FileSource(path)
    info = source.open()
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
    source.close()
    return info, frames


@pytest.mark.parametrize("full", [False, True], ids=["limited", "full"])
@pytest.mark.parametrize("matrix", [media.BT709, media.BT601, media.BT2020])
@pytest.mark.parametrize("format_name", ["yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le", "yuv444p10le"])
def test_tagged_colour_bars_are_true(tmp_path: Path, format_name: str, matrix: int, full: bool) -> None:
    frames = [media.bars_frame(format_name, matrix, full)]
    path = media.write_video(tmp_path / "bars.mkv", frames, options=LOSSLESS, tags=(matrix, 2 if full else 1))
    _, (frame,) = all_frames(path)
    assert np.abs(media.seen_bars(frame.pixels) - media.BARS_RGB).max() <= 2


@pytest.mark.parametrize(
    ("height", "matrix"), [(480, media.BT601), (576, media.BT601), (720, media.BT709), (1080, media.BT709)]
)
def test_untagged_colour_bars_follow_the_height(tmp_path: Path, height: int, matrix: int) -> None:
    frames = [media.bars_frame("yuv420p", matrix, full=False, height=height)]
    path = media.write_video(tmp_path / "bars.mp4", frames, options=LOSSLESS)
    _, (frame,) = all_frames(path)
    assert np.abs(media.seen_bars(frame.pixels) - media.BARS_RGB).max() <= 2


def test_motion_jpeg_is_full_range(tmp_path: Path) -> None:
    frames = [media.bars_frame("yuvj444p", media.BT601, full=True)]
    path = media.write_video(tmp_path / "bars.avi", frames, codec="mjpeg", options={"qmin": "1", "qmax": "1"})
    _, (frame,) = all_frames(path)
    assert np.abs(media.seen_bars(frame.pixels) - media.BARS_RGB).mean() <= 2  # JPEG itself loses a little


def test_rgb_and_alpha_formats(tmp_path: Path) -> None:
    bgra = np.zeros((64, media.WIDTH, 4), np.uint8)
    bgra[..., :3] = np.repeat(media.BARS_RGB[:, ::-1], media.BAR_WIDTH, axis=0)
    bgra[..., 3] = 40
    frames = [av.VideoFrame.from_ndarray(bgra, format="bgra")]
    path = media.write_video(tmp_path / "bars.mkv", frames, codec="ffv1")
    _, (frame,) = all_frames(path)
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
    info, frames = all_frames(path)
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
    _, (frame,) = all_frames(path)
    theirs = cv2.imread(str(picture))
    assert theirs.shape == frame.pixels.shape
    # At the bars' middles: how chroma is interpolated at their edges is a matter of taste.
    ours = media.seen_bars(np.rot90(frame.pixels))
    assert np.abs(media.seen_bars(np.rot90(theirs)) - ours).max() <= 3


def test_variable_frame_rate_keeps_every_time(tmp_path: Path) -> None:
    times = [0, 40, 50, 200, 1000, 1001, 2500]
    path = media.write_video(tmp_path / "variable.mkv", media.numbered_frames(7), times_ms=times)
    info, frames = all_frames(path)
    assert [frame.timestamp_ns for frame in frames] == [time * 1_000_000 for time in times]
    assert [frame.index for frame in frames] == list(range(7))
    assert [media.number_of(frame.pixels) for frame in frames] == list(range(7))
    assert not info.live


def test_every_frame_once_with_reordering(tmp_path: Path) -> None:
    options = {"bf": "3", "g": "20", "preset": "medium"}
    path = media.write_video(tmp_path / "clip.mp4", media.numbered_frames(50), options=options, rate=25)
    info, frames = all_frames(path)
    assert info.frame_count == 50
    assert info.frame_rate == 25
    assert info.duration_ns == pytest.approx(2_000_000_000, abs=50_000_000)
    assert [media.number_of(frame.pixels) for frame in frames] == list(range(50))
    assert [frame.timestamp_ns for frame in frames] == [round(number * 1e9 / 25) for number in range(50)]


def test_missing_times_are_made_up(tmp_path: Path) -> None:
    path = media.write_video(tmp_path / "raw.h264", media.numbered_frames(10), options={"bf": "2"}, rate=25)
    _, frames = all_frames(path)
    times = np.array([frame.timestamp_ns for frame in frames])
    assert len(times) == 10
    np.testing.assert_array_equal(np.diff(times), 40_000_000)


def test_anamorphic_pixels_become_square(tmp_path: Path) -> None:
    path = tmp_path / "wide.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        for frame in media.numbered_frames(2):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    info, frames = all_frames(path)
    assert info.size == Size(128, 64)
    assert frames[1].pixels.shape == (64, 128, 3)
    assert media.number_of(frames[1].pixels) == 1


def test_a_change_of_size_inside_the_file_keeps_the_promised_size(tmp_path: Path) -> None:
    small = media.write_video(tmp_path / "small.ts", media.numbered_frames(5, 96, 64), rate=25)
    large = media.write_video(tmp_path / "large.ts", media.numbered_frames(5, 192, 128), rate=25)
    both = tmp_path / "both.ts"
    both.write_bytes(small.read_bytes() + large.read_bytes())
    info, frames = all_frames(both)
    assert info.size == Size(96, 64)
    assert len(frames) == 10
    assert {frame.pixels.shape for frame in frames} == {(64, 96, 3)}
    assert (np.diff([frame.timestamp_ns for frame in frames]) > 0).all()


def test_cut_off_file_gives_what_is_there(tmp_path: Path) -> None:
    whole = media.write_video(tmp_path / "whole.mkv", media.numbered_frames(60), options={"g": "10"})
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * 0.6)])
    _, frames = all_frames(cut)
    assert 10 < len(frames) < 60
    assert [media.number_of(frame.pixels) for frame in frames[:10]] == list(range(10))


def test_damaged_middle_is_passed_over_and_told(tmp_path: Path) -> None:
    noise = np.random.default_rng(1)
    pictures = [noise.integers(0, 255, (64, 96, 3), dtype=np.uint8) for _ in range(30)]
    frames = [av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p") for picture in pictures]
    path = media.write_video(tmp_path / "damaged.mp4", frames, options={"g": "5", "slices": "1"})
    data = bytearray(path.read_bytes())
    middle = data.index(b"mdat") + len(data) // 2
    data[middle : middle + 20_000] = bytes(20_000)
    path.write_bytes(data)
    notices: list[Notice] = []
    source = FileSource(path, notices.append)
    source.open()
    count = 0
    while source.read() is not None:
        count += 1
    source.close()
    assert 5 < count <= 30
    assert [(notice.level, notice.topic) for notice in notices] == [(Level.WARNING, "source")]
    assert "damaged" in notices[0].message


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("text.mp4", b"this is not a video\n" * 50, "not a video"),
        ("text.txt", b"a plain text\n" * 50, "no picture"),
        ("empty.mp4", b"", "0 bytes"),
        ("noise.mkv", bytes(range(256)) * 40, "not a video"),
    ],
)
def test_what_is_not_a_video(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert words in refusal(path)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    assert "there is no file" in refusal(tmp_path / "nothing.mp4")
    assert "folder" in refusal(tmp_path)
    assert "cannot be read" in refusal(Path("a\0b.mp4"))


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "tone.mka"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert "no picture" in refusal(path)


def test_head_without_pictures(tmp_path: Path) -> None:
    whole = media.write_video(tmp_path / "whole.mkv", media.numbered_frames(5))
    data = whole.read_bytes()
    cut = tmp_path / "head.mkv"
    cut.write_bytes(data[: data.index(b"\x1f\x43\xb6\x75")])  # up to the first Cluster
    assert "breaks off" in refusal(cut)


@pytest.mark.skipif(sys.platform != "linux", reason="needs setuid and POSIX permissions")
def test_forbidden_file_is_one_clear_line() -> None:
    # A process of its own, so that a test run by root becomes somebody who may not read everything.
    script = (
        "import os, pathlib, sys\n"
        "from u2live.capture.file import check_readable\n"
        "from u2live.errors import SourceError\n"
        "if os.geteuid() == 0: os.setuid(65534)\n"
        "try: check_readable(pathlib.Path(sys.argv[1]))\n"
        "except SourceError as error: print(error)\n"
    )
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        Path(file.name).write_bytes(b"some")
        Path(file.name).chmod(0)
        done = subprocess.run([sys.executable, "-c", script, file.name], capture_output=True, text=True, check=False)
    assert "may not be read" in done.stdout, done.stderr


@pytest.mark.shared
def test_real_clip(shared: Path) -> None:
    info, frames = all_frames(shared / "clips" / "sister.mkv")
    assert info.size == Size(640, 480)
    assert info.frame_rate == 30
    assert len(frames) > 80
    assert frames[0].timestamp_ns == 33_000_000
    assert (np.diff([frame.timestamp_ns for frame in frames]) > 0).all()


def refusal(path: Path) -> str:
    source = FileSource(path)
    with pytest.raises(SourceError) as caught:
        source.open()
    source.close()
    message = str(caught.value)
    assert "\n" not in message
    assert path.name.split("\0")[0] in message
    return message
