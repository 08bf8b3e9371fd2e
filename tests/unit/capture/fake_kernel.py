"""The kernel's side of Video4Linux2, written from <linux/videodev2.h> with ctypes: independent of u2live's own layouts."""

from __future__ import annotations

import ctypes as c
import errno
from dataclasses import dataclass, field

from u2live.capture.v4l2 import VideoDevice

# The requests as the C preprocessor prints them on x86-64.
VIDIOC_QUERYCAP = 0x80685600
VIDIOC_ENUM_FMT = 0xC0405602
VIDIOC_G_CTRL = 0xC008561B
VIDIOC_S_CTRL = 0xC008561C
VIDIOC_QUERYCTRL = 0xC0445624
VIDIOC_QUERYMENU = 0xC02C5625
VIDIOC_ENUM_FRAMESIZES = 0xC02C564A
VIDIOC_ENUM_FRAMEINTERVALS = 0xC034564B


class _Capability(c.Structure):
    _fields_ = [
        *[("driver", c.c_char * 16), ("card", c.c_char * 32), ("bus_info", c.c_char * 32), ("version", c.c_uint32)],
        *[("capabilities", c.c_uint32), ("device_caps", c.c_uint32), ("reserved", c.c_uint32 * 3)],
    ]


class _Format(c.Structure):
    _fields_ = [
        *[("index", c.c_uint32), ("type", c.c_uint32), ("flags", c.c_uint32), ("description", c.c_char * 32)],
        *[("pixelformat", c.c_uint32), ("mbus_code", c.c_uint32), ("reserved", c.c_uint32 * 3)],
    ]


class _Stepwise(c.Structure):
    _fields_ = [(name, c.c_uint32) for name in ["min_w", "max_w", "step_w", "min_h", "max_h", "step_h"]]


class _FrameSize(c.Structure):
    _fields_ = [
        *[("index", c.c_uint32), ("pixel_format", c.c_uint32), ("type", c.c_uint32)],
        *[("stepwise", _Stepwise), ("reserved", c.c_uint32 * 2)],
    ]


class _FrameInterval(c.Structure):
    _fields_ = [
        *[("index", c.c_uint32), ("pixel_format", c.c_uint32), ("width", c.c_uint32), ("height", c.c_uint32)],
        *[("type", c.c_uint32), ("numbers", c.c_uint32 * 6), ("reserved", c.c_uint32 * 2)],
    ]


class _QueryControl(c.Structure):
    _fields_ = [
        *[("id", c.c_uint32), ("type", c.c_uint32), ("name", c.c_char * 32), ("minimum", c.c_int32)],
        *[("maximum", c.c_int32), ("step", c.c_int32), ("default_value", c.c_int32), ("flags", c.c_uint32)],
        ("reserved", c.c_uint32 * 2),
    ]


class _Control(c.Structure):
    _fields_ = [("id", c.c_uint32), ("value", c.c_int32)]


class _QueryMenu(c.Structure):
    _pack_ = 1
    _fields_ = [("id", c.c_uint32), ("index", c.c_uint32), ("name", c.c_char * 32), ("reserved", c.c_uint32)]


@dataclass
class FakeControl:
    id: int
    kind: int
    name: str
    minimum: int
    maximum: int
    default: int
    flags: int = 0
    menu: dict[int, str] = field(default_factory=dict)
    value: int | None = None

    def __post_init__(self) -> None:
        self.value = self.default if self.value is None else self.value


