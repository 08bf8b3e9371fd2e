"""How a worker thread tells a widget something without ever touching it: the widget may be gone by then."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject, pyqtSignal


class Mailbox(QObject):
    """`post` may be called from any thread at any time; `deliver`, a method of a QObject, is called on the window's.

    Qt ends the connection with the receiver. The mailbox itself stays for good: a thread may post long after the widget it
    was for has gone, and an object must not be destroyed in the thread that happens to drop it last.
    """

    _posted = pyqtSignal(object)
    _all: list[Mailbox] = []  # noqa: RUF012 -- what keeps them is meant to be shared

    def __init__(self, deliver: Callable[[object], None]) -> None:
        super().__init__()
        self._posted.connect(deliver)
        self._all.append(self)

    def post(self, message: object) -> None:
        self._posted.emit(message)
