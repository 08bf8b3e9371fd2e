"""The list of recordings in words."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from u2live.gui.logic.recordings import Standing, standing, when_text
from u2live.sinks.library import RecordingInfo
from u2live.sinks.recording_status import RecordingStatus
from u2live.sinks.unfinished import State
from u2live.types import Size


def info(state: State = State.FINISHED, *, plays: bool = True) -> RecordingInfo:
    size = Size(320, 192) if plays else None
    return RecordingInfo(Path("a.mp4"), 100, 0.0, 1.0, size, has_sound=False, state=state)


def status(*, paused: bool = False) -> RecordingStatus:
    return RecordingStatus(65.0, 2_500_000, 1950, paused, None, "libx264")


def test_what_this_window_records_is_told_whatever_the_file_says() -> None:
    stands = standing(info(State.UNFINISHED), status(), finishing=False)
    assert stands == Standing(State.RUNNING, "Recording now  ·  01:05  ·  2.50 MB", "danger")
    assert standing(None, status(paused=True), finishing=False).text.startswith("Paused  ·")
    assert standing(info(State.UNFINISHED), None, finishing=True) == Standing(State.RUNNING, "Is being finished")


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (None, Standing(State.FINISHED)),
        (info(), Standing(State.FINISHED)),
        (info(plays=False), Standing(State.FINISHED, "Nothing in it can be played", "warning")),
        (info(State.RUNNING, plays=False), Standing(State.RUNNING, "Is being recorded")),
    ],
)
def test_what_the_file_says(read: RecordingInfo | None, expected: Standing) -> None:
    assert standing(read, None, finishing=False) == expected


def test_what_was_not_ended_can_be_made_whole() -> None:
    stands = standing(info(State.UNFINISHED), None, finishing=False)
    assert (stands.state, stands.color) == (State.UNFINISHED, "warning")
    assert "made whole" in stands.text


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 3, 1, 9, 5), "Today 09:05"),
        (datetime(2026, 2, 28, 23, 59), "Yesterday 23:59"),
        (datetime(2026, 2, 27, 14, 3), "27 February 14:03"),
        (datetime(2025, 11, 21, 14, 3), "21 November 2025"),
    ],
)
def test_when(moment: datetime, text: str) -> None:
    assert when_text(moment, datetime(2026, 3, 1, 12, 0)) == text
