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
                _leave(code)


def leave_if_one_of_several(code: int) -> None:
    """End the process at once where torchrun started it beside others.

    The threads of PyTorch's gloo may outlive the process group and abort the interpreter while it is taken down, which
    torchrun takes for a failed run and ends the others, one of them still writing the result.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        _leave(code)


def _leave(code: int) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
