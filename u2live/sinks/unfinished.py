"""Recordings that were not ended: finding them at the next start, and finishing them.

Beside a recording that runs lies a small hidden file, locked by the process that records. The lock goes with the process;
the file stays where nobody ended the recording.
"""

from __future__ import annotations

import contextlib
import enum
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from u2live.errors import SinkError
from u2live.sinks.disk_errors import write_error
from u2live.sinks.output_file import move_into_place, remove_leftovers, temporary_beside

_ENDING = ".unfinished"
_INDEX_FIRST_BYTES = 500 << 20
"""In larger files the index stays at the end: to have it first, everything would be written twice."""


def _marker_path(recording: Path) -> Path:
    return recording.with_name(f".{recording.name}{_ENDING}")


class Marker:
    """Says that a recording runs, for as long as this process lives. Where it cannot be written nothing is said."""

    def __init__(self, recording: Path) -> None:
        self._path = _marker_path(recording)
        self._descriptor: int | None = None
        with contextlib.suppress(OSError):
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            _lock(self._descriptor)

    def remove(self) -> None:
        """The recording is finished."""
        self.leave()
        with contextlib.suppress(OSError):
            self._path.unlink()

    def leave(self) -> None:
        """The recording ended, but is to be finished another time."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(descriptor)


class State(enum.Enum):
    """How a recording stands."""

    FINISHED = "finished"
    RUNNING = "running"
    """Some process is recording it now."""
    UNFINISHED = "unfinished"
    """Nobody ended it, and nobody is recording it any more."""


def state_of(recording: Path) -> State:
    """Never raises."""
    marker = _marker_path(recording)
    if not os.path.exists(marker):
        return State.FINISHED
    return State.RUNNING if _is_locked(marker) else State.UNFINISHED


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A recording whose end is missing; it plays, but a player may not know its length or jump in it."""

    path: Path
    size_bytes: int


def unfinished_recordings(folder: Path) -> list[Unfinished]:
    """Recordings in `folder` that nobody ended and nobody is recording, oldest first. Never raises for a bad folder.

    Markers whose recording is gone or empty are cleared away, the empty recording with them.
    """
    found = []
    for marker in _markers(folder):
        if _is_locked(marker):
            continue
        recording = marker.with_name(marker.name[1 : -len(_ENDING)])
        try:
            status = recording.stat()
        except OSError:
            status = None
        size_bytes = 0 if status is None else size_of(recording)
        if status is not None and size_bytes > 0:
            found.append((status.st_mtime, Unfinished(recording, size_bytes)))
            continue
        with contextlib.suppress(OSError):
            marker.unlink()
            recording.rmdir() if recording.is_dir() else recording.unlink(missing_ok=True)
    return [unfinished for _, unfinished in sorted(found, key=lambda each: each[0])]


def size_of(recording: Path) -> int:
    """In bytes; of a folder of pictures, all of them. Raises OSError."""
    if recording.is_dir():
        return sum(entry.stat().st_size for entry in recording.iterdir())
    return recording.stat().st_size


def finish(path: Path) -> None:
    """Turn the recording at `path` into an ordinary file of the same name, losing nothing. Harmless for finished ones.

    It is copied beside itself and replaced in one step, which needs as much space again; a folder of pictures is whole as
    it is. Raises SinkError: then the recording stays as it was.
    """
    import av

    if path.is_dir():
        with contextlib.suppress(OSError):
            _marker_path(path).unlink()
        return

    remove_leftovers(path)
    temporary = temporary_beside(path)
    try:
        _remux(path, temporary)
        move_into_place(temporary, path, overwrite=True)
    except av.FFmpegError as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise SinkError(f"{path} cannot be finished ({reason}); it stays as it is: try playing it, or VLC") from error
    except OSError as error:
        raise write_error(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
    with contextlib.suppress(OSError):
        _marker_path(path).unlink()


def _remux(source: Path, target: Path) -> None:
    """Copy all packets. What was cut off in the middle of a packet ends before it. Raises av.FFmpegError, OSError."""
    import av

    from u2live.sinks.formats import file_format

    container = file_format(source)
    options = dict(container.finished)
    if source.stat().st_size > _INDEX_FIRST_BYTES:
        options.pop("movflags", None)
    with (
        av.open(str(source)) as before,
        av.open(str(target), "w", format=container.muxer, container_options=options) as after,
    ):
        after.metadata.update(before.metadata)
        streams = {}
        for stream in before.streams:
            if stream.type in ("video", "audio"):
                streams[stream.index] = after.add_stream_from_template(stream)
                streams[stream.index].metadata.update(stream.metadata)
        for packet in before.demux([before.streams[index] for index in streams]):
            if packet.dts is None or packet.is_corrupt or not packet.size:
                continue
            packet.stream = streams[packet.stream.index]
            after.mux(packet)
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _markers(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        for entry in folder.iterdir():
            if entry.name.startswith(".") and entry.name.endswith(_ENDING):
                yield entry


def _is_locked(marker: Path) -> bool:
    try:
        descriptor = os.open(marker, os.O_RDWR)
    except OSError:
        return True  # not ours to judge
    try:
        _lock(descriptor)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        """Lock until the file is closed, by us or by the end of the process. Raises OSError when another one has it."""
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        """Lock until the file is closed, by us or by the end of the process. Raises OSError when another one has it."""
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
