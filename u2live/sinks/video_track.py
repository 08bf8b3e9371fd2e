"""The picture of a recording: what of a composite is encoded, and with what."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from u2live.sinks.canvas import VideoPictures, even, fitted, flattened, matte_picture
from u2live.sinks.encoders import add_video, hardware_encoder, measured_preset
from u2live.sinks.formats import H264, KEYFRAME_S, VideoCodec, choose_codec
from u2live.sinks.timeline import TIME_BASE
from u2live.types import Composite, Size

if TYPE_CHECKING:
    import av
    import numpy as np
    from av.container import OutputContainer

_KEYFRAME_TICKS = round(KEYFRAME_S / TIME_BASE)
_INTRA_PICTURE = 1
"""AV_PICTURE_TYPE_I; with forced-idr a place to start decoding."""


class Content(enum.Enum):
    """Which picture of a composite is recorded."""

    COMPOSITE = "composite"
    """With straight alpha where the codec has it, else laid over black."""
    MATTE = "matte"
    """The matte in grey, of composites over a transparent background."""
    FILL = "fill"
    """The colours alone, not laid over anything: what a matte in a second file belongs to."""


class VideoTrack:
    """Encodes composites with one codec."""

    def __init__(self, codec: VideoCodec, quality: str, content: Content) -> None:
        self.codec = codec
        self._quality = quality
        self._content = content
        self._pictures = VideoPictures(codec)
        self._next_keyframe = 0
        self._stream: Any = None
        self._size = Size(0, 0)
        self._frame_ticks = 1

    @classmethod
    def candidates(
        cls, path: Path, codec: str, quality: str, content: Content, first: Composite, *, hardware: bool
    ) -> Iterator[VideoTrack]:
        """What may encode pictures like `first` into `path`, the best first. Raises SinkError."""
        transparent = content is Content.COMPOSITE and first.alpha is not None
        chosen = choose_codec(path, codec, quality, transparent=transparent)
        device = hardware_encoder() if hardware and chosen is H264 and quality != "edit" else None
        if device is not None:
            yield cls(device, quality, content)
        yield cls(chosen, quality, content)

    def add_to(self, container: OutputContainer, first: Composite, size: Size, frame_rate: Fraction, *, live: bool) -> None:
        """Add the stream. Raises av.FFmpegError."""
        self._size = even(size)
        self._frame_ticks = max(1, round(1 / (frame_rate * TIME_BASE)))
        preset = "veryfast"
        if self.codec is H264 and live:
            preset = measured_preset(fitted(self._picture(first), self._size), frame_rate)
        self._stream = add_video(container, self.codec, self._size, frame_rate, self._quality, live=live, preset=preset)

    def frame(self, composite: Composite, ticks: int) -> av.VideoFrame:
        """`composite` as the codec wants it, at `ticks` of TIME_BASE."""
        alpha = composite.alpha if self.codec.alpha else None
        frame = self._pictures.frame(
            fitted(self._picture(composite), self._size), None if alpha is None else fitted(alpha, self._size)
        )
        frame.pts = ticks
        frame.time_base = TIME_BASE
        if ticks >= self._next_keyframe:
            frame.pict_type = _INTRA_PICTURE
            self._next_keyframe = ticks + _KEYFRAME_TICKS
        return frame

    def encode(self, frame: av.VideoFrame) -> Iterator[Any]:
        """Packets that are ready. Raises av.FFmpegError while they are taken."""
        yield from self._timed(self._stream.encode(frame))

    def flush(self) -> Iterator[Any]:
        """The packets still inside."""
        yield from self._timed(self._stream.encode(None))

    def _timed(self, packets: list[Any]) -> Iterator[Any]:
        """Encoders leave out how long a picture is shown; a file's last one needs it."""
        for packet in packets:
            packet.duration = packet.duration or self._frame_ticks
            yield packet

    def _picture(self, composite: Composite) -> np.ndarray:
        if self._content is Content.MATTE:
            return matte_picture(composite)
        if self._content is Content.FILL or self.codec.alpha:
            return composite.pixels
        return flattened(composite)
