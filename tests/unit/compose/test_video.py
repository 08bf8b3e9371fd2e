"""Videos behind the person: their clock, their thread, their end."""

from __future__ import annotations

import itertools
import struct
import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from u2live.compose import video as video_module
from u2live.compose.backgrounds import Picture
from u2live.compose.video_reader import endless_frames
from u2live.types import Notice, Size

SIZE = Size(64, 48)
RATE = 25
FRAMES = 10
STEP_NS = 10**9 // RATE


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten grey pictures, each 20 brighter than the one before, with B-frames as ordinary videos have them."""
    return recorded(tmp_path_factory.mktemp("clip") / "steps.mkv")


def recorded(path: Path, *, size: Size = SIZE, frames: int = FRAMES, picture: np.ndarray | None = None) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"crf": "4", "bf": "2"})
        stream.width, stream.height, stream.pix_fmt = size.width, size.height, "yuv420p"
        for index in range(frames):
            step = np.full((size.height, size.width, 3), 20 + 20 * (index % 10), np.uint8)
            frame = av.VideoFrame.from_ndarray(step if picture is None else picture, format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def shown(background: Picture, timestamp_ns: int, size: Size = SIZE) -> int:
    """Which of the ten pictures it is, and that it is one picture all over."""
    picture = background.picture_at(size, timestamp_ns)
    assert picture.shape == (size.height, size.width, 3)
    assert int(picture.max()) - int(picture.min()) <= 4
    return round((float(picture.mean()) - 20) / 20)


def test_files_get_exactly_the_picture_of_their_time_through_many_loops(clip: Path, opened) -> None:
    background = opened(clip, live=False)
    start = 123_456_789
    for index in range(57):
        assert shown(background, start + index * STEP_NS + STEP_NS // 2) == index % FRAMES


def test_a_faster_and_a_slower_composite_see_the_same_clock(clip: Path, opened) -> None:
    slow, fast = opened(clip, live=False), opened(clip, live=False)
    assert [shown(slow, k * 3 * STEP_NS + 1) for k in range(12)] == [3 * k % FRAMES for k in range(12)]
    assert [shown(fast, k * STEP_NS // 2 + 1) for k in range(12)] == [k // 2 for k in range(12)]


def test_processing_twice_gives_the_same(clip: Path, opened) -> None:
    times = np.cumsum(np.random.default_rng(3).integers(0, 3 * STEP_NS, 40))
    first, second = opened(clip, live=False), opened(clip, live=False)
    assert [shown(first, int(t)) for t in times] == [shown(second, int(t)) for t in times]


def test_the_clock_goes_on_when_timestamps_jump_back(clip: Path, opened) -> None:
    background = opened(clip, live=False)
    assert shown(background, 10**12) == 0
    assert shown(background, 10**12 + 3 * STEP_NS + 1) == 3
    assert shown(background, 5) == 3
    assert shown(background, 5 + STEP_NS) == 4


def test_the_same_picture_is_the_same_array(clip: Path, opened) -> None:
    background = opened(clip, live=False)
    assert background.picture_at(SIZE, 0) is background.picture_at(SIZE, STEP_NS // 2)


def test_a_new_size_from_one_frame_to_the_next(clip: Path, opened) -> None:
    background = opened(clip, live=False)
    for index in range(30):
        assert shown(background, index * STEP_NS + 1, Size(32, 50) if index % 7 < 3 else SIZE) == index % FRAMES


def test_live_it_follows_the_clock_and_the_first_picture_is_there_at_once(clip: Path, opened) -> None:
    background = opened(clip, live=True)
    begin = time.monotonic_ns()
    assert shown(background, begin) == 0
    seen = []
    while (now := time.monotonic_ns()) - begin < 1.2e9:
        seen.append((now, shown(background, now)))
        time.sleep(0.005)
    due = [(now - begin) // STEP_NS % FRAMES for now, _ in seen]
    right = np.mean([(want - got) % FRAMES <= 1 for want, (_, got) in zip(due, seen, strict=True)])
    assert right > 0.5  # on a busy machine its clock may slip
    assert len({got for _, got in seen}) == FRAMES


def test_live_nothing_waits_for_a_decoder_that_hangs(clip: Path, opened, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def slowly(path: Path) -> Iterator[object]:
        for number, frame in enumerate(endless_frames(path)):
            if number == 4:
                go_on.wait(10)
            yield frame

    monkeypatch.setattr(video_module, "endless_frames", slowly)
    background = opened(clip, live=True)
    shown(background, 0)
    time.sleep(0.3)
    took = []
    for index in range(20):
        began = time.perf_counter()
        last = shown(background, index * STEP_NS)
        took.append(time.perf_counter() - began)
    assert last == 2  # the third stands: the fourth is held back until its successor is known
    assert max(took) < 0.1
    go_on.set()
    deadline = time.monotonic() + 5
    while shown(background, 21 * STEP_NS) == 2:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_live_a_decoder_that_is_too_slow_slows_the_video_down(clip: Path, opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every picture takes three times as long as it should: still each is shown, and none is waited for."""

    def slowly(path: Path) -> Iterator[object]:
        for frame in endless_frames(path):
            time.sleep(3 * STEP_NS / 1e9)
            yield frame

    monkeypatch.setattr(video_module, "endless_frames", slowly)
    background = opened(clip, live=True)
    begin, seen = time.monotonic_ns(), []
    while time.monotonic_ns() - begin < 1.5e9:
        seen.append(shown(background, time.monotonic_ns()))
        time.sleep(0.005)
    changes = [(after - before) % FRAMES for before, after in itertools.pairwise(seen) if after != before]
    assert len(changes) >= 4
    assert set(changes) <= {1, 2, 3}  # on a busy machine the one who looks may miss some


