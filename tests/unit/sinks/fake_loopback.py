"""v4l2loopback 0.12.7 as its source reads, with ctypes from <linux/videodev2.h>: what tests/vm proves on the real one."""

from __future__ import annotations

import ctypes as c
import errno
import os
from pathlib import Path

CAPTURE, OUTPUT = 1, 2
QUERYCAP, S_FMT, STREAMON, S_PARM, SUBSCRIBE_EVENT = 0x80685600, 0xC0D05605, 0x40045612, 0xC0CC5616, 0x4020565A


class _Capability(c.Structure):
    _fields_ = [
        *[("driver", c.c_char * 16), ("card", c.c_char * 32), ("bus_info", c.c_char * 32), ("version", c.c_uint32)],
        *[("capabilities", c.c_uint32), ("device_caps", c.c_uint32), ("reserved", c.c_uint32 * 3)],
    ]


class _Pix(c.Structure):
    _fields_ = [
        (name, c.c_uint32)
        for name in ("width", "height", "pixelformat", "field", "bytesperline", "sizeimage", "colorspace", "priv")
    ] + [(name, c.c_uint32) for name in ("flags", "ycbcr_enc", "quantization", "xfer_func")]


class _Union(c.Union):
    _fields_ = [("pix", _Pix), ("pointers", c.c_void_p * 2), ("raw", c.c_uint8 * 200)]


class _Format(c.Structure):
    _fields_ = [("type", c.c_uint32), ("fmt", _Union)]


class FakeLoopback:
    """One device with exclusive_caps. Takes the place of `os` in the module under test, and of its ioctl."""

    def __init__(self, path: Path) -> None:
        path.touch()
        self.path = path
        self.ready_for_output, self.ready_for_capture = True, False
        self.format: tuple[str, int, int] = ("", 0, 0)
        self.rate = (0, 0)
        self.written: list[bytes] = []
        self.fails_with: int | None = None
        self.supports_events = False
        self._writers: set[int] = set()
        self._open: set[int] = set()
        self.readers = 0

    def __getattr__(self, name: str) -> object:
        return getattr(os, name)

    def open(self, path: Path, flags: int) -> int:
        handle = os.open(path, flags)
        self._open.add(handle)
        return handle

    def close(self, handle: int) -> None:
        os.close(handle)
        self._open.discard(handle)
        if handle in self._writers:
            self._writers.discard(handle)
            self.ready_for_output = True
        if not self._open and not self.readers:
            self.ready_for_capture = False

    def write(self, handle: int, data: memoryview) -> int:
        if self.fails_with is not None:
            raise OSError(self.fails_with, os.strerror(self.fails_with))
        self.ready_for_output, self.ready_for_capture = False, True
        self.written.append(bytes(data))
        return min(len(data), self._size())

    def abandoned_by_a_writer_without_streamon(self) -> None:
        self.ready_for_output, self.ready_for_capture = False, bool(self.readers)

    def ioctl(self, handle: int, request: int, data: bytearray) -> None:
        if request == QUERYCAP:
            answer = _Capability.from_buffer(data)
            answer.driver = b"v4l2 loopback"
            answer.device_caps = CAPTURE * self.ready_for_capture | OUTPUT * self.ready_for_output
        elif request == S_FMT:
            self._set_format(_Format.from_buffer(data))
        elif request == STREAMON:
            self._stream(handle, int.from_bytes(data, "little"))
        elif request == S_PARM:
            self.rate = (int.from_bytes(data[12:16], "little"), int.from_bytes(data[16:20], "little"))
        elif request == SUBSCRIBE_EVENT and self.supports_events:
            return
        else:
            raise OSError(errno.EINVAL, "Invalid argument")

    def _set_format(self, wanted: _Format) -> None:
        assert wanted.type == 2
        pix = wanted.fmt.pix
        if not self.ready_for_capture:
            self.format = (pix.pixelformat.to_bytes(4, "little").decode(), pix.width, pix.height)
        fourcc, pix.width, pix.height = self.format
        pix.pixelformat = int.from_bytes(fourcc.encode(), "little")

    def _stream(self, handle: int, kind: int) -> None:
        assert kind == 2
        self._writers.add(handle)
        self.ready_for_output = False
        if not self.ready_for_capture:
            if not self.format[0]:
                raise OSError(errno.EINVAL, "Invalid argument")
            self.ready_for_capture = True

    def _size(self) -> int:
        fourcc, width, height = self.format
        return width * height * 3 // 2 if fourcc in ("YU12", "NV12", "YV12") else width * height * 2
