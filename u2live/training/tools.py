"""How the tools beside `main.py train` end: a user's mistake is one line."""

from __future__ import annotations

import sys
from collections.abc import Callable

from u2live.errors import U2LiveError, UsageError


def exit_code(work: Callable[[], None]) -> int:
    """Does `work`. 0, or after one line on stderr 2 for wrong usage and 1 for anything else that went wrong."""
    try:
        work()
    except U2LiveError as error:
        print(f"u2live: {error}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    return 0
