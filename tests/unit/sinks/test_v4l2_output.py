"""Writing to a v4l2loopback device, against its rules as its source has them."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest

from tests.unit.sinks.fake_loopback import CAPTURE, OUTPUT, FakeLoopback
from u2live.errors import SinkError
from u2live.sinks import v4l2_output
from u2live.sinks.picture_format import PictureFormat
from u2live.sinks.v4l2_output import LoopbackWriter
from u2live.types import Size

pytestmark = pytest.mark.skipif(not hasattr(v4l2_output.select, "poll"), reason="v4l2loopback is Linux's")
SIZE = Size(64, 48)


@pytest.fixture
def device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeLoopback:
    fake = FakeLoopback(tmp_path / "video10")
    monkeypatch.setattr(v4l2_output, "os", fake)
    return fake


def writer(device: FakeLoopback, size: Size = SIZE) -> LoopbackWriter:
    return LoopbackWriter(device.path, size, 30.0, device.ioctl)


def offered(device: FakeLoopback) -> int:
    return CAPTURE * device.ready_for_capture | OUTPUT * device.ready_for_output


def test_a_fresh_device_takes_our_format_and_rate(device: FakeLoopback) -> None:
    opened = writer(device)
    assert opened.format == PictureFormat("YU12", SIZE)
    assert device.format == ("YU12", 64, 48)
    assert device.rate == (1, 30), "seconds per picture, as the kernel has it"
    assert offered(device) == CAPTURE, "call programs list only what looks like a camera"
    opened.close()


def test_what_is_left_behind_is_usable(device: FakeLoopback) -> None:
    opened = writer(device)
    opened.write(np.zeros(64 * 48 * 3 // 2, np.uint8))
    opened.close()
    assert offered(device) == OUTPUT


def test_a_format_that_readers_hold_stays(device: FakeLoopback) -> None:
    writer(device).close()
    device.format, device.readers, device.ready_for_capture = ("NV12", 320, 240), 1, True
    opened = writer(device)
    assert opened.format == PictureFormat("NV12", Size(320, 240))
    opened.close()


def test_a_held_format_that_we_do_not_make_is_told(device: FakeLoopback) -> None:
    device.format, device.readers, device.ready_for_capture = ("MJPG", 320, 240), 1, True
    with pytest.raises(SinkError, match=r"MJPG.*close what reads it"):
        writer(device)


@pytest.mark.parametrize("readers", [0, 1])
def test_a_device_left_dead_is_brought_back(device: FakeLoopback, readers: int) -> None:
    device.readers = readers
    device.format = ("YU12", 64, 48) if readers else ("", 0, 0)
    device.abandoned_by_a_writer_without_streamon()
    assert not offered(device) & OUTPUT
    opened = writer(device)
    assert opened.format.fourcc == "YU12"
    opened.close()
    assert offered(device) & OUTPUT


def test_a_second_u2live_is_refused(device: FakeLoopback) -> None:
    first = writer(device)
    device.ready_for_output = True  # as with exclusive_caps=0, where the device always looks free
    with pytest.raises(SinkError, match="another u2live feeds it"):
        writer(device)
    first.close()


def test_a_failed_write_is_an_error(device: FakeLoopback) -> None:
    opened = writer(device)
    device.fails_with = errno.ENODEV
    with pytest.raises(OSError, match="No such device"):
        opened.write(np.zeros(64 * 48 * 3 // 2, np.uint8))
    device.fails_with = None
    device.format = ("YU12", 32, 24)
    with pytest.raises(OSError, match="part of a picture"):
        opened.write(np.zeros(64 * 48 * 3 // 2, np.uint8))
    opened.close()


def test_a_device_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match=r"cannot be opened for writing.*doctor"):
        LoopbackWriter(tmp_path / "video99", SIZE, 30.0)


def test_closing_twice_is_harmless(device: FakeLoopback) -> None:
    opened = writer(device)
    opened.close()
    opened.close()
