"""Ctrl-C and SIGTERM, for commands that have something to end as it should be."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def told_to_stop(stop: Callable[[], None] | None = None) -> Iterator[threading.Event]:
    """Ctrl-C and SIGTERM set the event and call `stop` in a thread; a second Ctrl-C gives up at once.

    Outside the main thread, which alone hears signals, the event is never set.
    """
    told = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield told
        return

    def handle(number: int, _frame: object) -> None:
        if told.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        told.set()
        if stop is not None:  # a handler may run inside a lock that stopping needs: do it elsewhere
            threading.Thread(target=stop, name="u2live-stop", daemon=True).start()

    previous = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield told
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
