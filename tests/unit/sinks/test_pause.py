"""What a pause leaves out of a recording, and where it goes on."""

from __future__ import annotations

from fractions import Fraction

from u2live.sinks.pause import Pause
from u2live.sinks.timeline import TIME_BASE, Timeline

MS = 1_000_000


def seconds(timeline: Timeline, timestamp_ns: int) -> float:
    return float(timeline.ticks(timestamp_ns) * TIME_BASE)


def test_what_follows_a_pause_follows_what_came_before_it() -> None:
    pause, timeline = Pause(), Timeline(Fraction(10), 0)
    assert not pause.leaves_out(0, timeline, None)
    assert seconds(timeline, 0) == 0
    pause.begin()
    assert pause.leaves_out(100 * MS, timeline, None)
    assert pause.leaves_out(5000 * MS, timeline, None)
    pause.end()
    assert not pause.leaves_out(5100 * MS, timeline, None)
    assert seconds(timeline, 5100 * MS) == 0.1
    assert not pause.leaves_out(5200 * MS, timeline, None)
    assert seconds(timeline, 5200 * MS) == 0.2


def test_a_pause_shifts_nothing_in_the_file_after_the_one_it_began_in() -> None:
    pause = Pause()
    pause.begin()
    assert pause.leaves_out(100 * MS, Timeline(Fraction(10), 0), None)
    assert pause.leaves_out(9000 * MS, None, None), "the next file has no picture yet"
    pause.end()
    assert not pause.leaves_out(9100 * MS, None, None)
    timeline = Timeline(Fraction(10), 9100 * MS)
    assert not pause.leaves_out(9200 * MS, timeline, None)
    assert seconds(timeline, 9200 * MS) == 0.1
