"""The list of cameras, and finding one again under another number."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.capture.fake_kernel import FakeCamera, webcam
from u2live.capture import devices
from u2live.capture.camera_device import CameraDevice
from u2live.capture.devices import find_again, find_camera, first_camera, list_cameras
from u2live.capture.devices_linux import holders, linux_cameras
from u2live.capture.v4l2 import VideoDevice

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a Linux device tree")


class Tree:
    """A /dev and a /sys with cameras in them."""

    def __init__(self, root: Path) -> None:
        self.dev, self.sys = root / "dev", root / "sys"
        self.dev.mkdir()
        self.cameras: dict[str, FakeCamera | int] = {}

    def plug(self, number: int, camera: FakeCamera | int, link: str = "", index: int = 0) -> None:
        """`camera` is what answers, or the errno with which opening it fails."""
        node = self.dev / f"video{number}"
        node.touch()
        self.cameras[str(node)] = camera
        folder = self.sys / "class" / "video4linux" / node.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "index").write_text(f"{index}\n")
        (folder / "name").write_text("Shut Camera\n" if isinstance(camera, int) else camera.card)
        if link:
            place = self.dev / "v4l" / link
            place.parent.mkdir(parents=True, exist_ok=True)
            place.unlink(missing_ok=True)
            place.symlink_to(node)

    def unplug(self, number: int) -> None:
        (self.dev / f"video{number}").unlink()

    def open(self, path: Path) -> VideoDevice:
        camera = self.cameras[str(path)]
        if isinstance(camera, int):
            raise OSError(camera, os.strerror(camera))
        return camera.device()

    def cameras_now(self) -> list[CameraDevice]:
        return linux_cameras(self.dev, self.sys, self.open)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_lists_by_number_and_leaves_out_what_is_no_camera(tree: Tree) -> None:
    tree.plug(10, webcam(card="Ten"))
    tree.plug(2, webcam(card="Two"), "by-id/usb-two-index0")
    tree.plug(3, webcam(card="Two", device_caps=0x04A00000), index=1)  # its metadata
    tree.plug(4, errno.ENODEV)
    (tree.dev / "video").touch()
    (tree.dev / "videonone").touch()
    found = tree.cameras_now()
    assert [(device.number, device.name) for device in found] == [(2, "Two"), (10, "Ten")]
    assert found[0].stable_path == str(tree.dev / "v4l/by-id/usb-two-index0")
    assert found[1].stable_path == ""


def test_by_id_goes_before_by_path(tree: Tree) -> None:
    tree.plug(0, webcam(), "by-path/pci-1")
    tree.plug(0, webcam(), "by-id/usb-1")
    assert tree.cameras_now()[0].stable_path.endswith("by-id/usb-1")


def test_a_camera_that_may_not_be_opened_is_listed_with_the_reason(tree: Tree) -> None:
    tree.plug(0, errno.EACCES)
    tree.plug(1, errno.EBUSY)
    first, second = tree.cameras_now()
    assert (first.name, first.problem) == ("Shut Camera", "may not be opened by this user")
    assert "in use" in second.problem


def test_no_tree_at_all(tmp_path: Path) -> None:
    assert linux_cameras(tmp_path / "nothing", tmp_path / "nothing") == []


def test_found_again_under_another_number(tree: Tree) -> None:
    tree.plug(0, webcam(card="Left"), "by-id/left")
    tree.plug(1, webcam(card="Right"), "by-id/right")
    left = tree.cameras_now()[0]
    tree.unplug(0)
    tree.plug(5, webcam(card="Left"), "by-id/left")
    again = find_again(left, tree.cameras_now())
    assert again is not None
    assert again.number == 5


def test_found_again_without_udev_by_name_and_place(tree: Tree) -> None:
    tree.plug(0, webcam(bus_info="usb-1"))
    tree.plug(1, webcam(bus_info="usb-2"))
    second = tree.cameras_now()[1]
    tree.unplug(0)
    tree.unplug(1)
    tree.plug(2, webcam(bus_info="usb-2"))
    tree.plug(3, webcam(bus_info="usb-1"))
    again = find_again(second, tree.cameras_now())
    assert again is not None
    assert again.number == 2


def test_another_camera_under_the_old_number_is_not_taken(tree: Tree) -> None:
    tree.plug(0, webcam(card="Mine"), "by-id/mine")
    mine = tree.cameras_now()[0]
    tree.unplug(0)
    tree.plug(0, webcam(card="Somebody's"), "by-id/other")
    assert find_again(mine, tree.cameras_now()) is None


def test_two_of_a_kind_in_new_places_are_not_guessed_at(tree: Tree) -> None:
    tree.plug(0, webcam(bus_info="usb-1"))
    mine = tree.cameras_now()[0]
    tree.plug(0, webcam(bus_info="usb-8"))
    assert find_again(mine, tree.cameras_now()) is not None, "one of its name: the same in another socket"
    tree.plug(1, webcam(bus_info="usb-9"))
    assert find_again(mine, tree.cameras_now()) is None


def test_two_nodes_of_one_camera_stay_apart(tree: Tree) -> None:
    tree.plug(0, webcam(), index=0)
    tree.plug(2, webcam(), index=2)
    infrared = tree.cameras_now()[1]
    again = find_again(infrared, tree.cameras_now())
    assert again is not None
    assert again.number == 2


@pytest.mark.parametrize(
    ("spec", "number"),
    [
        ("2", 2),
        ("Capture Card", 2),
        ("capture", 2),
        ("HD", 0),
        ("7", None),
        ("nothing", None),
        ("/dev/video77", None),
        ("", None),
    ],
)
def test_what_a_word_means(tree: Tree, spec: str, number: int | None) -> None:
    tree.plug(0, webcam())
    tree.plug(2, webcam(card="Capture Card 2000"))
    device = find_camera(spec, tree.cameras_now())
    assert (device.number if device else None) == number


def test_a_stable_path_means_its_device(tree: Tree) -> None:
    tree.plug(0, webcam(), "by-id/a")
    tree.plug(1, webcam(), "by-id/b")
    (tree.dev / "my-camera").symlink_to(tree.dev / "video1")
    for path in (tree.dev / "v4l/by-id/b", tree.dev / "video1", tree.dev / "my-camera"):
        device = find_camera(str(path), tree.cameras_now())
        assert device is not None
        assert device.number == 1


def test_the_first_camera_is_never_a_virtual_one(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "list_cameras", tree.cameras_now)
    assert first_camera() is None
    tree.plug(0, webcam(driver="v4l2 loopback", card="u2live"))
    assert tree.cameras_now()[0].virtual
    assert first_camera() is None
    tree.plug(1, errno.EACCES)
    refused = first_camera()
    assert refused is not None
    assert refused.number == 1
    tree.plug(2, webcam())
    good = first_camera()
    assert good is not None
    assert good.number == 2


def test_holders_names_the_program(tmp_path: Path) -> None:
    file = tmp_path / "video0"
    file.touch()
    script = f"import time; f = open({str(file)!r}); print('open', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        other.stdout.readline()
        found = holders(str(file))
        other.kill()
    assert len(found) == 1
    assert f"process {other.pid}" in found[0]
    assert holders(str(tmp_path / "nothing")) == []


def test_this_machine_can_be_asked() -> None:
    for device in list_cameras():
        assert device.name
        assert Path(device.path).exists()


def test_the_command_answers_without_any_camera(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from u2live.cli import main

    monkeypatch.setattr(devices, "list_cameras", list)
    assert main(["cameras"]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "no camera was found" in shown.err
    assert main(["cameras", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"cameras": []}


def test_the_command_tells_everything(
    tree: Tree, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from u2live.capture import v4l2
    from u2live.cli import main

    tree.plug(0, webcam(), "by-id/usb-webcam")
    tree.plug(1, errno.EACCES)
    monkeypatch.setattr(devices, "list_cameras", tree.cameras_now)
    monkeypatch.setattr(v4l2, "VideoDevice", tree.open)
    assert main(["cameras"]) == 0
    text = capsys.readouterr().out
    for words in (
        "0  HD Webcam",
        "by-id/usb-webcam",
        "MJPG  1280×720  30, 15 fps",
        "brightness = 0",
        "3: Aperture",
        "may not be",
    ):
        assert words in text
    assert main(["cameras", "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)["cameras"]
    assert first["modes"][0] == {"format": "MJPG", "width": 1280, "height": 720, "frame_rates": [30.0, 15.0]}
    assert first["controls"][0]["name"] == "brightness"
    assert second["problem"] == "may not be opened by this user"
