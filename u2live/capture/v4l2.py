"""Video4Linux2 without a helper program: what a device is, what it can do, and its controls.

Pure Python over ioctl; the structures are those of <linux/videodev2.h>. Nothing here takes pictures, so it works beside a
capture that is running. Every method raises OSError as the kernel gives it.
"""

from __future__ import annotations

import errno
import os
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from u2live.capture.camera_device import Control, Kind, Mode
from u2live.types import Size

Ioctl = Callable[[int, int, bytearray], None]


class _Struct(struct.Struct):
    """A kernel structure and the request that carries it."""

    def __init__(self, layout: str, direction: int, number: int) -> None:
        super().__init__(layout)
        self.request = direction << 30 | self.size << 16 | ord("V") << 8 | number


_READ, _WRITE_READ = 2, 3
QUERYCAP = _Struct("=16s32s32sIII12x", _READ, 0)
ENUM_FMT = _Struct("=III32sII12x", _WRITE_READ, 2)
G_CTRL = _Struct("=Ii", _WRITE_READ, 27)
S_CTRL = _Struct("=Ii", _WRITE_READ, 28)
QUERYCTRL = _Struct("=II32siiiiI8x", _WRITE_READ, 36)
QUERYMENU = _Struct("=II32s4x", _WRITE_READ, 37)
ENUM_FRAMESIZES = _Struct("=III6I8x", _WRITE_READ, 74)
ENUM_FRAMEINTERVALS = _Struct("=IIIII6I8x", _WRITE_READ, 75)

_BUF_TYPE_CAPTURE = 1
_CAP_VIDEO_CAPTURE, _CAP_VIDEO_CAPTURE_MPLANE, _CAP_DEVICE_CAPS = 0x1, 0x1000, 0x80000000
_DISCRETE = 1
_NEXT_CTRL = 0x80000000
_FLAG_DISABLED, _FLAG_READ_ONLY, _FLAG_INACTIVE, _FLAG_WRITE_ONLY = 0x1, 0x4, 0x10, 0x40
LOOPBACK_DRIVER = "v4l2 loopback"
_USUAL_SIZES = tuple(Size(*pair) for pair in ((320, 240), (640, 480), (1280, 720), (1920, 1080), (3840, 2160)))


@dataclass(frozen=True, slots=True)
class Capability:
    """Who a device is. `captures` says that pictures can be taken from it just now."""

    driver: str
    card: str
    bus_info: str
    captures: bool


