"""Where a run stands, on disk: enough to go on as if it had never stopped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from u2live.errors import U2LiveError, UsageError

VERSION = 1


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The files of one run, all beside its output: the best network, the last one, the state, the log."""

    best: Path

    @property
    def last(self) -> Path:
        return self.best.with_name(self.best.stem + ".last.safetensors")

    @property
    def state(self) -> Path:
        return self.best.with_name(self.best.stem + ".state.pt")

    @property
    def log(self) -> Path:
        return self.best.with_name(self.best.stem + ".log.jsonl")


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Atomically: a run that is killed while it saves keeps the state before. Raises U2LiveError for a full disk."""
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save({"version": VERSION, **state}, partial)
        partial.replace(path)
    except (OSError, RuntimeError) as error:  # torch has RuntimeError for a full disk
        partial.unlink(missing_ok=True)
        reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
        raise U2LiveError(f"{path} cannot be written ({reason}): free some space, then go on with --resume") from None


def read_state(path: Path) -> dict[str, Any]:
    """Raises UsageError when there is none or it is damaged or of another version."""
    if not path.is_file():
        raise UsageError(f"there is nothing to resume: {path} does not exist; leave --resume out to start")
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many unrelated kinds for a damaged file
        reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise UsageError(f"{path} cannot be resumed from ({reason}): start anew without --resume") from None
    if not isinstance(state, dict) or state.get("version") != VERSION:
        raise UsageError(f"{path} was written by another version of u2live: start anew without --resume")
    return state
