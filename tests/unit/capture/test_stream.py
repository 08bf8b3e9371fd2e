"""Network streams, from a real HTTP server on this machine."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.capture import media
from tests.unit.capture.network_camera import NetworkCamera
from tests.unit.capture.rtsp_camera import RtspCamera
from u2live.capture import stream as stream_module
from u2live.capture.source import SourceLost
from u2live.capture.stream import StreamSource, shown
from u2live.errors import SourceError
from u2live.types import Size


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[NetworkCamera]:
    clip = media.write_video(tmp_path / "clip.mp4", media.numbered_frames(20), options={"movflags": "faststart"}, rate=25)
    server = NetworkCamera(clip)
    yield server
    server.stop()


def open_patiently(source: StreamSource) -> None:
    """As the pipeline does."""
    until = time.monotonic() + 5
    while True:
        try:
            source.open()
            return
        except SourceError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def test_live_and_the_newest_wins(camera: NetworkCamera) -> None:
    source = StreamSource(f"{camera.address}/live.mjpg", lambda _: None)
    info = source.open()
    assert (info.size, info.live) == (Size(96, 64), True)
    first = source.read()
    time.sleep(0.5)
    late = source.read()
    following = source.read()
    source.close()
    assert first is not None
    assert late is not None
    assert following is not None
    assert media.number_of(late.pixels) >= media.number_of(first.pixels) + 8
    assert media.number_of(following.pixels) > media.number_of(late.pixels)
    assert first.timestamp_ns < late.timestamp_ns < following.timestamp_ns <= time.monotonic_ns()
    assert late.index > first.index + 5


def test_a_stream_that_breaks_off_is_lost_and_comes_back(camera: NetworkCamera) -> None:
    source = StreamSource(f"{camera.address}/live.mjpg", lambda _: None)
    source.open()
    source.read()
    camera.hang_up.set()
    with pytest.raises(SourceLost):
        list(iter(source.read, None))
    source.close()
    camera.hang_up.clear()
    open_patiently(source)
    assert source.read() is not None
    source.close()


def test_a_silent_stream_is_lost(camera: NetworkCamera, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "_READ_S", 0.5)
    source = StreamSource(f"{camera.address}/live.mjpg", lambda _: None)
    source.open()
    camera.talking = False
    begin = time.monotonic()
    with pytest.raises(SourceLost, match="lost"):
        list(iter(source.read, None))
    assert time.monotonic() - begin < 3
    begin = time.monotonic()
    source.close()
    assert time.monotonic() - begin < 1.5


def test_close_does_not_wait_for_a_silent_stream(camera: NetworkCamera) -> None:
    source = StreamSource(f"{camera.address}/live.mjpg", lambda _: None)
    source.open()
    camera.talking = False
    time.sleep(0.1)
    begin = time.monotonic()
    source.close()
    assert time.monotonic() - begin < 1.5


def test_a_recording_by_address_plays_at_its_own_speed_and_ends(camera: NetworkCamera) -> None:
    source = StreamSource(f"{camera.address}/clip.mp4", lambda _: None)
    source.open()
    begin = time.monotonic()
    numbers = []
    while (frame := source.read()) is not None:
        numbers.append(media.number_of(frame.pixels))
    assert time.monotonic() - begin == pytest.approx(20 / 25, abs=0.3)
    assert numbers[-1] == 19
    assert numbers == sorted(set(numbers))
    assert len(numbers) > 15
    source.close()


def test_rtsp_and_back_after_a_loss() -> None:
    first = RtspCamera()
    source = StreamSource(first.address, lambda _: None)
    try:
        info = source.open()
        frames = [source.read() for _ in range(10)]
    finally:
        first.stop()
    assert (info.size, info.live) == (Size(96, 64), True)
    numbers = [media.number_of(frame.pixels) for frame in frames if frame is not None]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == 10
    with pytest.raises(SourceLost):
        list(iter(source.read, None))
    source.close()
    with pytest.raises(SourceError, match="refused"):
        source.open()
    second = RtspCamera()
    source = StreamSource(second.address, lambda _: None)
    try:
        source.open()
        assert source.read() is not None
    finally:
        source.close()
        second.stop()


def test_wrong_addresses_are_one_clear_line(camera: NetworkCamera) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"rtsp://user:secret@127.0.0.1:{unused.getsockname()[1]}/x"
        for address, words in (
            (f"{camera.address}/nothing", "404"),
            (nobody, "refused"),
            ("http://host.invalid/x", "cannot be opened"),
        ):
            with pytest.raises(SourceError, match=words) as caught:
                StreamSource(address, lambda _: None).open()
            assert "\n" not in str(caught.value)
            assert "secret" not in str(caught.value)


def test_passwords_are_not_shown() -> None:
    assert shown("rtsp://me:p4ss@camera.local/1?x=@") == "rtsp://me:…@camera.local/1?x=@"
    assert shown("http://camera.local:80/a@b") == "http://camera.local:80/a@b"
