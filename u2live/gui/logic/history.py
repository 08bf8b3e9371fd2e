"""Undo and redo of changes to settings. A slider that is dragged is one step."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

MERGE_WITHIN_S = 1.0
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Change:
    """Some keys' values before and after."""

    before: dict[str, Any]
    after: dict[str, Any]


class History:
    """What was done and what was undone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._done: list[Change] = []
        self._undone: list[Change] = []
        self._last_at = -MERGE_WITHIN_S

    @property
    def can_undo(self) -> bool:
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    def record(self, change: Change) -> None:
        """Remember a change; one of the same keys shortly after joins the one before."""
        if change.before == change.after:
            return
        now = self._clock()
        self._undone.clear()
        last = self._done[-1] if self._done else None
        if last is not None and last.after.keys() == change.after.keys() and now - self._last_at < MERGE_WITHIN_S:
            self._done[-1] = Change(last.before, change.after)
        else:
            self._done.append(change)
            del self._done[:-LONGEST]
        self._last_at = now

    def undo(self) -> dict[str, Any]:
        """The values to go back to; empty when there is nothing."""
        if not self._done:
            return {}
        change = self._done.pop()
        self._undone.append(change)
        self._last_at = -MERGE_WITHIN_S
        return change.before

    def redo(self) -> dict[str, Any]:
        if not self._undone:
            return {}
        change = self._undone.pop()
        self._done.append(change)
        self._last_at = -MERGE_WITHIN_S
        return change.after
