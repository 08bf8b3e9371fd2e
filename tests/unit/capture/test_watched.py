"""A handle in a thread of its own: hanging, lying, ending, losing."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from tests.unit.capture.waiting import answers_when_closed
from u2live.capture import watched
from u2live.capture.source import SourceInfo, SourceLost
from u2live.capture.watched import ClockMap, EndOfStream, WatchedSource
from u2live.errors import SourceError
from u2live.types import Size


class Handle:
    """A device of which each grab is one call of `behave(number)`."""

    def __init__(self, behave: Callable[[int], None] = lambda _: time.sleep(0.01)) -> None:
        self.behave = behave
        self.grabbed = 0
        self.released = threading.Event()
        self.threads: set[int] = {threading.get_ident()}

    def info(self) -> SourceInfo:
        return SourceInfo("test", Size(4, 2), 30, live=True)

    def grab(self) -> tuple[int, np.ndarray] | None:
        self.threads.add(threading.get_ident())
        self.behave(self.grabbed)
        self.grabbed += 1
        return time.monotonic_ns(), np.full((2, 4, 3), self.grabbed % 256, np.uint8)

    def release(self) -> None:
        self.threads.add(threading.get_ident())
        self.released.set()


def test_only_one_thread_touches_the_handle() -> None:
    made: list[Handle] = []

    def open_handle() -> Handle:
        made.append(Handle())
        return made[-1]

    source = WatchedSource("test", open_handle)
    source.open()
    source.read()
    source.close()
    assert made[0].released.is_set()
    assert len(made[0].threads) == 1
    assert made[0].threads != {threading.get_ident()}


def test_a_slow_reader_gets_the_newest_and_sees_the_gap() -> None:
    handle = Handle()
    source = WatchedSource("test", lambda: handle)
    source.open()
    first = source.read()
    assert first is not None
    while handle.grabbed < first.index + 10:
        time.sleep(0.01)
    grabbed = handle.grabbed
    second = source.read()
    assert second is not None
    assert second.index >= grabbed - 2, "at most the one that is just being handed over is newer"
    assert second.pixels[0, 0, 0] == (second.index + 1) % 256, "index and picture belong together"
    source.close()


def test_timestamps_rise_even_if_the_device_says_otherwise() -> None:
    class Backwards(Handle):
        def grab(self) -> tuple[int, np.ndarray]:
            time.sleep(0.005)
            self.grabbed += 1
            return 1000 - self.grabbed, np.zeros((2, 4, 3), np.uint8)

    source = WatchedSource("test", Backwards)
    source.open()
    times = [source.read().timestamp_ns for _ in range(5)]
    source.close()
    assert (np.diff(times) > 0).all()


def test_a_hanging_read_ends_and_close_does_not_hang() -> None:
    let_go = threading.Event()
    handles: list[Handle] = []

    def open_handle() -> Handle:
        handles.append(Handle(lambda number: let_go.wait(20) if number else None))
        return handles[-1]

    source = WatchedSource("The camera", open_handle, read_s=0.2)
    source.open()
    source.read()
    begin = time.monotonic()
    with pytest.raises(SourceLost, match="no picture for"):
        source.read()
    assert time.monotonic() - begin < 0.6
    begin = time.monotonic()
    source.close()
    assert time.monotonic() - begin < 1.5
    assert not handles[0].released.is_set()
    let_go.set()
    assert handles[0].released.wait(2), "released as soon as the driver lets go"


def test_a_hanging_open_ends() -> None:
    let_go = threading.Event()
    handle = Handle()

    def open_handle() -> Handle:
        let_go.wait(20)
        return handle

    source = WatchedSource("The camera", open_handle, open_s=0.2)
    with pytest.raises(SourceError, match="does not answer"):
        source.open()
    let_go.set()
    assert handle.released.wait(2), "a handle that comes too late is given back"


def test_threads_that_hang_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "_CLOSE_S", 0.05)
    let_go = threading.Event()
    source = WatchedSource("The camera", lambda: (let_go.wait(30), Handle())[1], open_s=0.01)
    before = threading.active_count()
    for _ in range(4):
        with pytest.raises(SourceError, match="does not answer"):
            source.open()
    with pytest.raises(SourceError, match="hangs in its driver"):
        source.open()
    assert threading.active_count() - before <= 4
    let_go.set()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("raised", "expected", "words"),
    [
        (SourceLost("unplugged"), SourceLost, "unplugged"),
        (RuntimeError("driver\nfell over"), SourceLost, "was lost: fell over"),
    ],
)
def test_a_loss_reaches_the_reader(raised: Exception, expected: type[Exception], words: str) -> None:
    def behave(number: int) -> None:
        if number == 2:
            raise raised

    source = WatchedSource("The camera", lambda: Handle(behave))
    source.open()
    with pytest.raises(expected, match=words):
        list(iter(source.read, None))
    source.close()


def test_opening_errors_reach_the_opener() -> None:
    def refuse() -> Handle:
        raise SourceError("in use")

    def break_down() -> Handle:
        raise OSError("a bad day")

    with pytest.raises(SourceError, match="in use"):
        WatchedSource("The camera", refuse).open()
    with pytest.raises(SourceError, match="cannot be opened: a bad day"):
        WatchedSource("The camera", break_down).open()


def test_an_end_is_none() -> None:
    def behave(number: int) -> None:
        if number == 1:
            raise EndOfStream

    source = WatchedSource("test", lambda: Handle(behave))
    source.open()
    assert source.read() is not None
    assert source.read() is None
    source.close()


def test_close_from_another_thread_ends_a_waiting_read() -> None:
    source = WatchedSource("test", lambda: Handle(lambda number: time.sleep(0.5 if number else 0)))
    source.open()
    source.read()
    assert answers_when_closed(source) == [None]


def test_close_from_another_thread_ends_a_waiting_open() -> None:
    let_go = threading.Event()
    source = WatchedSource("The camera", lambda: (let_go.wait(30), Handle())[1])
    threading.Timer(0.1, source.close).start()
    begin = time.monotonic()
    with pytest.raises(SourceError, match="was closed"):
        source.open()
    assert time.monotonic() - begin < 2
    let_go.set()


def test_close_at_any_moment_of_opening_is_harmless() -> None:
    """Closed over and over by another thread: each opening succeeds or says that it was closed, nothing else."""
    source, over = WatchedSource("The camera", Handle), threading.Event()

    def close_all_the_time() -> None:
        while not over.is_set():
            source.close()

    closer = threading.Thread(target=close_all_the_time)
    closer.start()
    try:
        for _ in range(60):
            with contextlib.suppress(SourceError):
                source.open()
    finally:
        over.set()
        closer.join(5)
    source.close()


def test_opens_again_after_a_loss() -> None:
    behaviours = iter([lambda number: (_ for _ in ()).throw(SourceLost("gone")), lambda _: time.sleep(0.01)])
    source = WatchedSource("test", lambda: Handle(next(behaviours)))
    source.open()
    with pytest.raises(SourceLost):
        source.read()
    source.close()
    source.open()
    frame = source.read()
    assert frame is not None
    assert frame.index == 0
    source.close()


def test_clock_map_keeps_distances_and_follows_jumps() -> None:
    clock = ClockMap(apart_ns=500_000_000)
    first = clock.monotonic_ns(5_000_000_000)
    assert abs(first - time.monotonic_ns()) < 50_000_000
    assert clock.monotonic_ns(5_040_000_000) - first == 40_000_000
    assert abs(clock.monotonic_ns(90_000_000_000) - time.monotonic_ns()) < 50_000_000
    assert abs(clock.monotonic_ns(None) - time.monotonic_ns()) < 50_000_000
