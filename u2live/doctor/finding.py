"""What the doctor says: one finding, and the steps that would cure it."""

from __future__ import annotations

import enum
import shlex
from dataclasses import dataclass


class Level(enum.Enum):
    """`WARNING`: something optional is missing or known to make trouble. `PROBLEM`: something that is there cannot work."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Step:
    """One command. `root`: it needs the administrator's rights. `text`: whole lines that it reads on its standard input."""

    argv: tuple[str, ...]
    root: bool = True
    text: str = ""

    def shown(self, *, as_root: str = "sudo") -> str:
        """The step as a person would type it."""
        command = shlex.join((as_root, *self.argv) if self.root and as_root else self.argv)
        return f"printf '%s\\n' {shlex.join(self.text.splitlines())} | {command}" if self.text else command


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about this machine. `id` is stable and names the check; `what` is the fact, `why` what it means for the user.

    `fix` are the steps `--fix` offers, in order. `advice` is a command or a line for cures that only a person can apply.
    """

    id: str
    level: Level
    what: str
    why: str = ""
    fix: tuple[Step, ...] = ()
    advice: str = ""

    @property
    def command(self) -> str:
        """Exactly what to type; empty when there is nothing to do."""
        return " && ".join(step.shown() for step in self.fix) or self.advice


def ok(name: str, what: str) -> Finding:
    return Finding(name, Level.OK, what)
