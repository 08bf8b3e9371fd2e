"""Hand-overs between threads: one small channel with three ways to put something in.

- A *slot* is a channel of one place written with `replace`: the newest wins, and what it replaced is counted.
- A *hand-off* is a channel of one place written with `put`: the writer waits, nothing is lost.
- A *bounded queue* is a channel of several places written with `offer`: what does not fit is refused and counted.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Closed(Exception):  # noqa: N818 -- the end of a stream is not an error
    """The channel is closed and everything in it was taken."""


class Channel(Generic[T]):
    """A first-in, first-out hand-over between threads. Closing it lets readers take what is left, then raises Closed."""

    def __init__(self, capacity: int = 1) -> None:
        if capacity < 1:
            raise ValueError(f"a channel has at least one place, not {capacity}")
        self._capacity = capacity
        self._items: deque[T] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """How many items were replaced or refused so far."""
        with self._changed:
            return self._dropped

    def __len__(self) -> int:
        with self._changed:
            return len(self._items)

    def replace(self, item: T) -> bool:
        """Put `item` in, throwing out the oldest where there is no place. False when closed."""
        with self._changed:
            if self._closed:
                return False
            if len(self._items) == self._capacity:
                self._items.popleft()
                self._dropped += 1
            self._add(item)
            return True

    def offer(self, item: T) -> bool:
        """Put `item` in if there is a place for it; otherwise count it as dropped. False when it was not taken."""
        with self._changed:
            if self._closed:
                return False
            if len(self._items) == self._capacity:
                self._dropped += 1
                return False
            self._add(item)
            return True

    def put(self, item: T) -> bool:
        """Wait for a place and put `item` in. False when the channel is or gets closed meanwhile."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or len(self._items) < self._capacity)
            if self._closed:
                return False
            self._add(item)
            return True

    def take(self, timeout_s: float | None = None) -> T | None:
        """The oldest item, waiting for it; None when `timeout_s` passed without one. Raises Closed at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._items, timeout_s)
            if self._items:
                item = self._items.popleft()
                self._changed.notify_all()
                return item
            if self._closed:
                raise Closed
            return None

    def close(self) -> None:
        """No more goes in; what is in it can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _add(self, item: T) -> None:
        self._items.append(item)
        self._changed.notify_all()
