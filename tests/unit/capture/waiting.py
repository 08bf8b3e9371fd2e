"""A reader that waits while somebody else closes the source."""

from __future__ import annotations

import threading
import time

from u2live.capture.source import Source
from u2live.types import Frame


def answers_when_closed(source: Source) -> list[Frame | None]:
    """What a `read` that waits in another thread has answered a second after `source` was closed."""
    answers: list[Frame | None] = []
    reader = threading.Thread(target=lambda: answers.append(source.read()))
    reader.start()
    time.sleep(0.1)
    source.close()
    reader.join(1)
    return answers
