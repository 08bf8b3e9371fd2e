"""Controls that survive a reconnect."""

from __future__ import annotations

import sys

import pytest

from tests.unit.capture.fake_kernel import FakeCamera, webcam
from u2live.capture.camera_controls import ControlKeeper, restore
from u2live.capture.devices import CameraDevice
from u2live.errors import UsageError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Video4Linux2 is Linux")
CAMERA = CameraDevice(0, "/dev/video0", "HD Webcam")


def values(camera: FakeCamera) -> dict[str, int]:
    with camera.device() as device:
        return {control.name: control.value for control in device.controls()}


def test_a_reconnected_camera_gets_its_values_back() -> None:
    plugged = [webcam()]
    keeper = ControlKeeper(lambda _path: plugged[0].device())
    keeper.attach(CAMERA)
    keeper.set("auto_exposure", 1)
    keeper.set("exposure_time_absolute", 300)
    keeper.set("brightness", 20)
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


def test_wrong_names_and_values_are_refused() -> None:
    keeper = ControlKeeper(webcam().device)
    with pytest.raises(UsageError, match="no control"):
        keeper.set("brightness", 1)  # no camera yet
    keeper.attach(CAMERA)
    with pytest.raises(UsageError, match="brightness"):
        keeper.set("zoom", 1)
    with pytest.raises(UsageError, match="between -64 and 64"):
        keeper.set("brightness", 65)


def test_a_camera_that_is_away_has_no_controls() -> None:
    def gone(_path: str):
        raise FileNotFoundError

    keeper = ControlKeeper(gone)
    keeper.attach(CAMERA)
    assert keeper.read() == ()
