"""Controls that survive a reconnect."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.unit.capture.fake_kernel import FakeCamera, webcam
from u2live.capture.camera import CameraSource
from u2live.capture.camera_controls import ControlKeeper, restore
from u2live.capture.camera_device import CameraDevice
from u2live.capture.control_settings import chosen, identity, parsed, with_control
from u2live.capture.v4l2 import VideoDevice
from u2live.errors import UsageError
from u2live.settings import CameraSettings, Settings, with_text, with_value
from u2live.settings_file import load_settings, save_settings

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Video4Linux2 is Linux")
CAMERA = CameraDevice(0, "/dev/video0", "HD Webcam")


def values(camera: FakeCamera) -> dict[str, int]:
    with camera.device() as device:
        return {control.name: control.value for control in device.controls()}


def test_a_reconnected_camera_gets_its_values_back() -> None:
    plugged = [webcam()]
    keeper = ControlKeeper(lambda _path: plugged[0].device())
    keeper.attach(CAMERA)
    keeper.adjust({"auto_exposure": 1, "exposure_time_absolute": 300, "brightness": 20})
    plugged[0] = webcam()
    assert values(plugged[0])["brightness"] == 0
    keeper.attach(CAMERA)
    restored = values(plugged[0])
    assert restored["auto_exposure"] == 1
    assert restored["exposure_time_absolute"] == 300, "the automatic has to be switched off first"
    assert restored["brightness"] == 20


def test_the_first_opening_changes_nothing() -> None:
    camera = webcam()
    camera.controls[0].value = 33
    keeper = ControlKeeper(camera.device)
    keeper.attach(CAMERA)
    assert values(camera)["brightness"] == 33


def test_what_an_automatic_governs_is_left_alone() -> None:
    camera = webcam()
    with camera.device() as device:
        assert restore(device, {"exposure_time_absolute": 10, "no_such_control": 1}) == ()
    assert values(camera)["exposure_time_absolute"] == 157


def test_a_camera_that_is_gone_at_once_is_no_fault() -> None:
    def gone(_path: str) -> VideoDevice:
        raise FileNotFoundError

    keeper = ControlKeeper(gone)
    assert keeper.attach(CAMERA, {"brightness": 1}) == ()


def test_a_new_program_gives_the_chosen_values_to_the_camera_and_after_a_replug() -> None:
    plugged = [webcam()]
    keeper = ControlKeeper(lambda _path: plugged[0].device())
    wanted = {"auto_exposure": 1, "exposure_time_absolute": 300, "brightness": 500}
    assert keeper.attach(CAMERA, wanted) == ()
    expected = values(plugged[0])
    assert (expected["auto_exposure"], expected["exposure_time_absolute"]) == (1, 300)
    assert expected["brightness"] == 64, "the nearest value that the camera has"
    plugged[0] = webcam()
    keeper.attach(CAMERA, wanted)
    assert values(plugged[0]) == expected


def test_controls_the_camera_lacks_are_named() -> None:
    keeper = ControlKeeper(webcam().device)
    assert keeper.attach(CAMERA, {"zoom": 3, "brightness": 1}) == ("zoom",)
    assert keeper.adjust({"pan": 1}) == ("pan",)


def test_adjusting_reaches_the_camera_now_and_after_a_replug() -> None:
    plugged = [webcam()]
    keeper = ControlKeeper(lambda _path: plugged[0].device())
    assert keeper.adjust({"brightness": 9}) == (), "no camera yet"
    keeper.attach(CAMERA, {"brightness": 5})
    keeper.adjust({"brightness": -7})
    assert values(plugged[0])["brightness"] == -7
    plugged[0] = webcam()
    keeper.attach(CAMERA, {"brightness": 5})
    assert values(plugged[0])["brightness"] == -7


def test_adjusting_a_camera_that_is_away_waits_for_it() -> None:
    plugged: list[FakeCamera] = [webcam()]

    def opened(_path: str) -> VideoDevice:
        if not plugged:
            raise FileNotFoundError
        return plugged[0].device()

    keeper = ControlKeeper(opened)
    keeper.attach(CAMERA)
    plugged.clear()
    assert keeper.adjust({"brightness": 11, "zoom": 2}) == ()
    plugged.append(webcam())
    keeper.attach(CAMERA)
    assert values(plugged[0])["brightness"] == 11


USB = CameraDevice(
    2, "/dev/video2", "HD Webcam: HD", "/dev/v4l/by-id/usb-Maker_HD_Webcam_1A2B-video-index0", "usb-0000:00:14.0-3#0"
)
PLAIN = CameraDevice(0, "/dev/video0", "HD; Webcam", "", "usb-0000:00:14.0-3#0")


def test_a_camera_keeps_its_identity_under_another_number() -> None:
    moved = CameraDevice(5, "/dev/video5", USB.name, USB.stable_path, "usb-0000:00:14.0-9#0")
    assert identity(moved) == identity(USB)
    assert identity(PLAIN) == "HD Webcam@usb-0000:00:14.0-3#0"


def test_choices_are_kept_camera_by_camera() -> None:
    text = with_control("brightness=1, gain=4", USB, "brightness", 20)
    text = with_control(text, PLAIN, "focus", -3)
    text = with_control(text, USB, "brightness", 30)
    assert chosen(text, USB) == {"brightness": 30, "gain": 4}
    assert chosen(text, PLAIN) == {"brightness": 1, "gain": 4, "focus": -3}
    assert chosen(text, CAMERA) == {"brightness": 1, "gain": 4}


def test_choices_survive_the_settings_file(tmp_path: Path) -> None:
    text = with_control("", PLAIN, "brightness", -20)
    save_settings(tmp_path / "settings.json", with_value(Settings(), "camera.controls", text))
    again, told = load_settings(tmp_path / "settings.json")
    assert (chosen(again.camera.controls, PLAIN), told) == ({"brightness": -20}, ())


def test_the_command_line_takes_them() -> None:
    settings = with_text(Settings(), "camera.controls=brightness=140,exposure=-2")
    assert chosen(settings.camera.controls, USB) == {"brightness": 140, "exposure": -2}


@pytest.mark.parametrize("text", ["brightness", "brightness=high", "brightness=1,", "a: b: =2", "Brightness=1"])
def test_what_makes_no_sense_is_one_line(text: str) -> None:
    with pytest.raises(UsageError, match=r"camera\.controls takes name=value"):
        parsed(text)
    with pytest.raises(UsageError, match=r"camera\.controls"):
        CameraSource("0", CameraSettings(controls=text), lambda _notice: None)
