"""When samples were heard, from blocks that arrive late, in bursts, or after a loss."""

from __future__ import annotations

import numpy as np
import pytest

from u2live.sinks.arrival_clock import ArrivalClock

RATE, BLOCK = 48_000, 480


def test_late_blocks_are_put_where_they_belong() -> None:
    clock = ArrivalClock(RATE)
    lateness = np.abs(np.random.default_rng(0).normal(0, 0.02, 1000))
    firsts = [clock.arrived(BLOCK, 100 + (number + 1) * BLOCK / RATE + late) for number, late in enumerate(lateness)]
    for number in range(900, 1000):
        assert clock.time_s(firsts[number]) == pytest.approx(100 + number * BLOCK / RATE, abs=0.002)


def test_a_burst_at_the_start_was_heard_before_it_came() -> None:
    clock = ArrivalClock(RATE)
    for _ in range(20):  # 0.2 s of sound at once
        clock.arrived(BLOCK, 5.0)
    assert clock.time_s(0) == pytest.approx(4.8)


def test_what_is_lost_unseen_is_missed_after_some_seconds_and_what_is_told_at_once() -> None:
    clock = ArrivalClock(RATE)
    for number in range(1000):
        clock.arrived(BLOCK, (number + 1) * 0.01)
    for number in range(400):  # half a second is missing
        first = clock.arrived(BLOCK, 10.5 + (number + 1) * 0.01)
    assert clock.time_s(first) == pytest.approx(10.5 + 3.99, abs=0.001)
    clock.restart()
    first = clock.arrived(BLOCK, 20.0)
    assert clock.time_s(first) == pytest.approx(19.99)


@pytest.mark.parametrize("drift", [200e-6, -200e-6])
def test_a_card_that_runs_fast_or_slow_is_followed(drift: float) -> None:
    clock = ArrivalClock(RATE)
    for number in range(60_000):
        first = clock.arrived(BLOCK, (number + 1) * BLOCK / (RATE * (1 + drift)))
    assert clock.time_s(first) == pytest.approx(59_999 * BLOCK / (RATE * (1 + drift)), abs=0.001)
