"""Cameras without one: asking for a mode, measuring the rate, noticing lies. The real ones are tests/vm's."""

from __future__ import annotations

import struct
import time
from fractions import Fraction

import cv2
import numpy as np
import pytest

from u2live.capture import camera_handle, devices
from u2live.capture.camera import CameraSource
from u2live.capture.camera_device import CameraDevice
from u2live.capture.camera_handle import CameraHandle
from u2live.capture.camera_mode import CameraMode, configure, differs
from u2live.capture.rate import RateMeter
from u2live.capture.source import SourceLost
from u2live.errors import SourceError
from u2live.settings import CameraSettings
from u2live.types import Level, Notice, Size

Modes = dict[str, dict[tuple[int, int], float]]
USUAL: Modes = {"MJPG": {(1280, 720): 30, (640, 480): 30}, "YUYV": {(1280, 720): 10, (640, 480): 30}}


class SimulatedCapture:
    """A driver behind cv2.VideoCapture: falls back to its nearest size and to the first rate when the format changes."""

    def __init__(self, modes: Modes) -> None:
        self.modes = modes
        self.fourcc = next(iter(modes))
        self.size = next(iter(modes[self.fourcc]))
        self.wished = [0, 0]
        self.rate = 5.0
        self.order: list[int] = []
        self.grabs = 0
        self.stamp_ms = 0.0
        self.alive = True
        self.released = False

    def isOpened(self) -> bool:  # noqa: N802
        return True

    def set(self, prop: int, value: float) -> bool:
        self.order.append(prop)
        if prop == cv2.CAP_PROP_FOURCC:
            name = struct.pack("<I", int(value)).decode()
            if name not in self.modes:
                return False
            self.fourcc, self.rate = name, 5.0
        elif prop in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT):
            self.wished[prop == cv2.CAP_PROP_FRAME_HEIGHT] = int(value)
            if all(self.wished):
                area = self.wished[0] * self.wished[1]
                self.size = min(self.modes[self.fourcc], key=lambda size: abs(size[0] * size[1] - area))
                self.rate = 5.0
        elif prop == cv2.CAP_PROP_FPS:
            self.rate = min(value, self.modes[self.fourcc].get(self.size, 5.0))
        return True

    def get(self, prop: int) -> float:
        answers = {
            cv2.CAP_PROP_FOURCC: float(struct.unpack("<I", self.fourcc.encode())[0]),
            cv2.CAP_PROP_FRAME_WIDTH: float(self.size[0]),
            cv2.CAP_PROP_FRAME_HEIGHT: float(self.size[1]),
            cv2.CAP_PROP_FPS: self.rate,
            cv2.CAP_PROP_POS_MSEC: self.stamp_ms,
        }
        return answers.get(prop, 0.0)

    def grab(self) -> bool:
        self.grabs += 1
        if self.alive:
            self.stamp_ms = time.monotonic() * 1000
            time.sleep(0.002)
        return True

    def retrieve(self) -> tuple[bool, np.ndarray]:
        return True, np.zeros((self.size[1], self.size[0], 3), np.uint8)

    def release(self) -> None:
        self.released = True


def test_mjpg_then_size_then_rate() -> None:
    capture = SimulatedCapture(USUAL)
    mode = configure(capture, CameraSettings())
    assert mode == CameraMode("MJPG", Size(1280, 720), Fraction(30))
    asked = [prop for prop in capture.order if prop != cv2.CAP_PROP_BUFFERSIZE]
    assert asked == [cv2.CAP_PROP_FOURCC, cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT, cv2.CAP_PROP_FPS]
    assert differs(mode, CameraSettings()) == ""


def test_yuyv_when_there_is_no_mjpg() -> None:
    mode = configure(SimulatedCapture({"YUYV": {(1280, 720): 10, (640, 480): 30}}), CameraSettings())
    assert mode == CameraMode("YUYV", Size(1280, 720), Fraction(10))
    assert differs(mode, CameraSettings()) == "gives 1280×720 at 10 pictures a second, not 1280×720 at 30"


def test_the_nearer_of_two_formats_is_kept() -> None:
    modes: Modes = {"MJPG": {(640, 480): 30}, "YUYV": {(1280, 720): 10}}
    assert configure(SimulatedCapture(modes), CameraSettings()).fourcc == "YUYV"
    modes = {"MJPG": {(1280, 720): 25}, "YUYV": {(1280, 720): 10}}
    capture = SimulatedCapture(modes)
    assert configure(capture, CameraSettings()) == CameraMode("MJPG", Size(1280, 720), Fraction(25))
    assert capture.fourcc == "MJPG", "and the camera was put back to it"


def test_a_wished_format_alone_is_asked_for() -> None:
    assert configure(SimulatedCapture(USUAL), CameraSettings(format="yuyv", width=640, height=480)).fourcc == "YUYV"