@dataclass
class FakeCamera:
    """One device. `modes` is fourcc → size → rates; `stepwise` a fourcc's range of sizes instead."""

    card: str = "HD Webcam"
    bus_info: str = "usb-0000:00:14.0-1"
    driver: str = "uvcvideo"
    device_caps: int = 0x04200001
    modes: dict[str, dict[tuple[int, int], list[tuple[int, int]]]] = field(default_factory=dict)
    stepwise: dict[str, tuple[int, ...]] = field(default_factory=dict)
    controls: list[FakeControl] = field(default_factory=list)

    def device(self, _path: object = None) -> VideoDevice:
        return VideoDevice("/dev/null", self.ioctl)

    def ioctl(self, _fd: int, request: int, data: bytearray) -> None:
        answers = {
            VIDIOC_QUERYCAP: (_Capability, self._capability),
            VIDIOC_ENUM_FMT: (_Format, self._format),
            VIDIOC_ENUM_FRAMESIZES: (_FrameSize, self._frame_size),
            VIDIOC_ENUM_FRAMEINTERVALS: (_FrameInterval, self._frame_interval),
            VIDIOC_QUERYCTRL: (_QueryControl, self._query_control),
            VIDIOC_QUERYMENU: (_QueryMenu, self._query_menu),
            VIDIOC_G_CTRL: (_Control, self._get_control),
            VIDIOC_S_CTRL: (_Control, self._set_control),
        }
        if request not in answers:
            raise OSError(errno.ENOTTY, "Inappropriate ioctl for device")
        kind, answer = answers[request]
        assert len(data) == c.sizeof(kind) == (request >> 16) & 0x3FFF
        answer(kind.from_buffer(data))

    def _capability(self, out: _Capability) -> None:
        out.driver, out.card, out.bus_info = (text.encode() for text in (self.driver, self.card, self.bus_info))
        out.capabilities, out.device_caps = self.device_caps | 0x80000000 | 0x2, self.device_caps

    def _format(self, out: _Format) -> None:
        names = [*self.modes, *self.stepwise]
        if out.type != 1 or out.index >= len(names):
            raise OSError(errno.EINVAL, "Invalid argument")
        out.pixelformat = _number(names[out.index])

    def _frame_size(self, out: _FrameSize) -> None:
        for name, limits in self.stepwise.items():
            if out.pixel_format == _number(name) and out.index == 0:
                out.type, out.stepwise = 3, _Stepwise(*limits)
                return
        sizes = next((list(sizes) for name, sizes in self.modes.items() if _number(name) == out.pixel_format), [])
        if out.index >= len(sizes):
            raise OSError(errno.EINVAL, "Invalid argument")
        out.type = 1
        out.stepwise.min_w, out.stepwise.max_w = sizes[out.index]

    def _frame_interval(self, out: _FrameInterval) -> None:
        if any(_number(name) == out.pixel_format for name in self.stepwise):
            if out.index:
                raise OSError(errno.EINVAL, "Invalid argument")
            out.type = 2
            out.numbers[:] = [1, 1000, 1, 1, 1, 1]
            return
        sizes = next(sizes for name, sizes in self.modes.items() if _number(name) == out.pixel_format)
        intervals = sizes[(out.width, out.height)]
        if out.index >= len(intervals):
            raise OSError(errno.EINVAL, "Invalid argument")
        out.type = 1
        out.numbers[0], out.numbers[1] = intervals[out.index]

    def _query_control(self, out: _QueryControl) -> None:
        after = out.id & 0x0FFFFFFF if out.id & 0x80000000 else out.id - 1
        for control in sorted(self.controls, key=lambda control: control.id):
            if control.id > after:
                out.id, out.type, out.name = control.id, control.kind, control.name.encode()
                out.minimum, out.maximum, out.step = control.minimum, control.maximum, 1
                out.default_value, out.flags = control.default, control.flags
                return
        raise OSError(errno.EINVAL, "Invalid argument")

    def _query_menu(self, out: _QueryMenu) -> None:
        control = self.named_by_id(out.id)
        if out.index not in control.menu:
            raise OSError(errno.EINVAL, "Invalid argument")
        out.name = control.menu[out.index].encode()

    def _get_control(self, out: _Control) -> None:
        out.value = self.named_by_id(out.id).value

    def _set_control(self, out: _Control) -> None:
        control = self.named_by_id(out.id)
        if control.flags & 0x10:
            raise OSError(errno.EACCES, "Permission denied")
        control.value = out.value
        if control.name == "Auto Exposure":  # as uvcvideo does: the automatic locks the value
            exposure = self.named_by_id(0x009A0902)
            exposure.flags = 0x10 if out.value != 1 else 0

    def named_by_id(self, control_id: int) -> FakeControl:
        for control in self.controls:
            if control.id == control_id:
                return control
        raise OSError(errno.EINVAL, "Invalid argument")


def webcam(**changes: object) -> FakeCamera:
    """A usual USB camera: MJPG and YUYV, brightness, exposure with its automatic, and a control nobody can set."""
    camera = FakeCamera(
        modes={
            "MJPG": {(1280, 720): [(1, 30), (1, 15)], (640, 480): [(1, 30)]},
            "YUYV": {(640, 480): [(1, 30)], (1280, 720): [(1, 10), (2, 15)]},
        },
        controls=[
            FakeControl(0x00980900, 1, "Brightness", -64, 64, 0),
            FakeControl(0x0098090C, 2, "White Balance, Automatic", 0, 1, 1),
            FakeControl(0x009A0901, 3, "Auto Exposure", 0, 3, 3, menu={1: "Manual Mode", 3: "Aperture Priority Mode"}),
            FakeControl(0x009A0902, 1, "Exposure Time, Absolute", 1, 5000, 157, flags=0x10),
            FakeControl(0x009A0903, 6, "Camera Controls", 0, 0, 0),  # a heading, not a control
            FakeControl(0x009A0904, 1, "Privacy", 0, 1, 0, flags=0x4),
        ],
    )
    for name, value in changes.items():
        setattr(camera, name, value)
    return camera


def _number(fourcc: str) -> int:
    return int.from_bytes(fourcc.encode(), "little")
