"""Undo and redo."""

from __future__ import annotations

from u2live.gui.logic.history import LONGEST, MERGE_WITHIN_S, Change, History


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def change(key: str, before: object, after: object) -> Change:
    return Change({key: before}, {key: after})


def test_back_and_forth() -> None:
    clock = Clock()
    history = History(clock)
    history.record(change("a", 1, 2))
    clock.now = 5
    history.record(change("a", 2, 3))
    assert history.undo() == {"a": 2}
    assert history.undo() == {"a": 1}
    assert history.undo() == {}
    assert history.redo() == {"a": 2}
    assert history.redo() == {"a": 3}
    assert history.redo() == {}


def test_a_dragged_slider_is_one_step() -> None:
    clock = Clock()
    history = History(clock)
    for value in range(1, 20):
        clock.now += MERGE_WITHIN_S / 4
        history.record(change("a", value - 1, value))
    assert history.undo() == {"a": 0}
    assert not history.can_undo


def test_another_control_is_another_step() -> None:
    history = History(Clock())
    history.record(change("a", 0, 1))
    history.record(change("b", 0, 1))
    assert history.undo() == {"b": 0}
    assert history.undo() == {"a": 0}


def test_after_an_undo_the_next_change_does_not_join() -> None:
    history = History(Clock())
    history.record(change("a", 0, 1))
    history.undo()
    history.record(change("a", 0, 7))
    assert history.undo() == {"a": 0}
    assert not history.can_redo or history.redo() == {"a": 7}


def test_a_new_change_ends_redo() -> None:
    history = History(Clock())
    history.record(change("a", 0, 1))
    history.undo()
    history.record(change("b", 0, 1))
    assert not history.can_redo


def test_what_changes_nothing_is_no_step() -> None:
    history = History(Clock())
    history.record(change("a", 1, 1))
    assert not history.can_undo


def test_it_does_not_grow_for_ever() -> None:
    clock = Clock()
    history = History(clock)
    for number in range(3 * LONGEST):
        clock.now += 10
        history.record(change("a", number, number + 1))
    steps = 0
    while history.undo():
        steps += 1
    assert steps == LONGEST
