"""The channel between threads: order, what is lost and counted, and how it ends."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from u2live.pipeline.slot import Channel, Closed


def drain(channel: Channel[int]) -> list[int]:
    taken = []
    while True:
        try:
            item = channel.take(5)
        except Closed:
            return taken
        assert item is not None, "nothing came within five seconds"
        taken.append(item)


@given(st.integers(1, 5), st.lists(st.integers(), max_size=30))
def test_replace_keeps_the_newest_and_counts_the_rest(capacity: int, items: list[int]) -> None:
    channel: Channel[int] = Channel(capacity)
    for item in items:
        assert channel.replace(item)
    channel.close()
    assert drain(channel) == items[-capacity:]
    assert channel.dropped == max(0, len(items) - capacity)


@given(st.integers(1, 5), st.lists(st.integers(), max_size=30))
def test_offer_keeps_the_oldest_and_counts_the_rest(capacity: int, items: list[int]) -> None:
    channel: Channel[int] = Channel(capacity)
    assert [channel.offer(item) for item in items] == [n < capacity for n in range(len(items))]
    channel.close()
    assert drain(channel) == items[:capacity]
    assert channel.dropped == max(0, len(items) - capacity)


@pytest.mark.parametrize("capacity", [1, 3])
def test_put_loses_nothing_between_threads(capacity: int) -> None:
    channel: Channel[int] = Channel(capacity)

    def write() -> None:
        for item in range(500):
            assert channel.put(item)
        channel.close()

    writer = threading.Thread(target=write)
    writer.start()
    assert drain(channel) == list(range(500))
    writer.join(5)
    assert channel.dropped == 0


def test_take_gives_up_after_its_time() -> None:
    assert Channel[int]().take(0.01) is None


def test_closing_frees_a_waiting_writer_and_a_waiting_reader() -> None:
    full: Channel[int] = Channel()
    full.put(1)
    empty: Channel[int] = Channel()
    results: list[object] = []

    def write() -> None:
        results.append(full.put(2))

    def read() -> None:
        try:
            empty.take()
        except Closed:
            results.append("closed")

    threads = [threading.Thread(target=write), threading.Thread(target=read)]
    for thread in threads:
        thread.start()
    time.sleep(0.02)
    full.close()
    empty.close()
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()
    assert sorted(map(str, results)) == ["False", "closed"]
    assert full.take() == 1
    with pytest.raises(Closed):
        full.take()


def test_nothing_goes_into_a_closed_channel() -> None:
    channel: Channel[int] = Channel(2)
    channel.close()
    assert not channel.put(1)
    assert not channel.offer(1)
    assert not channel.replace(1)


def test_a_channel_has_a_place() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Channel(0)
