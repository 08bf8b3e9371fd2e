"""PipeWire's parameters ("pods"): typed values that say what a stream offers, laid out in memory as libpipewire reads them.

The layout: https://docs.pipewire.org/page_spa_pod.html. Every pod is its size and type (two uint32) and a body, padded to
eight bytes; the machine's own byte order.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from fractions import Fraction

from u2live.types import Size

_ID, _INT, _RECTANGLE, _FRACTION, _OBJECT, _CHOICE = 3, 4, 10, 11, 15, 19
_RANGE, _FLAGS = 1, 4  # kinds of choice

_FORMAT, _PARAM_BUFFERS, _PARAM_META = 0x40003, 0x40004, 0x40005  # types of objects
ENUM_FORMAT, FORMAT, _BUFFERS, _META = 3, 4, 5, 6  # what a parameter is about

_MEDIA_TYPE, _MEDIA_SUBTYPE = 1, 2
_VIDEO_FORMAT, _VIDEO_SIZE, _VIDEO_RATE = 0x20001, 0x20003, 0x20004
_COLOR_RANGE, _COLOR_MATRIX = 0x2000C, 0x2000D
_VIDEO, _RAW, _YUY2 = 2, 1, 4
_LIMITED_RANGE, _BT601 = 2, 4

_BUFFERS_COUNT, _BUFFERS_BLOCKS, _BUFFERS_SIZE, _BUFFERS_STRIDE, _BUFFERS_DATA_TYPE = 1, 2, 3, 4, 6
_META_TYPE, _META_SIZE = 1, 2
META_HEADER = 1
META_HEADER_BYTES = 32
_MEMORY_FD = 2  # SPA_DATA_MemFd: shared memory that another process can map

YUY2_BYTES = 2  # of one pixel


def pod(type_: int, body: bytes) -> bytes:
    """One value of a type, padded to eight bytes."""
    return struct.pack("=II", len(body), type_) + body + bytes(-len(body) % 8)


def enumerated(value: int) -> bytes:
    """A value of one of PipeWire's enumerations."""
    return pod(_ID, struct.pack("=I", value))


def integer(value: int) -> bytes:
    return pod(_INT, struct.pack("=i", value))


def rectangle(size: Size) -> bytes:
    return pod(_RECTANGLE, struct.pack("=II", size.width, size.height))


def fraction(value: Fraction) -> bytes:
    return pod(_FRACTION, struct.pack("=II", value.numerator, value.denominator))


def integer_range(usual: int, least: int, most: int) -> bytes:
    """Any integer from `least` to `most`, rather `usual`."""
    return _integer_choice(_RANGE, usual, least, most)


def integer_flags(*bits: int) -> bytes:
    """Any of the bits with these numbers."""
    return _integer_choice(_FLAGS, sum(1 << bit for bit in set(bits)))


def object_(type_: int, about: int, properties: Mapping[int, bytes]) -> bytes:
    """An object of pods by their keys."""
    body = b"".join(struct.pack("=II", key, 0) + value for key, value in properties.items())
    return pod(_OBJECT, struct.pack("=II", type_, about) + body)


def yuy2_format(size: Size, frame_rate: Fraction) -> bytes:
    """The one format a stream offers: plain YUY2 pictures of one size and rate, BT.601 in limited range."""
    return object_(
        _FORMAT,
        ENUM_FORMAT,
        {
            _MEDIA_TYPE: enumerated(_VIDEO),
            _MEDIA_SUBTYPE: enumerated(_RAW),
            _VIDEO_FORMAT: enumerated(_YUY2),
            _VIDEO_SIZE: rectangle(size),
            _VIDEO_RATE: fraction(frame_rate),
            _COLOR_RANGE: enumerated(_LIMITED_RANGE),
            _COLOR_MATRIX: enumerated(_BT601),
        },
    )


def yuy2_buffers(size: Size) -> bytes:
    """The memory a stream wants: a few pictures in shared memory."""
    stride = size.width * YUY2_BYTES
    return object_(
        _PARAM_BUFFERS,
        _BUFFERS,
        {
            _BUFFERS_COUNT: integer_range(4, 2, 16),
            _BUFFERS_BLOCKS: integer(1),
            _BUFFERS_SIZE: integer(stride * size.height),
            _BUFFERS_STRIDE: integer(stride),
            _BUFFERS_DATA_TYPE: integer_flags(_MEMORY_FD),
        },
    )


def header_meta() -> bytes:
    """That every buffer carries a header: its time and number."""
    return object_(_PARAM_META, _META, {_META_TYPE: enumerated(META_HEADER), _META_SIZE: integer(META_HEADER_BYTES)})


def _integer_choice(kind: int, *values: int) -> bytes:
    body = struct.pack("=IIII", kind, 0, 4, _INT) + b"".join(struct.pack("=i", value) for value in values)
    return pod(_CHOICE, body)
