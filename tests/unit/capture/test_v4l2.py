"""Video4Linux2's structures, against a kernel's side written with ctypes."""

from __future__ import annotations

import sys
from fractions import Fraction

import pytest

from tests.unit.capture.fake_kernel import FakeCamera, webcam
from u2live.capture.camera_device import Kind, Mode
from u2live.capture.v4l2 import VideoDevice, control_name
from u2live.types import Size

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Video4Linux2 is Linux")


def test_capability_takes_the_device_caps() -> None:
    with webcam().device() as device:
        capability = device.capability()
    assert (capability.card, capability.driver, capability.bus_info) == ("HD Webcam", "uvcvideo", "usb-0000:00:14.0-1")
    assert capability.captures
    with webcam(device_caps=0x04A00000).device() as metadata_node:
        assert not metadata_node.capability().captures


def test_modes() -> None:
    with webcam().device() as device:
        modes = device.modes()
    assert modes[0] == Mode("MJPG", Size(1280, 720), (Fraction(30), Fraction(15)))
    assert modes[3] == Mode("YUYV", Size(1280, 720), (Fraction(10), Fraction(15, 2)))
    assert len(modes) == 4


def test_a_range_of_sizes_becomes_the_usual_ones() -> None:
    with FakeCamera(stepwise={"YUYV": (48, 1600, 16, 48, 1200, 8)}).device() as device:
        modes = device.modes()
    assert [mode.size for mode in modes] == [Size(320, 240), Size(640, 480), Size(1280, 720), Size(1600, 1200)]
    assert modes[0].frame_rates == (Fraction(1000), Fraction(1))


def test_controls() -> None:
    with webcam().device() as device:
        controls = {control.name: control for control in device.controls()}
    assert list(controls) == ["brightness", "white_balance_automatic", "auto_exposure", "exposure_time_absolute", "privacy"]
    assert (controls["brightness"].minimum, controls["brightness"].maximum) == (-64, 64)
    assert controls["auto_exposure"].kind is Kind.MENU
    assert controls["auto_exposure"].choices == ((1, "Manual Mode"), (3, "Aperture Priority Mode"))
    assert not controls["exposure_time_absolute"].active
    assert not controls["privacy"].writable


def test_set_and_get() -> None:
    camera = webcam()
    with camera.device() as device:
        brightness = device.controls()[0]
        device.set(brightness, -12)
        assert device.get(brightness) == -12
    assert camera.controls[0].value == -12


def test_what_is_no_camera_refuses() -> None:
    with VideoDevice("/dev/null") as device, pytest.raises(OSError, match="Inappropriate ioctl"):
        device.capability()
    with pytest.raises(FileNotFoundError):
        VideoDevice("/dev/video987")


def test_closing_twice_is_harmless() -> None:
    device = webcam().device()
    device.close()
    device.close()


@pytest.mark.parametrize(
    ("label", "name"),
    [("White Balance, Automatic", "white_balance_automatic"), ("Focus (absolute)", "focus_absolute"), ("Gain", "gain")],
)
def test_control_names(label: str, name: str) -> None:
    assert control_name(label) == name
