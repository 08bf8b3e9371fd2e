"""The file under a container: created exclusively, written through, cut back to what is whole when the disk fails."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import secrets
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from u2live.paths import free_name
from u2live.sinks.disk_errors import is_disk_gone, write_error

_SYNC_EVERY_S = 1.0
_SYNC_PATIENCE_S = 10.0
"""A drive that answers no more must not hold its recorder for ever."""
_CANNOT_SYNC = (errno.EINVAL, errno.ENOSYS, errno.EROFS)
"""What a pipe or an odd file system answers; no reason to stop."""


def temporary_beside(path: Path) -> Path:
    """A name in the same folder, hidden, unlike any other, that ends like `path` so that a muxer knows its format."""
    return path.with_name(f".{path.stem[:80]}.{os.getpid()}-{secrets.token_hex(4)}.part{path.suffix}")


def free_beside(path: Path) -> Path:
    """`path` for a new recording; where there is one of that name, `name (2)`, `name (3)` …"""
    return free_name(path, "{} ({})")


def remove_leftovers(path: Path) -> None:
    """Delete what processes that died left beside `path` under `temporary_beside`'s names."""
    pattern = f".{glob.escape(path.stem[:80])}.*.part{glob.escape(path.suffix)}"
    for leftover in path.parent.glob(pattern):
        identifier = leftover.name.removesuffix(f".part{path.suffix}").rpartition(".")[2].partition("-")[0]
        if identifier.isdigit() and not _is_running(int(identifier)):
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)
            else:
                leftover.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    if os.name != "posix":
        return True  # signal 0 would end it there; better to leave a file than to delete one in use
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def move_into_place(temporary: Path, path: Path, *, overwrite: bool) -> None:
    """Rename `temporary` to `path` in one step. Raises SinkError, also when `path` appeared meanwhile."""
    try:
        if overwrite:
            os.replace(temporary, path)
        else:
            _move_without_replacing(temporary, path)
    except OSError as error:
        raise write_error(path, error) from error


def _move_without_replacing(temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.exists(path):
            raise FileExistsError(path) from None
        os.replace(temporary, path)
    else:
        temporary.unlink()


def check_can_write(path: Path, *, overwrite: bool = False) -> None:
    """Find out now what would go wrong at the first picture. Leaves nothing behind. Raises SinkError."""
    try:
        if path.exists():
            if not overwrite:
                raise FileExistsError(path)
            with path.open("r+b"):
                return
        with path.open("xb"):
            pass
        path.unlink()
    except OSError as error:
        raise write_error(path, error) from error


class OutputFile:
    """What a muxer writes into: unbuffered, so that what was written survives the end of this process.

    After a failed write the file is cut back to the last `mark` and swallows everything else: a container whose disk is
    full can be closed like any other, and what lies before the mark plays.
    """

    def __init__(self, path: Path, overwrite: bool = False, *, final_path: Path | None = None, sync: bool = False) -> None:
        """Creates `path`, which must not exist unless `overwrite`. Errors name `final_path`. Raises SinkError.

        With `sync` the disk itself has what was written until a second ago: it survives a loss of power.
        """
        self.path = path
        self.error: OSError | None = None
        self.size = 0
        self._marked = 0
        self._position = 0
        flags = os.O_RDWR | os.O_CREAT | (os.O_TRUNC if overwrite else os.O_EXCL) | getattr(os, "O_BINARY", 0)
        try:
            self._descriptor: int | None = os.open(path, flags, 0o666)
        except OSError as error:
            raise write_error(final_path or path, error) from error
        self._closing = threading.Event()
        self._syncer = threading.Thread(target=self._sync, name="u2live-sync", daemon=True) if sync else None
        if self._syncer is not None:
            self._syncer.start()

    # The muxer calls these by name.
    def write(self, data: bytes) -> int:
        view = memoryview(data)
        while self.error is None and self._descriptor is not None and len(view):
            try:
                written = os.write(self._descriptor, view)
            except OSError as error:
                self._fail(error)
                break
            view = view[written:]
            self._position += written
            self.size = max(self.size, self._position)
        if self.error is not None:
            self._position += len(view)
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size}[whence]
        self._position = base + offset
        if self.error is None and self._descriptor is not None:
            os.lseek(self._descriptor, self._position, os.SEEK_SET)
        return self._position

    def tell(self) -> int:
        return self._position

    def reopen(self, url: str, flags: int, options: dict[str, str]) -> BinaryIO:
        """A second handle to read with: a muxer that moves its index to the front reads back what it wrote."""
        return self.path.open("rb")

    def mark(self) -> None:
        """What was written until now is whole."""
        if self.error is None:
            self._marked = self.size

    def close(self) -> None:
        """Harmless when closed."""
        self._closing.set()
        if self._syncer is not None:
            self._syncer.join(_SYNC_PATIENCE_S)
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def remove(self) -> None:
        """Close and delete."""
        self.close()
        with contextlib.suppress(OSError):
            self.path.unlink()

    def clear(self) -> None:
        """Begin again with an empty file."""
        self._position = self.size = self._marked = 0
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.lseek(self._descriptor, 0, os.SEEK_SET)

    @property
    def is_lost(self) -> bool:
        """Whether the file cannot be reached by its name any more: its drive was pulled out, or its folder deleted.

        What was written may still be read through `read_written`.
        """
        if self.error is not None and is_disk_gone(self.error):
            return True
        try:
            os.stat(self.path)
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError as error:
            return is_disk_gone(error)
        return False

    def read_written(self) -> Iterator[bytes]:
        """What is whole, in blocks, as far as the disk still gives it. For a file that is lost; nothing is written after."""
        left = self._marked
        with contextlib.suppress(OSError):
            if self._descriptor is not None:
                os.lseek(self._descriptor, 0, os.SEEK_SET)
            while left and self._descriptor is not None:
                block = os.read(self._descriptor, min(left, 1 << 20))
                if not block:
                    return
                left -= len(block)
                yield block

    def _sync(self) -> None:
        while not self._closing.wait(_SYNC_EVERY_S):
            try:
                if self._descriptor is not None:
                    os.fsync(self._descriptor)
            except OSError as error:
                if error.errno not in _CANNOT_SYNC:
                    self.error = self.error or error
                return
            if self.is_lost:  # what is written now would reach a file that nobody finds
                self.error = self.error or OSError(errno.ENODEV, os.strerror(errno.ENODEV))
                return

    def _fail(self, error: OSError) -> None:
        self.error = self.error or error
        assert self._descriptor is not None
        with contextlib.suppress(OSError):
            os.ftruncate(self._descriptor, self._marked)