def test_a_camera_that_tells_no_rate() -> None:
    capture = SimulatedCapture({"MJPG": {(1280, 720): 0}})
    assert configure(capture, CameraSettings()).frame_rate == 30


def test_rate_meter_tells_once_and_only_when_short() -> None:
    slow = RateMeter(30)
    told = [slow.tick(round(number * 1e9 / 15)) for number in range(15 * 20)]
    assert [line for line in told if line] == [
        "gives 15 pictures a second, not the 30 it promised: more light or a smaller size often helps"
    ]
    assert slow.measured == pytest.approx(15, rel=0.02)
    good = RateMeter(30)
    assert not any(good.tick(round(number * 1e9 / 29)) for number in range(30 * 20))


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> list[SimulatedCapture]:
    """A machine with one camera. The list gets every capture that was opened; `alive` false makes it lie."""
    captures: list[SimulatedCapture] = []

    def opened(_device: CameraDevice) -> SimulatedCapture:
        captures.append(SimulatedCapture(USUAL))
        return captures[-1]

    monkeypatch.setattr(devices, "list_cameras", lambda: [CameraDevice(0, "/dev/null", "HD Webcam", "/dev/v4l/by-id/a")])
    monkeypatch.setattr(camera_handle, "_opened", opened)
    return captures


def test_one_old_picture_again_and_again_is_a_loss(plugged: list[SimulatedCapture], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_handle, "_PATIENCE_S", 0.3)
    source = CameraSource("0", CameraSettings(), lambda _: None)
    info = source.open()
    assert (info.name, info.size, info.live) == ("HD Webcam", Size(1280, 720), True)
    assert source.read() is not None
    plugged[0].alive = False  # grab goes on saying True, with the buffer it had
    with pytest.raises(SourceLost, match="stopped giving pictures"):
        list(iter(source.read, None))
    source.close()
    assert plugged[0].released
    source.open()
    assert source.read() is not None
    source.close()


def test_an_unplugged_camera_is_lost_at_once(plugged: list[SimulatedCapture], monkeypatch: pytest.MonkeyPatch) -> None:
    handle = CameraHandle(CameraDevice(0, "/dev/null", "HD Webcam"), CameraSettings(), lambda _: None)
    plugged[0].alive = False
    monkeypatch.setattr(camera_handle, "_node", lambda _: (0, 0))
    with pytest.raises(SourceLost, match="was unplugged"):
        handle.grab()


def test_less_than_wished_is_told_once(plugged: list[SimulatedCapture]) -> None:
    notices: list[Notice] = []
    source = CameraSource("0", CameraSettings(width=1920, height=1080), notices.append)
    for _ in range(2):
        source.open()
        source.close()
    assert [(notice.level, notice.message) for notice in notices] == [
        (Level.INFO, "HD Webcam gives 1280×720 at 30 pictures a second, not 1920×1080 at 30")
    ]


def test_the_capture_time_is_the_cameras(plugged: list[SimulatedCapture]) -> None:
    handle = CameraHandle(CameraDevice(0, "/dev/null", "HD Webcam"), CameraSettings(), lambda _: None)
    grabbed = handle.grab()
    assert grabbed is not None
    assert grabbed[0] == round(plugged[0].stamp_ms * 1e6)


def test_found_again_under_another_number(plugged: list[SimulatedCapture], monkeypatch: pytest.MonkeyPatch) -> None:
    source = CameraSource("0", CameraSettings(), lambda _: None)
    source.open()
    source.close()
    monkeypatch.setattr(devices, "list_cameras", list)
    with pytest.raises(SourceLost, match="HD Webcam is not there"):
        source.open()
    other = CameraDevice(0, "/dev/zero", "Another", "/dev/v4l/by-id/b")
    same = CameraDevice(5, "/dev/null", "HD Webcam", "/dev/v4l/by-id/a")
    monkeypatch.setattr(devices, "list_cameras", lambda: [other, same])
    assert source.open().name == "HD Webcam"
    source.close()


def test_no_such_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "list_cameras", list)
    with pytest.raises(SourceError, match="there is no camera 7; no camera was found"):
        CameraSource("7", CameraSettings(), lambda _: None).open()
    monkeypatch.setattr(devices, "list_cameras", lambda: [CameraDevice(0, "/dev/video0", "HD Webcam")])
    with pytest.raises(SourceError, match="/dev/null gives no pictures: it is no camera"):
        CameraSource("/dev/null", CameraSettings(), lambda _: None).open()
    with pytest.raises(SourceError, match=r"there is no camera 7; cameras: 0 \(HD Webcam\)"):
        CameraSource("7", CameraSettings(), lambda _: None).open()


def test_whether_it_is_there_is_told_without_opening_it(
    plugged: list[SimulatedCapture], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = CameraSource("0", CameraSettings(), lambda _: None)
    source.check_present()
    assert plugged == []
    monkeypatch.setattr(devices, "list_cameras", list)
    with pytest.raises(SourceError, match="there is no camera 0"):
        source.check_present()
