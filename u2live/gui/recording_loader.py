"""Reads the list of recordings, and a picture of each, in a thread: files may lie on slow disks."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from u2live.gui.mailbox import Mailbox
from u2live.sinks.library import RecordingInfo, kept_thumbnail, recording_info, recording_paths, thumbnail
from u2live.sinks.unfinished import State, state_of

THUMBNAIL_WIDTH = 256


@dataclass(frozen=True, slots=True)
class Listed:
    """What there is, the newest first."""

    folder: Path
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """One recording. `picture` is H×W×3 BGR, None where none can be read."""

    info: RecordingInfo
    picture: np.ndarray | None


class RecordingLoader:
    """`look` asks for the list; a `Listed` and then a `Read` for each recording come to the mailbox. The last asked wins."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._lock = threading.Lock()
        self._wanted: Path | None = None
        self._running = False
        self._known: dict[Path, tuple[tuple[int, int], Read]] = {}

    def look(self, folder: Path) -> None:
        with self._lock:
            self._wanted = folder
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, name="u2live-recordings", daemon=True).start()

    def _run(self) -> None:
        while True:
            with self._lock:
                folder, self._wanted = self._wanted, None
                if folder is None:
                    self._running = False
                    return
            paths = recording_paths(folder)
            self._mailbox.post(Listed(folder, tuple(paths)))
            for path in paths:
                if self._asked_again():
                    break  # begin anew: much is known by now
                with contextlib.suppress(OSError):
                    self._mailbox.post(self._read(path))

    def _asked_again(self) -> bool:
        with self._lock:
            return self._wanted is not None

    def _read(self, path: Path) -> Read:
        """Raises OSError for a file that is gone."""
        status = os.stat(path)
        mark = (status.st_mtime_ns, status.st_size)
        known = self._known.get(path)
        if known is not None and known[0] == mark:
            read = known[1]
            return Read(dataclasses.replace(read.info, state=state_of(path)), read.picture)
        info = recording_info(path)
        picture = kept_thumbnail if info.state is State.FINISHED else thumbnail  # of what grows, none is worth keeping
        read = Read(info, picture(path, THUMBNAIL_WIDTH))
        self._known[path] = (mark, read)
        return read
