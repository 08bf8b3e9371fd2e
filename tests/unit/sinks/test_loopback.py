"""Which virtual camera is taken, on faked system trees: never another program's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from u2live.errors import SinkError
from u2live.sinks.loopback import choose_loopback, loopback_devices, readers_of, viewers_of


def device(root: Path, number: int, name: str, state: str | None = "output") -> None:
    """A node in sysfs; `state` None is a real camera, which has none of v4l2loopback's files."""
    folder = root / "sys/class/video4linux" / f"video{number}"
    folder.mkdir(parents=True)
    (folder / "name").write_text(name + "\n")
    if state is not None:
        (folder / "format").write_text("")
        (folder / "max_openers").write_text("10\n")
        (folder / "state").write_text(state + "\n")


@pytest.fixture
def system(tmp_path: Path) -> Path:
    device(tmp_path, 0, "Integrated Camera", None)
    device(tmp_path, 11, "OBS Virtual Camera", "capture")
    device(tmp_path, 9, "Dummy")
    device(tmp_path, 10, "u2live")
    return tmp_path


def test_only_loopback_devices_in_the_order_of_their_numbers(system: Path) -> None:
    assert [found.name for found in loopback_devices(system)] == ["Dummy", "u2live", "OBS Virtual Camera"]


def test_ours_is_taken_before_any_other(system: Path) -> None:
    assert choose_loopback(None, loopback_devices(system)).name == "u2live"


@pytest.mark.parametrize("choice", ["Dummy", "/dev/video9"])
def test_a_device_is_chosen_by_name_or_path(system: Path, choice: str) -> None:
    choice = choice if choice == "Dummy" else str(system / "dev/video9")
    assert choose_loopback(choice, loopback_devices(system)).name == "Dummy"


def test_another_programs_device_is_never_taken(system: Path) -> None:
    with pytest.raises(SinkError, match=r"another program feeds .*OBS"):
        choose_loopback("OBS Virtual Camera", loopback_devices(system))
    (system / "sys/class/video4linux/video10/state").write_text("capture")
    assert choose_loopback(None, loopback_devices(system)).name == "Dummy"


def test_a_real_camera_is_no_virtual_one(system: Path) -> None:
    with pytest.raises(SinkError, match="no virtual camera; there are"):
        choose_loopback("Integrated Camera", loopback_devices(system))


def test_without_any_the_way_to_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="modprobe v4l2loopback"):
        choose_loopback(None, loopback_devices(tmp_path))


def test_readers_are_the_other_processes_that_hold_it_open(tmp_path: Path) -> None:
    target = tmp_path / "dev/video10"
    for process, links in (("100", [target]), ("200", [Path("/dev/null")]), ("300", [target, target])):
        handles = tmp_path / "proc" / process / "fd"
        handles.mkdir(parents=True)
        for number, link in enumerate(links):
            (handles / str(number)).symlink_to(link)
    assert readers_of(target, tmp_path) == 2


def opened(root: Path, process: int, *targets: Path) -> None:
    handles = root / "proc" / str(process) / "fd"
    handles.mkdir(parents=True)
    for number, target in enumerate(targets):
        (handles / str(number)).symlink_to(target)


def held(root: Path, count: int) -> None:
    folder = root / "sys/module/v4l2loopback"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "refcnt").write_text(f"{count}\n")


def test_viewers_are_counted_by_the_module_even_where_proc_shows_nothing(tmp_path: Path) -> None:
    device(tmp_path, 10, "u2live")
    camera = tmp_path / "dev/video10"
    opened(tmp_path, os.getpid(), camera)
    held(tmp_path, 1)
    assert viewers_of(camera, tmp_path) == 0
    held(tmp_path, 3)
    assert viewers_of(camera, tmp_path) == 2


def test_with_several_devices_what_nobody_explains_counts(tmp_path: Path) -> None:
    device(tmp_path, 10, "u2live")
    device(tmp_path, 11, "OBS Virtual Camera")
    camera, other = tmp_path / "dev/video10", tmp_path / "dev/video11"
    opened(tmp_path, os.getpid(), camera)
    opened(tmp_path, 100, other, other)
    held(tmp_path, 3)
    assert viewers_of(camera, tmp_path) == 0
    held(tmp_path, 4)
    assert viewers_of(camera, tmp_path) == 1


def test_without_the_modules_count_proc_has_to_do(tmp_path: Path) -> None:
    camera = tmp_path / "dev/video10"
    opened(tmp_path, 100, camera)
    assert viewers_of(camera, tmp_path) == 1
    assert viewers_of(camera, tmp_path / "nothing") is None


def test_a_device_of_an_old_module_without_a_format_is_free(tmp_path: Path) -> None:
    device(tmp_path, 10, "u2live")
    (tmp_path / "sys/class/video4linux/video10/state").unlink()
    assert not loopback_devices(tmp_path)[0].written
