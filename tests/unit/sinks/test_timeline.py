"""Timestamps into file times."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from u2live.sinks.timeline import TIME_BASE, Timeline


@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=50))
def test_file_times_always_rise_from_zero(stamps: list[int]) -> None:
    timeline = Timeline(Fraction(30), stamps[0])
    ticks = [timeline.ticks(stamp) for stamp in stamps]
    assert ticks[0] == 0
    assert all(earlier < later for earlier, later in pairwise(ticks))


def test_a_given_origin_keeps_the_first_gap() -> None:
    timeline = Timeline(Fraction(30), origin_ns=0)
    assert timeline.ticks(33_000_000) == round(0.033 / TIME_BASE)


def test_thirty_frames_a_second_for_a_day_stay_exact() -> None:
    start = 123_456_789
    timeline = Timeline(Fraction(30), start)
    timeline.ticks(start)
    day = 24 * 3600
    assert timeline.ticks(start + day * 10**9) == day * 90_000
