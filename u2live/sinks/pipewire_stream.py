"""One node of PipeWire that gives pictures: what another program sees as a camera."""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction

import numpy as np

from u2live.errors import SinkError
from u2live.sinks import pipewire_library as pw
from u2live.sinks.pipewire_pods import FORMAT, META_HEADER, YUY2_BYTES, header_meta, yuy2_buffers, yuy2_format
from u2live.types import Size

_CONNECT_TIMEOUT_S = 5.0


class PictureStream:
    """Offers YUY2 pictures of one size, in a thread of libpipewire's own; readers come and go as they like.

    It is the clock of its part of PipeWire's graph (a "driver", as a real camera is): every `send` is one cycle of it.
    Raises SinkError when PipeWire is not there. Close it, or its thread stays.
    """

    def __init__(self, properties: Mapping[str, str], size: Size, frame_rate: Fraction) -> None:
        self._library = pw.libpipewire()
        self._size = size
        self._stride = size.width * YUY2_BYTES
        self._picture: np.ndarray | None = None
        self._count = 0
        self._state = pw.STATE_UNCONNECTED
        self._error = ""
        self._settled = threading.Event()
        self._in_use = threading.Lock()  # libpipewire's own lock goes away with its loop
        # libpipewire keeps pointers to these: they must live as long as the stream does.
        self._events = pw.StreamEvents(
            version=pw.StreamEvents.VERSION,
            state_changed=pw.StateChanged(self._on_state),
            param_changed=pw.ParamChanged(self._on_param),
            process=pw.Process(self._on_process),
        )
        self._stream: int | None = None
        self._loop: int | None = self._library.pw_thread_loop_new(b"u2live-pipewire", None)
        atexit.register(self.close)  # libpipewire's thread must not call into an interpreter that is going away
        try:
            self._connect(properties, frame_rate)
        except BaseException:
            self.close()
            raise

    @property
    def watched(self) -> bool:
        """Whether somebody reads the pictures."""
        return self._state == pw.STATE_STREAMING

    def send(self, picture: np.ndarray) -> None:
        """Give readers this picture, [height·width·2] uint8 YUY2, now. Raises OSError when PipeWire has gone."""
        with self._in_use:
            if self._error or self._loop is None:
                raise OSError(self._error or "closed")
            self._picture = picture
            with self._locked():
                if self._state == pw.STATE_STREAMING:
                    self._library.pw_stream_trigger_process(self._stream)

    def close(self) -> None:
        """Take the node away and end the thread. Harmless when closed, and while another thread sends."""
        with self._in_use:
            if self._loop is None:
                return
            self._library.pw_thread_loop_stop(self._loop)  # without its lock: its thread may wait for that
            if self._stream is not None:
                self._library.pw_stream_destroy(self._stream)
            self._library.pw_thread_loop_destroy(self._loop)
            self._stream = self._loop = None
            self._state = pw.STATE_UNCONNECTED
        atexit.unregister(self.close)

    def _connect(self, properties: Mapping[str, str], frame_rate: Fraction) -> None:
        library = self._library
        if self._loop is None or library.pw_thread_loop_start(self._loop) < 0:
            raise SinkError("PipeWire's thread cannot be started: try again, or use another virtual camera")
        with self._locked():
            self._stream = library.pw_stream_new_simple(
                library.pw_thread_loop_get_loop(self._loop),
                properties["node.name"].encode(),
                library.pw_properties_new_string(json.dumps(dict(properties)).encode()),
                ctypes.byref(self._events),
                None,
            )
            if self._stream is None:
                raise SinkError("PipeWire gives no stream: is its configuration (pipewire-bin, client.conf) installed?")
            offered = pw.pod_array((yuy2_format(self._size, frame_rate),))
            flags = pw.FLAG_DRIVER | pw.FLAG_MAP_BUFFERS
            result = library.pw_stream_connect(self._stream, pw.DIRECTION_OUTPUT, pw.ANY_ID, flags, offered, len(offered))
        if result < 0:
            raise SinkError(f"PipeWire cannot be reached ({os.strerror(-result)}): start it, or run `main.py doctor`")
        if not self._settled.wait(_CONNECT_TIMEOUT_S) or self._error:
            raise SinkError(f"PipeWire takes no camera ({self._error or 'no answer'}): run `main.py doctor`")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._library.pw_thread_loop_lock(self._loop)
        try:
            yield
        finally:
            self._library.pw_thread_loop_unlock(self._loop)

    def _on_state(self, _data: int | None, old: int, new: int, error: bytes | None) -> None:
        self._state = new
        if new == pw.STATE_ERROR or (new == pw.STATE_UNCONNECTED and old != new):
            self._error = self._error or (error or b"PipeWire ended").decode(errors="replace")
        if new != pw.STATE_CONNECTING:
            self._settled.set()

    def _on_param(self, _data: int | None, about: int, param: int | None) -> None:
        if about != FORMAT or param is None:
            return
        wanted = pw.pod_array((yuy2_buffers(self._size), header_meta()))
        self._library.pw_stream_update_params(self._stream, wanted, len(wanted))

    def _on_process(self, _data: int | None) -> None:
        picture, self._picture = self._picture, None
        if picture is None:
            return  # another clock drives the graph: pictures still come at the rate they are sent
        taken = self._library.pw_stream_dequeue_buffer(self._stream)
        if not taken:
            return  # readers hold every buffer: this picture is not for them
        buffer = taken.contents.buffer.contents
        data = buffer.datas[0]
        if data.data:
            pw.copy_into(data, picture.ctypes.data, picture.nbytes, self._stride)
            self._stamp(buffer)
        self._library.pw_stream_queue_buffer(self._stream, taken)

    def _stamp(self, buffer: pw.Buffer) -> None:
        for index in range(buffer.n_metas):
            meta = buffer.metas[index]
            if meta.type == META_HEADER and meta.size >= ctypes.sizeof(pw.MetaHeader):
                header = pw.MetaHeader.from_address(meta.data)
                header.flags, header.offset, header.dts_offset = 0, 0, 0
                header.pts, header.seq = time.monotonic_ns(), self._count
                self._count += 1
