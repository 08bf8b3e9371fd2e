"""What a disk answers when it cannot write, in words that say what to do."""

from __future__ import annotations

import errno
from pathlib import Path

from u2live.errors import SinkError

_GONE = (errno.ENODEV, errno.ENXIO, errno.ENOTCONN, getattr(errno, "ESTALE", errno.ENODEV))

_WORDS = {
    errno.ENOSPC: "the disk is full: free some space or choose another folder",
    errno.EDQUOT: "your quota on this disk is used up: free some space or choose another folder",
    errno.EFBIG: "this disk takes no file that large: choose another one",
    errno.EACCES: "the folder may not be written to: choose another one",
    errno.EPERM: "the folder may not be written to: choose another one",
    errno.EROFS: "the disk is read-only: choose another folder",
    errno.ENOENT: "the folder does not exist: create it or choose another one",
    errno.ENOTDIR: "part of this path is a file, not a folder: choose another folder",
    errno.EISDIR: "this is a folder: name a file in it",
    errno.EIO: "the disk reports an error: choose another one",
    **dict.fromkeys(_GONE, "the disk is gone: choose another one"),
    errno.ENAMETOOLONG: "the name is too long: choose a shorter one",
}


def write_error(path: Path, error: OSError) -> SinkError:
    """`error` while writing `path`, in words that say what to do."""
    if isinstance(error, FileExistsError):
        return SinkError(f"{path} exists already: choose another name, or allow overwriting (--overwrite)")
    reason = _WORDS.get(error.errno or 0, f"{error.strerror or error}: choose another place")
    return SinkError(f"cannot write {path}: {reason}")


def is_disk_gone(error: OSError) -> bool:
    """Whether `error` is what a drive answers that was pulled out or went dead."""
    return error.errno in (errno.EIO, *_GONE)
