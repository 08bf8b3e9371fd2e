"""The end of the process, whatever its threads are doing."""

from __future__ import annotations

import os
import sys
import threading

_GRACE_S = 0.5


def leave_if_a_thread_still_works(code: int) -> None:
    """End the process at once where one of our threads works on what nobody waits for, such as loading a network.

    Everything of the person's is written by then; taking the interpreter down under such a thread would crash it.
    """
    for thread in threading.enumerate():
        if thread.name.startswith("u2live") and thread is not threading.current_thread():
            thread.join(_GRACE_S)
            if thread.is_alive():
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