def test_a_video_that_vanishes_leaves_its_last_picture_and_says_so(tmp_path: Path, opened) -> None:
    path = recorded(tmp_path / "vanishing.mkv")
    heard: list[Notice] = []
    background = opened(path, live=False, notify=heard.append)
    assert shown(background, 0) == 0
    path.unlink()
    for index in range(30):
        last = shown(background, index * STEP_NS + 1)
    assert last in (FRAMES - 2, FRAMES - 1)
    assert len(heard) == 1
    assert "vanishing.mkv broke off" in heard[0].message


def test_a_video_is_fitted_like_an_image(tmp_path: Path, opened) -> None:
    path = recorded(tmp_path / "wide.mkv", size=Size(160, 40), frames=3)
    contained = opened(path, live=False, fit="contain").picture_at(Size(64, 48), 0)
    assert contained[0].max() <= 1
    assert contained[24].min() > 15
    assert opened(path, live=False, fit="cover").picture_at(Size(64, 48), 0).min() > 15


def test_an_animated_gif_is_a_video(tmp_path: Path, opened) -> None:
    with av.open(str(tmp_path / "moving.gif"), "w") as container:
        stream = container.add_stream("gif", rate=10)
        stream.width, stream.height, stream.pix_fmt = SIZE.width, SIZE.height, "rgb8"
        for level in (0, 255):
            frame = av.VideoFrame.from_ndarray(np.full((SIZE.height, SIZE.width, 3), level, np.uint8), format="rgb24")
            container.mux(stream.encode(frame.reformat(format="rgb8")))
        container.mux(stream.encode())
    background = opened(tmp_path / "moving.gif", live=False)
    levels = [int(background.picture_at(SIZE, k * 10**8 + 1).mean()) for k in range(6)]
    assert np.abs(np.array(levels) - [0, 255, 0, 255, 0, 255]).max() <= 3


@pytest.mark.parametrize(
    ("matrix", "white"),
    [
        ((0, 1, -1, 0), np.s_[-20:]),  # a quarter clockwise: right becomes bottom
        ((0, -1, 1, 0), np.s_[:20]),
        ((-1, 0, 0, -1), np.s_[:, :15]),
        ((1, 0, 0, 1), np.s_[:, -15:]),
    ],
)
def test_a_video_from_a_turned_telephone_stands_upright(
    tmp_path: Path, opened, matrix: tuple[int, int, int, int], white: object
) -> None:
    """The right half is white, and the track header of the MP4 (ISO 14496-12, 8.3.2) says how to turn it."""
    lying = np.zeros((48, 64, 3), np.uint8)
    lying[:, 32:] = 255
    path = recorded(tmp_path / "turned.mp4", frames=3, picture=lying)
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 44
    a, b, c, d = (65536 * value for value in matrix)
    data[at : at + 20] = struct.pack(">5i", a, b, 0, c, d)
    path.write_bytes(data)
    got = opened(path, live=False).picture_at(Size(48, 64) if a == 0 else Size(64, 48), 0)
    assert got[white].min() > 230  # type: ignore[call-overload]
    assert got.mean() < 150
