"""How a codec is set up: options for each quality, devices that are tried, presets that are measured."""

from __future__ import annotations

import functools
import os
import time
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from u2live.sinks.canvas import VideoPictures
from u2live.sinks.formats import VideoCodec
from u2live.sinks.timeline import TIME_BASE
from u2live.types import Size

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.codeccontext import VideoCodecContext
    from av.video.stream import VideoStream

_CRF = {"small": 27, "good": 20, "best": 15, "edit": 12}
_VP9_CRF = {"small": 36, "good": 28, "best": 20, "edit": 12}
_BITS_PER_PIXEL = {"small": 0.06, "good": 0.12, "best": 0.22, "edit": 0.5}
"""For devices, which have no common notion of constant quality: 0.12 is 3.3 Mbit/s at 720p30."""

_HARDWARE = (
    VideoCodec("h264", "h264_videotoolbox", "nv12", software=False),
    VideoCodec("h264", "h264_nvenc", "yuv420p", software=False),
    VideoCodec("h264", "h264_qsv", "nv12", software=False),
    VideoCodec("h264", "h264_amf", "nv12", software=False),
)
_HARDWARE_OPTIONS = {
    "h264_videotoolbox": {"realtime": "1", "allow_sw": "0"},
    "h264_nvenc": {"preset": "p4", "rc": "vbr", "forced-idr": "1"},
    "h264_qsv": {"preset": "faster", "forced_idr": "1"},
    "h264_amf": {"quality": "balanced", "forced_idr": "1"},
}

_PRESETS = ("veryfast", "superfast", "ultrafast")
_LOAD = 0.35
"""The share of a frame's time that live encoding may take: the network needs the rest."""
_TRIAL_FRAMES = 6


@functools.lru_cache(maxsize=1)
def hardware_encoder() -> VideoCodec | None:
    """The first H.264 encoder in hardware that really encodes on this machine. Tried once, in some tenths of a second."""
    return next((codec for codec in _HARDWARE if encodes(codec)), None)


@functools.lru_cache
def encodes(codec: VideoCodec) -> bool:
    """Whether this machine and this build of PyAV really encode pictures with `codec`. Tried once each."""
    import av

    pictures = VideoPictures(codec)
    try:
        context = cast("VideoCodecContext", av.CodecContext.create(codec.encoder, "w"))
        _set_up(context, codec, Size(640, 352), Fraction(30), codec_options(codec, "good", live=True, preset=_PRESETS[-1]))
        if not codec.software:
            context.bit_rate = 1_000_000
        context.open()
        packets: list[Any] = []
        alpha = np.full((352, 640), 128, np.uint8) if codec.alpha else None
        for index in range(4):
            frame = pictures.frame(np.full((352, 640, 3), 60 * index, np.uint8), alpha)
            frame.pts, frame.time_base = index * 3000, TIME_BASE
            packets += context.encode(frame)
        return bool(packets + context.encode(None))
    except (av.FFmpegError, ValueError, OSError):
        return False


def measured_preset(picture: np.ndarray, frame_rate: Fraction) -> str:
    """The x264 preset that leaves time for everything else, tried on `picture` (H×W×3 BGR, even), shaken a little."""
    import av

    pictures = VideoPictures(VideoCodec("h264", "libx264", "yuv420p"))
    size = Size(picture.shape[1], picture.shape[0])
    budget_s = _LOAD / float(frame_rate)
    for preset in _PRESETS[:-1]:
        context = av.CodecContext.create("libx264", "w")
        _set_up(context, VideoCodec("h264", "libx264", "yuv420p"), size, frame_rate, {**_x264_options("good", True)})
        context.options = {**context.options, "preset": preset}
        context.open()
        fastest_s = float("inf")
        for index in range(_TRIAL_FRAMES):
            frame = pictures.frame(np.roll(picture, (index, 3 * index), axis=(0, 1)))
            frame.pts, frame.time_base = index * 3000, TIME_BASE
            begin = time.perf_counter()
            context.encode(frame)
            if index:  # the first allocates
                fastest_s = min(fastest_s, time.perf_counter() - begin)
        if fastest_s <= budget_s:
            return preset
    return _PRESETS[-1]


def add_video(
    container: OutputContainer, codec: VideoCodec, size: Size, frame_rate: Fraction, quality: str, *, live: bool, preset: str
) -> VideoStream:
    """A stream of `codec`, tagged with its colours, opened. `preset` is x264's. Raises av.FFmpegError.

    `live` trades a little size for a short delay inside the encoder, because what is in there is lost with the process.
    """
    options = codec_options(codec, quality, live=live, preset=preset)
    stream = cast("VideoStream", container.add_stream(codec.encoder, rate=frame_rate, options=options))
    _set_up(stream.codec_context, codec, size, frame_rate, options)
    if not codec.software:
        rate = min(float(frame_rate), 120.0)
        stream.codec_context.bit_rate = round(size.width * size.height * rate * _BITS_PER_PIXEL[quality])
    if codec.encoder == "libvpx-vp9" and codec.alpha:
        stream.metadata["alpha_mode"] = "1"
    stream.codec_context.open()
    return stream


def codec_options(codec: VideoCodec, quality: str, *, live: bool, preset: str) -> dict[str, str]:
    """ffmpeg's options for `codec`."""
    if not codec.software:
        return _HARDWARE_OPTIONS[codec.encoder]
    if codec.encoder == "libx264":
        return {**_x264_options(quality, live), "preset": preset}
    if codec.encoder == "libvpx-vp9":
        speed = {"deadline": "realtime", "cpu-used": "8"} if live else {"deadline": "good", "cpu-used": "4"}
        # Alternate references and alpha exclude each other.
        no_delay = {"lag-in-frames": "0"} if live else {}
        still = {"auto-alt-ref": "0"} if codec.alpha or live else {}
        return {"crf": str(_VP9_CRF[quality]), "b": "0", "row-mt": "1", **speed, **no_delay, **still}
    if codec.encoder == "ffv1":
        return {"level": "3", "slices": "4", "slicecrc": "1", "g": "1"}
    if codec.encoder == "prores_aw":
        return {"profile": "4" if codec.alpha else "3"}
    return {}


def _x264_options(quality: str, live: bool) -> dict[str, str]:
    options = {"crf": str(_CRF[quality]), "forced-idr": "1"}
    if quality == "edit":
        options["g"] = "1"  # an editor jumps to any picture at once
    options["x264-params"] = "rc-lookahead=0:sync-lookahead=0:mbtree=0:bframes=0:sliced-threads=1" if live else "bframes=2"
    return options


def _set_up(
    context: VideoCodecContext, codec: VideoCodec, size: Size, frame_rate: Fraction, options: dict[str, str]
) -> None:
    context.width, context.height = size.width, size.height
    context.pix_fmt = codec.pixel_format
    context.framerate = frame_rate
    context.time_base = TIME_BASE
    context.options = options
    context.thread_count = max(1, min(4, (os.cpu_count() or 2) // 2)) if size.height > 1100 else 2
    context.color_primaries = 1  # BT.709, ISO/IEC 23001-8
    context.color_trc = 1
    context.colorspace = 0 if codec.is_rgb else 1
    context.color_range = 2 if codec.is_rgb else 1
