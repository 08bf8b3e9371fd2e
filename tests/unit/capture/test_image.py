"""Still pictures, once and repeated."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.unit.capture.waiting import answers_when_closed
from u2live.capture.image import ImageSource, RepeatedImage, load_picture
from u2live.errors import SourceError
from u2live.types import Size


@pytest.fixture
def picture() -> np.ndarray:
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:20, :30] = (10, 20, 200)
    pixels[20:, 30:] = (200, 100, 50)
    return pixels


def write(path: Path, pixels: np.ndarray) -> Path:
    path.write_bytes(cv2.imencode(path.suffix, pixels)[1].tobytes())
    return path


@pytest.mark.parametrize("name", ["a.png", "ein Bild – größer.png", "写真.bmp", "a.webp", "a.tif", "a.ppm"])
def test_names_and_formats(tmp_path: Path, picture: np.ndarray, name: str) -> None:
    path = tmp_path / name
    options = [cv2.IMWRITE_WEBP_QUALITY, 101] if path.suffix == ".webp" else []
    path.write_bytes(cv2.imencode(path.suffix, picture, options)[1].tobytes())
    np.testing.assert_array_equal(load_picture(path), picture)


def test_alpha_is_dropped_and_grey_becomes_colour(tmp_path: Path, picture: np.ndarray) -> None:
    alpha = np.full((40, 60, 1), 7, np.uint8)
    path = write(tmp_path / "alpha.png", np.concatenate([picture, alpha], axis=2))
    np.testing.assert_array_equal(load_picture(path), picture)
    grey = load_picture(write(tmp_path / "grey.png", picture[..., 0]))
    np.testing.assert_array_equal(grey, np.repeat(picture[..., :1], 3, axis=2))


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_sixteen_bits_become_eight(tmp_path: Path, picture: np.ndarray, suffix: str) -> None:
    path = write(tmp_path / f"deep{suffix}", picture.astype(np.uint16) * 257)
    loaded = load_picture(path)
    assert loaded.dtype == np.uint8
    assert np.abs(loaded.astype(int) - picture).max() <= 1


@pytest.mark.parametrize(
    ("orientation", "turned"),
    [
        (1, lambda pixels: pixels),
        (3, lambda pixels: cv2.rotate(pixels, cv2.ROTATE_180)),
        (6, lambda pixels: cv2.rotate(pixels, cv2.ROTATE_90_CLOCKWISE)),
        (8, lambda pixels: cv2.rotate(pixels, cv2.ROTATE_90_COUNTERCLOCKWISE)),
    ],
)
def test_exif_orientation(tmp_path: Path, picture: np.ndarray, orientation: int, turned) -> None:
    jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 100])[1].tobytes()
    entry = b"\x01\x12\x00\x03\x00\x00\x00\x01" + bytes([0, orientation, 0, 0])
    tiff = b"MM\x00\x2a\x00\x00\x00\x08" + b"\x00\x01" + entry + b"\x00\x00\x00\x00"
    body = b"Exif\x00\x00" + tiff
    path = tmp_path / "phone.jpg"
    path.write_bytes(jpeg[:2] + b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + jpeg[2:])
    loaded = load_picture(path)
    expected = turned(picture)
    assert loaded.shape == expected.shape
    assert np.abs(loaded.astype(int) - expected).mean() < 4


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.png", b"", "0 bytes"),
        ("text.png", b"no picture", "not a picture"),
        ("cut.jpg", b"\xff\xd8\xff", "not a picture"),
    ],
)
def test_what_is_not_a_picture(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    for source in (ImageSource(path), RepeatedImage(path)):
        with pytest.raises(SourceError, match=words) as caught:
            source.open()
        assert "\n" not in str(caught.value)


def test_one_frame_then_the_end(tmp_path: Path, picture: np.ndarray) -> None:
    source = ImageSource(write(tmp_path / "a.png", picture))
    info = source.open()
    assert (info.size, info.frame_count, info.live) == (Size(60, 40), 1, False)
    frame = source.read()
    assert frame is not None
    assert (frame.index, frame.timestamp_ns) == (0, 0)
    assert source.read() is None
    assert source.read() is None


def test_repeats_on_its_own_clock(tmp_path: Path, picture: np.ndarray) -> None:
    source = RepeatedImage(write(tmp_path / "a.png", picture), 50)
    assert source.open().live
    frames = [source.read() for _ in range(20)]
    source.close()
    assert [frame.index for frame in frames] == list(range(20))
    times = np.array([frame.timestamp_ns for frame in frames])
    assert (np.diff(times) > 0).all()
    assert times[-1] - times[0] == pytest.approx(19 * 20e6, abs=60e6)


def test_a_slow_reader_gets_no_burst(tmp_path: Path, picture: np.ndarray) -> None:
    source = RepeatedImage(write(tmp_path / "a.png", picture), 20)
    source.open()
    source.read()
    time.sleep(0.5)
    source.read()
    begin = time.monotonic()
    source.read()
    source.read()
    assert time.monotonic() - begin > 0.04
    source.close()


def test_close_ends_a_waiting_read(tmp_path: Path, picture: np.ndarray) -> None:
    source = RepeatedImage(write(tmp_path / "a.png", picture), 0.1)
    source.open()
    source.read()
    assert answers_when_closed(source) == [None]
