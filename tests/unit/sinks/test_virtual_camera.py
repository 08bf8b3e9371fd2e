"""The virtual camera's own behaviour over a device that only notes what it gets. The real one: tests/vm."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from u2live.errors import SinkError
from u2live.sinks import virtual_camera
from u2live.sinks.picture_format import PictureFormat
from u2live.sinks.virtual_camera import VirtualCamera
from u2live.types import Composite, Notice, Size

SIZE = Size(64, 48)


class Noted:
    """A device that keeps the pictures with their times; `broken` makes it fail."""

    def __init__(self, format: PictureFormat) -> None:  # noqa: A002
        self.format = format
        self.path = Path("/dev/video10")
        self.got: list[tuple[float, np.ndarray]] = []
        self.broken = False
        self.closed = False

    def write(self, picture: np.ndarray) -> None:
        if self.broken:
            raise OSError(19, "No such device")
        self.got.append((time.monotonic(), picture.copy()))

    def viewers(self) -> int | None:
        return 2

    def close(self) -> None:
        self.closed = True

    def newest(self) -> np.ndarray:
        planes = self.got[-1][1].reshape(self.format.size.height * 3 // 2, -1)
        return cv2.cvtColor(planes, cv2.COLOR_YUV2BGR_I420)


class Doors:
    """Every opening of the device; `refuse` makes the next ones fail, `held` is the size a reader holds."""

    def __init__(self) -> None:
        self.devices: list[Noted] = []
        self.refuse = False
        self.held: Size | None = None

    def __call__(self, choice: str | None, size: Size, frame_rate: float) -> Noted:
        if self.refuse:
            raise SinkError("not now")
        self.devices.append(Noted(PictureFormat("YU12", self.held or size)))
        return self.devices[-1]


@pytest.fixture
def doors(monkeypatch: pytest.MonkeyPatch) -> Doors:
    made = Doors()
    monkeypatch.setattr(virtual_camera, "open_device", made)
    monkeypatch.setattr(virtual_camera, "_REOPEN_S", 0.05)
    return made


@pytest.fixture
def notices() -> list[Notice]:
    return []


@pytest.fixture
def camera(doors: Doors, notices: list[Notice]):
    made = VirtualCamera(None, SIZE, 100, notices.append)
    yield made
    made.close()


def composite(value: int, size: Size = SIZE) -> Composite:
    return Composite(0, 0, np.full((size.height, size.width, 3), value, np.uint8))


def wait_for(condition) -> None:
    until_s = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until_s, "did not happen in time"
        time.sleep(0.005)


def test_the_last_picture_is_repeated(camera: VirtualCamera, doors: Doors) -> None:
    camera.open(SIZE, Fraction(30))
    camera.write(composite(200))
    device = doors.devices[0]
    wait_for(lambda: len(device.got) > 30)
    assert abs(int(device.newest().mean()) - 200) <= 1
    assert camera.viewers() == 2
    assert camera.device == "/dev/video10"


def test_black_until_the_first_picture(camera: VirtualCamera, doors: Doors) -> None:
    camera.open(SIZE, Fraction(30))
    wait_for(lambda: doors.devices[0].got)
    assert doors.devices[0].newest().max() <= 1


def test_other_sizes_are_letterboxed(camera: VirtualCamera, doors: Doors) -> None:
    camera.open(SIZE, Fraction(30))
    camera.write(composite(200, Size(128, 48)))
    device = doors.devices[0]
    wait_for(lambda: device.got and device.newest().max() > 100)
    picture = device.newest()
    assert picture.shape == (48, 64, 3)
    assert picture[:8].max() <= 2, "a bar above"
    assert picture[24].min() > 190, "the picture in the middle"


def test_a_held_size_is_kept_and_told(camera: VirtualCamera, doors: Doors, notices: list[Notice]) -> None:
    doors.held = Size(32, 32)
    camera.open(SIZE, Fraction(30))
    camera.write(composite(200))
    wait_for(lambda: doors.devices[0].got)
    assert camera.size == Size(32, 32)
    assert any("holds it at 32×32" in notice.message for notice in notices)


def test_a_failed_write_is_told_once_and_the_device_opened_again(
    camera: VirtualCamera, doors: Doors, notices: list[Notice]
) -> None:
    camera.open(SIZE, Fraction(30))
    camera.write(composite(200))
    wait_for(lambda: doors.devices[0].got)
    doors.refuse = True
    doors.devices[0].broken = True
    wait_for(lambda: doors.devices[0].closed)
    time.sleep(0.3)
    doors.held = Size(32, 24)  # it comes back as another one: the picture has to be made anew
    doors.refuse = False
    wait_for(lambda: len(doors.devices) == 2 and doors.devices[1].got)
    assert abs(int(doors.devices[1].newest().mean()) - 200) <= 1, "the last picture, without a new composite"
    assert len([notice for notice in notices if "stopped" in notice.message]) == 1
    assert any("is back" in notice.message for notice in notices)


def test_no_device_no_camera(doors: Doors, camera: VirtualCamera) -> None:
    doors.refuse = True
    with pytest.raises(SinkError, match="not now"):
        camera.open(SIZE, Fraction(30))
    assert camera.viewers() is None
