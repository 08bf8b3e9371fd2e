"""The part of libpipewire-0.3 that a stream of pictures needs, through ctypes: structures, functions, and loading them."""

from __future__ import annotations

import ctypes
import functools
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int32, c_int64, c_uint32, c_uint64, c_void_p

from u2live.errors import SinkError

_LIBRARY = "libpipewire-0.3.so.0"

DIRECTION_OUTPUT = 1
ANY_ID = 0xFFFFFFFF
FLAG_MAP_BUFFERS = 1 << 2
FLAG_DRIVER = 1 << 3
STATE_ERROR, STATE_UNCONNECTED, STATE_CONNECTING, STATE_STREAMING = -1, 0, 1, 3

StateChanged = CFUNCTYPE(None, c_void_p, c_int, c_int, c_char_p)
ParamChanged = CFUNCTYPE(None, c_void_p, c_uint32, c_void_p)
Process = CFUNCTYPE(None, c_void_p)


class StreamEvents(Structure):
    """struct pw_stream_events, version 2: what libpipewire calls, in its own thread."""

    VERSION = 2
    _fields_ = (
        ("version", c_uint32),
        ("destroy", c_void_p),
        ("state_changed", StateChanged),
        ("control_info", c_void_p),
        ("io_changed", c_void_p),
        ("param_changed", ParamChanged),
        ("add_buffer", c_void_p),
        ("remove_buffer", c_void_p),
        ("process", Process),
        ("drained", c_void_p),
        ("command", c_void_p),
        ("trigger_done", c_void_p),
    )


class Chunk(Structure):
    """struct spa_chunk: which part of a block of memory is filled."""

    _fields_ = (("offset", c_uint32), ("size", c_uint32), ("stride", c_int32), ("flags", c_int32))


class Data(Structure):
    """struct spa_data: one block of memory; `data` is NULL where it is not mapped."""

    _fields_ = (
        ("type", c_uint32),
        ("flags", c_uint32),
        ("fd", c_int64),
        ("mapoffset", c_uint32),
        ("maxsize", c_uint32),
        ("data", c_void_p),
        ("chunk", POINTER(Chunk)),
    )


class Meta(Structure):
    """struct spa_meta: something told about a buffer."""

    _fields_ = (("type", c_uint32), ("size", c_uint32), ("data", c_void_p))


class MetaHeader(Structure):
    """struct spa_meta_header: when a picture is to be shown, in monotonic nanoseconds, and its number."""

    _fields_ = (("flags", c_uint32), ("offset", c_uint32), ("pts", c_int64), ("dts_offset", c_int64), ("seq", c_uint64))


class Buffer(Structure):
    """struct spa_buffer."""

    _fields_ = (("n_metas", c_uint32), ("n_datas", c_uint32), ("metas", POINTER(Meta)), ("datas", POINTER(Data)))


class StreamBuffer(Structure):
    """struct pw_buffer; libpipewire's own may be longer."""

    _fields_ = (("buffer", POINTER(Buffer)), ("user_data", c_void_p), ("size", c_uint64))


# name → result, arguments
_FUNCTIONS: dict[str, tuple[object, tuple[object, ...]]] = {
    "pw_init": (None, (c_void_p, c_void_p)),
    "pw_properties_new_string": (c_void_p, (c_char_p,)),
    "pw_thread_loop_new": (c_void_p, (c_char_p, c_void_p)),
    "pw_thread_loop_get_loop": (c_void_p, (c_void_p,)),
    "pw_thread_loop_start": (c_int, (c_void_p,)),
    "pw_thread_loop_stop": (None, (c_void_p,)),
    "pw_thread_loop_lock": (None, (c_void_p,)),
    "pw_thread_loop_unlock": (None, (c_void_p,)),
    "pw_thread_loop_destroy": (None, (c_void_p,)),
    "pw_stream_new_simple": (c_void_p, (c_void_p, c_char_p, c_void_p, POINTER(StreamEvents), c_void_p)),
    "pw_stream_connect": (c_int, (c_void_p, c_int, c_uint32, c_int, POINTER(c_char_p), c_uint32)),
    "pw_stream_update_params": (c_int, (c_void_p, POINTER(c_char_p), c_uint32)),
    "pw_stream_dequeue_buffer": (POINTER(StreamBuffer), (c_void_p,)),
    "pw_stream_queue_buffer": (c_int, (c_void_p, POINTER(StreamBuffer))),
    "pw_stream_trigger_process": (c_int, (c_void_p,)),
    "pw_stream_destroy": (None, (c_void_p,)),
}


@functools.cache
def libpipewire() -> ctypes.CDLL:
    """The library, ready to use. Raises SinkError, saying what to install, where there is none."""
    try:
        library = ctypes.CDLL(_LIBRARY)
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError) as error:
        raise SinkError(
            "PipeWire's library is missing or too old for a virtual camera: install pipewire and wireplumber, "
            "or choose another device with --virtual-camera"
        ) from error
    library.pw_init(None, None)
    return library


def pod_array(pods: tuple[bytes, ...]) -> ctypes.Array[c_char_p]:
    """The pods as libpipewire takes them; valid as long as the array lives."""
    return (c_char_p * len(pods))(*pods)


def copy_into(data: Data, address: int, size: int, stride: int) -> None:
    """Fill a mapped block with `size` bytes from `address`."""
    size = min(size, data.maxsize)
    ctypes.memmove(data.data, address, size)
    chunk = data.chunk.contents
    chunk.offset, chunk.size, chunk.stride, chunk.flags = 0, size, stride, 0
