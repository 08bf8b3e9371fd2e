"""The PipeWire camera where there is no PipeWire: every mistake is one line."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from tests.unit.sinks.video_files import composites
from u2live.errors import SinkError
from u2live.sinks import pipewire_library
from u2live.sinks.pipewire import PIPEWIRE, PipeWireCamera, open_any_virtual_camera
from u2live.sinks.sink import Delivery
from u2live.types import Size

SIZE = Size(320, 192)


@pytest.fixture
def no_library(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(pipewire_library, "_LIBRARY", "libpipewire-that-is-not-there.so.0")
    pipewire_library.libpipewire.cache_clear()
    yield
    pipewire_library.libpipewire.cache_clear()


@pytest.fixture
def nothing_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The library, and no PipeWire to reach."""
    try:
        pipewire_library.libpipewire()
    except SinkError:
        pytest.skip("PipeWire's library is not installed")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("PIPEWIRE_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("PIPEWIRE_REMOTE", raising=False)


def camera() -> PipeWireCamera:
    return PipeWireCamera(SIZE, 30, notify=lambda notice: None)


@pytest.mark.usefixtures("no_library")
def test_a_missing_library_is_told_before_anything_starts() -> None:
    with pytest.raises(SinkError, match="install pipewire") as error:
        open_any_virtual_camera(PIPEWIRE, SIZE)
    assert "\n" not in str(error.value)


@pytest.mark.usefixtures("nothing_runs")
def test_no_pipewire_is_one_line_and_leaves_nothing() -> None:
    sink = camera()
    before, files = set(threading.enumerate()), len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        with pytest.raises(SinkError, match="PipeWire cannot be reached") as error:
            sink.open(SIZE, Fraction(30))
        assert "\n" not in str(error.value)
    assert set(threading.enumerate()) <= before  # an earlier test's thread may end meanwhile
    assert len(list(Path("/proc/self/fd").iterdir())) <= files + 1
    assert (sink.device, sink.viewers()) == (None, None)


def test_it_says_what_it_is() -> None:
    assert camera().name == "virtual camera"
    assert camera().delivery is Delivery.LATEST
    assert PipeWireCamera(Size(319, 191), 30, notify=lambda notice: None).size == SIZE


def test_writing_without_opening_is_an_error() -> None:
    with pytest.raises(SinkError, match="not open"):
        camera().write(composites([0.0])[0])


def test_closing_is_harmless() -> None:
    sink = camera()
    sink.close()
    sink.close()


def test_other_choices_are_the_kernels_door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("u2live.sinks.virtual_camera._PLATFORM", "linux")
    with pytest.raises(SinkError, match=r"v4l2loopback|video99"):
        open_any_virtual_camera("/dev/video99", SIZE)
