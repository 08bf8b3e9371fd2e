"""States that only move along the table, and notices that reach everybody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from u2live.pipeline.events import NoticeBoard, State, StateHolder
from u2live.types import Level, Notice


@given(st.lists(st.sampled_from(State)))
def test_what_ended_stays_ended(moves: list[State]) -> None:
    holder = StateHolder()
    ended: State | None = None
    for to in moves:
        before = holder.state
        moved = holder.move(to)
        assert moved == (holder.state is to)
        if not moved:
            assert holder.state is before
        if ended is not None:
            assert holder.state is ended
        if holder.state in (State.STOPPED, State.FAILED):
            ended = holder.state


def test_a_notice_reaches_all_listeners_even_beside_a_broken_one(caplog: pytest.LogCaptureFixture) -> None:
    board = NoticeBoard()
    heard: list[Notice] = []

    def broken(_notice: Notice) -> None:
        raise RuntimeError("listener")

    board.subscribe(broken)
    unsubscribe = board.subscribe(heard.append)
    first, second = Notice(Level.WARNING, "source", "gone"), Notice(Level.INFO, "source", "back")
    board(first)
    unsubscribe()
    unsubscribe()
    board(second)
    assert heard == [first]
    assert board.recent() == (first, second)
    assert "gone" in caplog.text
