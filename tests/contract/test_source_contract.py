"""What every source owes its reader, asked of all of them. Cameras only where the machine has one (see also tests/vm)."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.unit.capture import media
from tests.unit.capture.network_camera import NetworkCamera
from u2live.capture.camera import CameraSource
from u2live.capture.demo import DemoFile, DemoSource
from u2live.capture.devices import first_camera
from u2live.capture.file import FileSource
from u2live.capture.image import ImageSource, RepeatedImage
from u2live.capture.pace import paced
from u2live.capture.source import Source, SourceInfo
from u2live.capture.stream import StreamSource
from u2live.errors import SourceError
from u2live.settings import CameraSettings
from u2live.types import Frame, Size

Make = Callable[[Path], Source]
ENOUGH = 12


def _clip(folder: Path) -> Path:
    path = folder / "clip.mp4"
    if not path.exists():
        media.write_video(path, media.numbered_frames(20), options={"bf": "2"}, rate=50)
    return path


def _picture(folder: Path) -> Path:
    path = folder / "picture.png"
    pixels = np.random.default_rng(0).integers(0, 256, (64, 96, 3), dtype=np.uint8)
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return path


@contextlib.contextmanager
def _file(folder: Path) -> Iterator[Source]:
    yield FileSource(_clip(folder))


@contextlib.contextmanager
def _paced(folder: Path) -> Iterator[Source]:
    yield paced(FileSource(_clip(folder)))


@contextlib.contextmanager
def _image(folder: Path) -> Iterator[Source]:
    yield ImageSource(_picture(folder))


@contextlib.contextmanager
def _repeated(folder: Path) -> Iterator[Source]:
    yield RepeatedImage(_picture(folder), 60)


@contextlib.contextmanager
def _demo(_folder: Path) -> Iterator[Source]:
    yield DemoSource(Size(160, 120), 60)


@contextlib.contextmanager
def _demo_file(_folder: Path) -> Iterator[Source]:
    yield DemoFile(DemoSource(Size(160, 120), 60, frame_count=20))


@contextlib.contextmanager
def _stream(_folder: Path) -> Iterator[Source]:
    server = NetworkCamera()
    try:
        yield StreamSource(f"{server.address}/live.mjpg", lambda _: None)
    finally:
        server.stop()


@contextlib.contextmanager
def _camera(_folder: Path) -> Iterator[Source]:
    device = first_camera()
    if device is None:
        pytest.skip("this machine has no camera")
    yield CameraSource(device.path, CameraSettings(width=640, height=480), lambda _: None)


KINDS = {
    "file": _file,
    "paced": _paced,
    "image": _image,
    "repeated": _repeated,
    "demo": _demo,
    "demo file": _demo_file,
    "stream": _stream,
    "camera": _camera,
}


@pytest.fixture(params=KINDS)
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Source]:
    with KINDS[request.param](tmp_path) as made:
        yield made
        made.close()


def frames_of(source: Source, most: int = ENOUGH) -> list[Frame]:
    frames = []
    while len(frames) < most and (frame := source.read()) is not None:
        frames.append(frame)
    return frames


def opened(source: Source) -> SourceInfo:
    info = source.open()
    assert info.name
    assert isinstance(info.frame_rate, Fraction | int)
    assert info.frame_rate > 0
    return info


def test_pictures_are_as_promised(source: Source) -> None:
    info = opened(source)
    for frame in frames_of(source):
        assert frame.pixels.shape == (info.size.height, info.size.width, 3)
        assert frame.pixels.dtype == np.uint8
        assert frame.pixels.flags.c_contiguous


def test_indices_and_times_rise(source: Source) -> None:
    info = opened(source)
    frames = frames_of(source)
    indices = [frame.index for frame in frames]
    assert indices[0] >= 0
    assert (np.diff(indices) > 0).all()
    assert (np.diff([frame.timestamp_ns for frame in frames]) > 0).all()
    assert all(type(frame.index) is int and type(frame.timestamp_ns) is int for frame in frames)
    if not info.live:
        assert indices == list(range(len(frames)))


def test_live_times_are_the_monotonic_clocks(source: Source) -> None:
    if not opened(source).live:
        pytest.skip("a file has its own clock")
    for _ in range(ENOUGH):
        frame = source.read()
        assert frame is not None
        age_s = (time.monotonic_ns() - frame.timestamp_ns) / 1e9
        assert 0 <= age_s < 0.5


def test_pictures_that_were_handed_out_never_change(source: Source) -> None:
    opened(source)
    frames = frames_of(source)
    copies = [frame.pixels.copy() for frame in frames]
    frames_of(source)
    source.close()
    for frame, copy in zip(frames, copies, strict=True):
        np.testing.assert_array_equal(frame.pixels, copy)


def test_opens_again_from_the_beginning(source: Source) -> None:
    first_info = opened(source)
    first = frames_of(source, 3)
    source.close()
    assert opened(source) == first_info
    again = frames_of(source, 3)
    assert len(again) == len(first)
    if not first_info.live:
        assert again[0].index == 0
        for before, after in zip(first, again, strict=True):
            np.testing.assert_array_equal(before.pixels, after.pixels)


def test_opening_twice_begins_anew(source: Source) -> None:
    opened(source)
    frames_of(source, 2)
    opened(source)
    assert source.read() is not None


def test_closing_is_harmless_at_any_time(source: Source) -> None:
    source.close()
    opened(source)
    source.close()
    source.close()


def test_reading_what_is_not_open_is_an_error(source: Source) -> None:
    with pytest.raises(SourceError):
        source.read()
    opened(source)
    source.close()
    with pytest.raises(SourceError):
        source.read()


def test_what_ends_ends_for_good(source: Source) -> None:
    info = opened(source)
    if info.frame_count is None:
        pytest.skip("endless")
    assert len(frames_of(source, 1000)) == info.frame_count
    assert source.read() is None
    assert source.read() is None


@pytest.mark.parametrize("make", [FileSource, ImageSource, RepeatedImage, lambda path: paced(FileSource(path))])
def test_a_missing_file_is_a_source_error_on_opening(make: Make, tmp_path: Path) -> None:
    source = make(tmp_path / "nothing.mp4")
    for _ in range(2):
        with pytest.raises(SourceError, match="there is no file"):
            source.open()
    source.close()
