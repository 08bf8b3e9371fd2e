"""Writing to a v4l2loopback device: the kernel's own interface, three requests and write().

pyvirtualcam writes to it too, but only prints a failed write, does not start the stream, and takes a format that readers
hold for the one it asked for. The structures are those of <linux/videodev2.h>.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np

from u2live.errors import SinkError
from u2live.sinks.loopback import viewers_of
from u2live.sinks.picture_format import FOURCCS, PictureFormat
from u2live.types import Size

Ioctl = Callable[[int, int, bytearray], None]

CAPTURE, OUTPUT = 0x1, 0x2  # V4L2_CAP_VIDEO_CAPTURE, V4L2_CAP_VIDEO_OUTPUT
_QUERYCAP = 0x80685600
_S_FMT = 0xC0D05605
_STREAMON = 0x40045612
_S_PARM = 0xC0CC5616
_DQEVENT = 0x80885659
_SUBSCRIBE_EVENT = 0x4020565A
_BUF_TYPE_OUTPUT = 2
_FIELD_NONE = 1
_CAPABILITY = struct.Struct("=16s32s32sIII12x")
_FORMAT = struct.Struct("=I4xIIIIIIIIIIII152x")
_PARAMETERS = struct.Struct("=IIIII184x")
_SUBSCRIPTION = struct.Struct("=III20x")
_EVENT = struct.Struct("=I4xI124x")
_CLIENT_USAGE = 0x08000000 + 0x08E00000 + 1  # V4L2_EVENT_PRI_CLIENT_USAGE, v4l2loopback 0.13 and newer
_SEND_INITIAL = 1


class LoopbackWriter:
    """A v4l2loopback device held for writing, until `close`. One thread at a time writes and closes; `viewers` may come
    from another.

    The format is ours unless a reader still holds the device in another one: then that stays, and `format` tells.
    Raises SinkError where the device cannot be had.
    """

    def __init__(self, path: Path, size: Size, frame_rate: float, ioctl: Ioctl | None = None) -> None:
        self.path = path
        self._ioctl = ioctl or kernel_ioctl
        self._streaming_readers: int | None = None
        try:
            self._handle = self._opened()
        except OSError as error:
            raise SinkError(f"{path} cannot be opened for writing: {_reason(error)}; run `main.py doctor`") from error
        try:
            self.format = self._agree(size, frame_rate)
            self._start()
            self._counts_readers = self._subscribe()
        except OSError as error:
            self.close()
            raise SinkError(
                f"{path} takes no pictures ({_reason(error)}): close the programs that use it, or run `main.py doctor`"
            ) from error
        except SinkError:
            self.close()
            raise

    def write(self, picture: np.ndarray) -> None:
        """One picture in `format`, flat uint8. Raises OSError."""
        if os.write(self._handle, picture.data) < picture.size:
            raise OSError(errno.EIO, "the device took only a part of a picture")

    def viewers(self) -> int | None:
        """How many programs take pictures, as the module itself counts; before 0.13, how many hold the device open."""
        if not self._counts_readers:
            return viewers_of(self.path)
        while _event_waits(self._handle):
            data = bytearray(_EVENT.size)
            self._ioctl(self._handle, _DQEVENT, data)
            kind, count = _EVENT.unpack(data)
            if kind == _CLIENT_USAGE:
                self._streaming_readers = count
        return self._streaming_readers

    def close(self) -> None:
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)

    def _opened(self) -> int:
        """The device, freed first where an earlier writer left it stuck, and marked as ours for other u2live processes."""
        handle = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
        try:
            if not _capabilities(handle, self._ioctl) & OUTPUT:
                os.close(handle)
                handle = -1
                free_stuck(self.path, self._ioctl)
                handle = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
                if not _capabilities(handle, self._ioctl) & OUTPUT:
                    raise OSError(errno.EBUSY, "another program feeds it")
            _lock(handle)
        except OSError:
            if handle >= 0:
                os.close(handle)
            raise
        return handle

    def _agree(self, size: Size, frame_rate: float) -> PictureFormat:
        """Ask for our format; v4l2loopback answers with the one that readers hold, where there are any."""
        wanted = struct.unpack("<I", FOURCCS[0].encode())[0]
        data = bytearray(_FORMAT.pack(_BUF_TYPE_OUTPUT, size.width, size.height, wanted, _FIELD_NONE, *[0] * 8))
        self._ioctl(self._handle, _S_FMT, data)
        _, width, height, given, *_ = _FORMAT.unpack(data)
        fourcc = struct.pack("<I", given).decode("latin-1")
        if fourcc not in FOURCCS:
            raise SinkError(f"{self.path} is held in the format {fourcc}, which u2live does not make: close what reads it")
        rate = Fraction(frame_rate).limit_denominator(1001)
        told = _PARAMETERS.pack(_BUF_TYPE_OUTPUT, 0, 0, rate.denominator, rate.numerator)
        with contextlib.suppress(OSError):  # readers are only told a wrong rate
            self._ioctl(self._handle, _S_PARM, bytearray(told))
        return PictureFormat(fourcc, Size(width, height))

    def _start(self) -> None:
        """Start the stream: a writer that never did leaves a dead device (v4l2loopback issue 442, up to 0.12).

        Newer modules start it with the first write and refuse this.
        """
        with contextlib.suppress(OSError):
            self._ioctl(self._handle, _STREAMON, bytearray(struct.pack("=i", _BUF_TYPE_OUTPUT)))

    def _subscribe(self) -> bool:
        try:
            self._ioctl(self._handle, _SUBSCRIBE_EVENT, bytearray(_SUBSCRIPTION.pack(_CLIENT_USAGE, 0, _SEND_INITIAL)))
        except OSError:
            return False
        return True


def free_stuck(path: Path, ioctl: Ioctl | None = None) -> None:
    """Free a device whose last writer left without having started its stream, so that it offers neither input nor output.

    Whoever starts the stream counts as the writer, and closing the device as the writer's leaving. Only for a device that
    nobody feeds. Raises OSError when it cannot be opened.
    """
    handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        (ioctl or kernel_ioctl)(handle, _STREAMON, bytearray(struct.pack("=i", _BUF_TYPE_OUTPUT)))
    except OSError:
        pass  # it says EINVAL when no format is set, and works
    finally:
        os.close(handle)


def capabilities(path: Path) -> int:
    """CAPTURE and OUTPUT as the device offers them now. Raises OSError."""
    handle = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        return _capabilities(handle, kernel_ioctl)
    finally:
        os.close(handle)


def kernel_ioctl(handle: int, request: int, data: bytearray) -> None:
    import fcntl  # not on Windows

    fcntl.ioctl(handle, request, data, True)


def _capabilities(handle: int, ioctl: Ioctl) -> int:
    data = bytearray(_CAPABILITY.size)
    ioctl(handle, _QUERYCAP, data)
    return int(_CAPABILITY.unpack(data)[-1])


def _lock(handle: int) -> None:
    """Keep a second u2live from feeding the same device: old modules let any number of programs write."""
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OSError(errno.EBUSY, "another u2live feeds it") from None


def _event_waits(handle: int) -> bool:
    poll = select.poll()
    poll.register(handle, select.POLLPRI)
    return any(events & select.POLLPRI for _, events in poll.poll(0))


def _reason(error: OSError) -> str:
    if error.errno == errno.EACCES:
        return "this user may not (sudo usermod -aG video $USER, then log in again)"
    return error.strerror or str(error)
