"""The PipeWire camera in a session of its own, seen by real readers: pw-dump and GStreamer's pipewiresrc."""

from __future__ import annotations

import json
import os
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.integration.pipewire_session import SIZE, Session, halves, new_session, until
from u2live.errors import SinkError
from u2live.sinks.pipewire import PipeWireCamera
from u2live.types import Composite, Level, Notice, Size

REPOSITORY = Path(__file__).resolve().parents[2]
RATE = 30
BLUE_AND_RED = halves((200, 80, 40), (30, 60, 220))
GREEN_AND_GREY = halves((40, 190, 60), (128, 128, 128))


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with new_session(tmp_path_factory.mktemp("pw")) as started:
        yield started


@pytest.fixture
def notices() -> list[Notice]:
    return []


@pytest.fixture
def camera(session: Session, notices: list[Notice], monkeypatch: pytest.MonkeyPatch) -> Iterator[PipeWireCamera]:
    monkeypatch.setenv("XDG_RUNTIME_DIR", session.environment["XDG_RUNTIME_DIR"])
    for name in ("PIPEWIRE_REMOTE", "PIPEWIRE_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    opened = PipeWireCamera(SIZE, RATE, notices.append)
    opened.open(Size(1, 1), Fraction(1))
    yield opened
    opened.close()


def composite(pixels: np.ndarray) -> Composite:
    return Composite(0, 0, pixels)


def worst(read: np.ndarray, expected: np.ndarray) -> int:
    return int(np.abs(read.astype(int) - expected).max())


def test_a_camera_is_listed(session: Session, camera: PipeWireCamera) -> None:
    (node,) = session.cameras()
    expected = {"media.class": "Video/Source", "media.role": "Camera", "node.description": "u2live"}
    assert {key: node[key] for key in expected} == expected
    camera.close()
    until(lambda: not session.cameras())


def test_pictures_arrive_in_their_colors(session: Session, camera: PipeWireCamera) -> None:
    for picture in (BLUE_AND_RED, GREEN_AND_GREY):
        camera.write(composite(picture))
        assert worst(session.read(10)[2:], picture) <= 4  # what was on its way before is not meant


def test_other_sizes_are_letterboxed(session: Session, camera: PipeWireCamera) -> None:
    camera.write(composite(np.full((180, 90, 3), 200, np.uint8)))
    read = session.read(5)[2:]
    assert worst(read[:, :, 120:200], np.full(3, 200)) <= 4
    assert read[:, :, :110].max() <= 4


def test_the_reader_comes_ten_times(session: Session, camera: PipeWireCamera) -> None:
    camera.write(composite(BLUE_AND_RED))
    for _ in range(10):
        assert worst(session.read(4)[1:], BLUE_AND_RED) <= 4
        until(lambda: camera.viewers() == 0)


def test_two_readers_and_one_is_killed(session: Session, camera: PipeWireCamera) -> None:
    camera.write(composite(GREEN_AND_GREY))
    target = session.folder / "second.yuy2"
    with session.reading() as first:
        until(lambda: camera.viewers() == 1)
        threading.Timer(0.5, first.kill).start()
        done = session.run(*session.reader("filesink", f"location={target}", count=60))
        assert done.returncode == 0, done.stderr
    assert target.stat().st_size == 60 * SIZE.width * SIZE.height * 2
    assert worst(session.read(4)[1:], GREEN_AND_GREY) <= 4


def test_the_rate_is_steady(session: Session, camera: PipeWireCamera) -> None:
    """One picture is repeated: nothing is written while the reader reads."""
    camera.write(composite(BLUE_AND_RED))
    done = session.run(*session.reader("identity", "silent=false", "!", "fakesink", count=60, option="-v"))
    assert done.returncode == 0, done.stderr
    stamps = [
        int(hours) * 3600 + int(minutes) * 60 + float(seconds)
        for hours, minutes, seconds in re.findall(r"chain.*?pts: (\d+):(\d+):([\d.]+)", done.stdout)
    ]
    assert len(stamps) == 60
    gaps = [later - earlier for earlier, later in pairwise(stamps[5:])]
    assert statistics.median(gaps) == pytest.approx(1 / RATE, rel=0.15)
    assert sum(gap < 0.3 / RATE for gap in gaps) <= 3  # no bursts


def test_viewers_are_noticed(session: Session, camera: PipeWireCamera) -> None:
    assert camera.viewers() == 0
    with session.reading():
        until(lambda: camera.viewers() == 1)
    until(lambda: camera.viewers() == 0)


def test_it_outlives_pipewire(session: Session, camera: PipeWireCamera, notices: list[Notice]) -> None:
    camera.write(composite(BLUE_AND_RED))
    session.kill_pipewire()
    until(lambda: any(notice.level is Level.WARNING for notice in notices))
    for _ in range(5):
        camera.write(composite(BLUE_AND_RED))
    assert camera.viewers() is None
    with pytest.raises(SinkError, match="PipeWire cannot be reached") as error:
        PipeWireCamera(SIZE, RATE, notices.append).open(SIZE, Fraction(RATE))
    session.start_pipewire()
    until(lambda: camera.viewers() == 0)
    assert worst(session.read(5)[2:], BLUE_AND_RED) <= 4
    warnings = [notice.message for notice in notices if notice.level is Level.WARNING]
    assert len(warnings) == 1
    assert "\n" not in warnings[0] + str(error.value)


def test_an_end_without_closing_is_clean(session: Session) -> None:
    """libpipewire's thread and the clock's are at work when the interpreter goes away."""
    script = (
        "import time\nfrom fractions import Fraction\nfrom u2live.sinks.pipewire import PipeWireCamera\n"
        "from u2live.types import Size\ncamera = PipeWireCamera(Size(320, 180), 240, lambda notice: None)\n"
        "camera.open(Size(1, 1), Fraction(1))\nwhile not camera.viewers(): time.sleep(0.01)\ntime.sleep(0.3)\n"
    )
    environment = os.environ | session.environment | {"PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen([sys.executable, "-c", script], env=environment, stderr=subprocess.PIPE, text=True) as program:
        until(session.cameras)
        with session.reading():
            _, errors = program.communicate(timeout=30)
    assert (program.returncode, errors) == (0, "")
    until(lambda: not session.cameras())


@pytest.mark.slow
def test_it_wakes_after_the_session_manager_put_it_to_sleep(session: Session, camera: PipeWireCamera) -> None:
    camera.write(composite(GREEN_AND_GREY))
    session.read(3)
    time.sleep(7)  # WirePlumber suspends a node that was idle for five seconds
    assert worst(session.read(5)[2:], GREEN_AND_GREY) <= 4


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_program_is_a_camera(session: Session) -> None:
    """`run --virtual-camera pipewire`: the picture that a reader gets moves, as the demo does."""
    size = Size(640, 360)
    command = (sys.executable, "main.py", "run", "--source", "demo", "--background", "blur", "--virtual-camera", "pipewire")
    options = ("--size", f"{size.width}x{size.height}", "--json")
    with subprocess.Popen(
        command + options,
        cwd=REPOSITORY,
        env=os.environ | session.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            until(session.cameras, timeout_s=60)
            with session.reading(size):  # it stays awake
                until(lambda: len({picture.tobytes() for picture in session.read(30, size)}) > 2, timeout_s=90)
        finally:
            program.send_signal(signal.SIGINT)
            output, errors = program.communicate(timeout=80)
    assert program.returncode == 0, errors
    report = json.loads(output)
    assert report["sink_errors"] == {}
    assert report["sinks"]["virtual camera"]["written"] > 2
    assert "Traceback" not in errors
