"""The steady clock of a virtual camera."""

from __future__ import annotations

import threading
import time

import numpy as np

from u2live.sinks.repeater import Repeater


def picture(value: int) -> np.ndarray:
    return np.full(4, value, np.uint8)


def test_repeats_the_newest_picture() -> None:
    sent: list[int] = []
    enough = threading.Event()

    def send(array: np.ndarray) -> None:
        sent.append(int(array[0]))
        if sent.count(2) >= 5:
            enough.set()

    repeater = Repeater(send, 200, picture(1))
    while len(sent) < 5:
        time.sleep(0.001)
    repeater.show(picture(2))
    assert enough.wait(5)
    assert repeater.stop()
    assert sent == sorted(sent)
    assert sent.count(1) >= 5


def test_a_stall_is_not_made_up_for_in_a_burst() -> None:
    arrivals: list[float] = []

    def send(_array: np.ndarray) -> None:
        arrivals.append(time.monotonic())
        if len(arrivals) == 3:
            time.sleep(0.3)

    repeater = Repeater(send, 50, picture(0))
    time.sleep(0.8)
    repeater.stop()
    after = [arrival for arrival in arrivals if arrival > arrivals[2] + 0.3]
    assert len(after) <= (after[-1] - after[0]) * 50 + 2, "more pictures than their time allows"


def test_what_send_raises_ends_it_and_is_kept() -> None:
    def send(_array: np.ndarray) -> None:
        raise OSError(5, "Input/output error")

    repeater = Repeater(send, 100, picture(0))
    assert repeater.stop()
    assert isinstance(repeater.error, OSError)