class VideoDevice:
    """An open /dev/video*, for questions and controls only. A context manager."""

    def __init__(self, path: str | Path, ioctl: Ioctl | None = None) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        self._ioctl = ioctl or _kernel

    def __enter__(self) -> VideoDevice:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def capability(self) -> Capability:
        driver, card, bus, _, capabilities, device_caps = self._ask(QUERYCAP, b"", b"", b"", 0, 0, 0)
        caps = device_caps if capabilities & _CAP_DEVICE_CAPS else capabilities
        captures = bool(caps & (_CAP_VIDEO_CAPTURE | _CAP_VIDEO_CAPTURE_MPLANE))
        return Capability(_text(driver), _text(card), _text(bus), captures)

    def modes(self) -> tuple[Mode, ...]:
        """Every pixel format with its sizes and rates; of a stepwise range of sizes the usual ones and its largest."""
        return tuple(
            Mode(_fourcc(pixel_format), size, self._rates(pixel_format, size))
            for pixel_format in self._formats()
            for size in self._sizes(pixel_format)
        )

    def controls(self) -> tuple[Control, ...]:
        """The controls that a person can set, with their present values."""
        found = []
        control_id = 0
        while (answer := self._query(control_id | _NEXT_CTRL)) is not None:
            control_id = answer[0]
            control = self._control(*answer)
            if control is not None:
                found.append(control)
        return tuple(found)

    def get(self, control: Control) -> int:
        return int(self._ask(G_CTRL, control.id, 0)[1])

    def set(self, control: Control, value: int) -> None:
        self._ask(S_CTRL, control.id, value)

    def _ask(self, kind: _Struct, *values: object) -> tuple[Any, ...]:
        data = bytearray(kind.pack(*values))
        self._ioctl(self._fd, kind.request, data)
        return kind.unpack(data)

    def _listed(self, kind: _Struct, *values: object) -> Iterator[tuple[Any, ...]]:
        """The answers for index 0, 1, … until the kernel has no more; `values` follow the index."""
        for index in range(1024):  # a driver that never ends its list must not hang us
            try:
                yield self._ask(kind, index, *values)
            except OSError as error:
                if error.errno in (errno.EINVAL, errno.ENOTTY):
                    return
                raise

    def _formats(self) -> list[int]:
        return [int(answer[4]) for answer in self._listed(ENUM_FMT, _BUF_TYPE_CAPTURE, 0, b"", 0, 0)]

    def _sizes(self, pixel_format: int) -> list[Size]:
        sizes: list[Size] = []
        for answer in self._listed(ENUM_FRAMESIZES, pixel_format, 0, *[0] * 6):
            kind, *numbers = answer[2:]
            if kind == _DISCRETE:
                sizes.append(Size(numbers[0], numbers[1]))
            else:
                low, high, step_x, low_y, high_y, step_y = numbers
                return _of_range(range(low, high + 1, step_x or 1), range(low_y, high_y + 1, step_y or 1))
        return sizes

    def _rates(self, pixel_format: int, size: Size) -> tuple[Fraction, ...]:
        rates: set[Fraction] = set()
        for answer in self._listed(ENUM_FRAMEINTERVALS, pixel_format, size.width, size.height, 0, *[0] * 6):
            # A discrete interval, or the shortest and the longest of a range: numerator and denominator in turn.
            kind, *numbers = answer[4:]
            pairs = [numbers[:2]] if kind == _DISCRETE else [numbers[:2], numbers[2:4]]
            rates.update(Fraction(below, above) for above, below in pairs if above and below)
            if kind != _DISCRETE:
                break
        return tuple(sorted(rates, reverse=True))

    def _query(self, control_id: int) -> tuple[Any, ...] | None:
        try:
            return self._ask(QUERYCTRL, control_id, 0, b"", 0, 0, 0, 0, 0)
        except OSError as error:
            if error.errno in (errno.EINVAL, errno.ENOTTY):
                return None
            raise

    def _control(
        self, control_id: int, kind: int, label: bytes, low: int, high: int, step: int, default: int, flags: int
    ) -> Control | None:
        if flags & (_FLAG_DISABLED | _FLAG_WRITE_ONLY) or kind not in {member.value for member in Kind}:
            return None
        try:
            value = int(self._ask(G_CTRL, control_id, 0)[1])
        except OSError:
            return None  # a control that cannot be read cannot be restored either
        return Control(
            id=control_id,
            name=control_name(_text(label)),
            label=_text(label),
            kind=Kind(kind),
            minimum=low,
            maximum=high,
            step=step,
            default=default,
            value=value,
            active=not flags & _FLAG_INACTIVE,
            writable=not flags & _FLAG_READ_ONLY,
            choices=self._choices(control_id, Kind(kind), low, high),
        )

    def _choices(self, control_id: int, kind: Kind, low: int, high: int) -> tuple[tuple[int, str], ...]:
        if kind not in (Kind.MENU, Kind.INTEGER_MENU):
            return ()
        choices = []
        for index in range(low, min(high, low + 256) + 1):
            try:
                answer = self._ask(QUERYMENU, control_id, index, b"")
            except OSError:
                continue  # menus have holes
            raw: bytes = answer[2]
            choices.append((index, _text(raw) if kind is Kind.MENU else str(struct.unpack_from("=q", raw)[0])))
        return tuple(choices)


def control_name(label: str) -> str:
    """ "White Balance, Automatic" → "white_balance_automatic"."""
    return re.sub(r"[^0-9a-z]+", "_", label.lower()).strip("_")


def _kernel(fd: int, request: int, data: bytearray) -> None:
    import fcntl  # not on Windows

    fcntl.ioctl(fd, request, data, True)


def _of_range(widths: range, heights: range) -> list[Size]:
    usual = [size for size in _USUAL_SIZES if size.width in widths and size.height in heights]
    largest = Size(widths[-1], heights[-1])
    return usual if largest in usual else [*usual, largest]


def _text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("utf-8", errors="replace").strip()


def _fourcc(number: int) -> str:
    return struct.pack("<I", number & 0x7FFFFFFF).decode("latin-1").strip()
