"""How long the program takes from its call to the window, and to the first matted picture in it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from u2live.errors import U2LiveError

_PICTURES_S = 1.0
_LIMIT_S = 180.0


@dataclass(frozen=True, slots=True)
class StartupTiming:
    """One start of the window with the demo: seconds since the process began."""

    window_visible_s: float
    first_matted_s: float


def time_startup(rounds: int, weights: str) -> list[StartupTiming]:
    """Start the program `rounds` times, each in a process of its own. The first fills the caches. Raises U2LiveError."""
    return [_start(weights) for _ in range(rounds)]


def _start(weights: str) -> StartupTiming:
    script = Path(__file__).resolve().parents[2] / "main.py"
    options = ["--source", "demo", "--duration", str(_PICTURES_S), "--json", "--weights", weights]
    try:
        done = subprocess.run(
            [sys.executable, str(script), *options], capture_output=True, text=True, timeout=_LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise U2LiveError(f"the window did not end within {_LIMIT_S:g} s: run `main.py doctor`") from None
    try:
        startup = json.loads(done.stdout)["startup"]
        return StartupTiming(float(startup["window_visible_s"]), float(startup["first_matted_s"]))
    except (ValueError, KeyError, TypeError):
        said = done.stderr.strip().splitlines()
        reason = said[-1] if said else "it said nothing"
        raise U2LiveError(f"the window could not be timed ({reason}): run `main.py doctor`") from None
