"""From words to sources."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.unit.capture import media
from u2live.capture import devices
from u2live.capture.camera import CameraSource
from u2live.capture.camera_device import CameraDevice
from u2live.capture.demo import DemoSource
from u2live.capture.factory import file_source, make_source
from u2live.capture.file import FileSource
from u2live.capture.image import ImageSource, RepeatedImage
from u2live.capture.source import Source
from u2live.capture.stream import StreamSource
from u2live.errors import SourceError, UsageError
from u2live.settings import CameraSettings
from u2live.types import Level, Notice, Size

CAMERAS = [
    CameraDevice(0, "/dev/video0", "u2live", virtual=True),
    CameraDevice(2, "/dev/video2", "HD Webcam"),
]


@pytest.fixture
def notices() -> list[Notice]:
    return []


def make(spec: str, notices: list[Notice]) -> Source:
    return make_source(spec, CameraSettings(width=320, height=240, frame_rate=25), notices.append)


def test_auto_takes_the_first_real_camera(monkeypatch: pytest.MonkeyPatch, notices: list[Notice]) -> None:
    monkeypatch.setattr(devices, "list_cameras", lambda: CAMERAS)
    source = make("auto", notices)
    assert isinstance(source, CameraSource)
    assert source._spec == "/dev/video2"
    assert notices == []


def test_auto_without_a_camera_is_the_demo_and_says_so(monkeypatch: pytest.MonkeyPatch, notices: list[Notice]) -> None:
    monkeypatch.setattr(devices, "list_cameras", lambda: CAMERAS[:1])
    source = make("auto", notices)
    assert isinstance(source, DemoSource)
    assert [(notice.level, notice.topic) for notice in notices] == [(Level.INFO, "source")]
    info = source.open()
    assert (info.size, info.frame_rate) == (Size(320, 240), 25)
    source.close()


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        ("demo", DemoSource),
        ("0", CameraSource),
        ("/dev/video3", CameraSource),
        ("/dev/v4l/by-id/usb-webcam-video-index0", CameraSource),
        ("rtsp://camera/1", StreamSource),
        ("HTTP://camera/x.mjpg", StreamSource),
    ],
)
def test_kinds(spec: str, kind: type, notices: list[Notice]) -> None:
    assert isinstance(make(spec, notices), kind)


def test_a_name_means_a_camera(monkeypatch: pytest.MonkeyPatch, notices: list[Notice]) -> None:
    monkeypatch.setattr(devices, "list_cameras", lambda: CAMERAS)
    assert isinstance(make("hd web", notices), CameraSource)


def test_files_and_pictures(tmp_path: Path, notices: list[Notice]) -> None:
    clip = media.write_video(tmp_path / "ein Film – größer.mp4", media.numbered_frames(2))
    picture = tmp_path / "Bild.PNG"
    picture.write_bytes(cv2.imencode(".png", np.zeros((8, 8, 3), np.uint8))[1].tobytes())
    assert isinstance(make(str(clip), notices), FileSource)
    assert isinstance(make(str(picture), notices), RepeatedImage)
    assert isinstance(file_source(clip, notices.append), FileSource)
    assert isinstance(file_source(picture, notices.append), ImageSource)
    repeated = make(str(picture), notices)
    assert repeated.open().frame_rate == 25
    repeated.close()


@pytest.mark.parametrize(
    ("spec", "error", "words"),
    [
        ("nothing.mp4", SourceError, "there is no file nothing.mp4"),
        ("some/folder/clip", SourceError, "there is no file"),
        ("~no-such-user/clip", SourceError, "there is no file"),
        ("nonsense", UsageError, "a source is auto, demo, a camera"),
        ("", UsageError, "there is no source"),
        (".", SourceError, "is a folder"),
        ("-1", UsageError, "there is no source"),
    ],
)
def test_what_does_not_exist(
    spec: str, error: type[Exception], words: str, monkeypatch: pytest.MonkeyPatch, notices: list[Notice]
) -> None:
    monkeypatch.setattr(devices, "list_cameras", lambda: CAMERAS)
    with pytest.raises(error, match=words) as caught:
        make(spec, notices)
    assert "\n" not in str(caught.value)


def test_an_empty_file_is_refused_before_anything_starts(tmp_path: Path, notices: list[Notice]) -> None:
    (tmp_path / "empty.png").touch()
    with pytest.raises(SourceError, match="0 bytes"):
        make(str(tmp_path / "empty.png"), notices)
