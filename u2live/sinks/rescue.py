"""Recordings whose drive was pulled out, or whose folder was deleted: what can still be read is saved elsewhere."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from u2live.errors import SinkError
from u2live.paths import user_recordings_dir
from u2live.sinks.formats import file_format
from u2live.sinks.output_file import OutputFile, free_beside
from u2live.sinks.unfinished import finish


def rescue(file: OutputFile, seconds: float) -> SinkError:
    """Save what `file` still gives, which lies under a name that leads nowhere any more.

    Returns the error that tells what happened, and where the rest is. Never raises.
    """
    name = file.path.name
    gone = f"the drive or folder of the recording {name} is gone"
    for folder in _refuges(file.path.parent):
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            saved = _copied(file, free_beside(folder / name))
            if saved is None:
                break
            with contextlib.suppress(SinkError, OSError):  # it plays nevertheless
                if file_format(saved).is_fragmented:
                    finish(saved)
            return SinkError(f"{gone}: its {_length(seconds)} are saved as {saved}; choose another folder")
    return SinkError(f"{gone}: what was on it by then plays when it is back; choose another folder")


def _refuges(lost: Path) -> Iterator[Path]:
    """Where a recording may go instead."""
    for folder in (user_recordings_dir(), Path.home(), Path(tempfile.gettempdir())):
        if folder != lost and lost not in folder.parents:
            yield folder


def _copied(file: OutputFile, path: Path) -> Path | None:
    """None where nothing can be read. Raises OSError where it cannot be written; then nothing is left behind."""
    count = 0
    with path.open("xb") as target:
        try:
            for block in file.read_written():
                count += target.write(block)
            target.flush()
            os.fsync(target.fileno())
        except OSError:
            path.unlink()
            raise
    if not count:
        path.unlink()
        return None
    return path


def _length(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"
