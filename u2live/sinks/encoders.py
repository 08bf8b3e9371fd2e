"""Which codec, with which options, for which file and quality."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from u2live.errors import SinkError
from u2live.types import Size

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.stream import VideoStream

QUALITIES = ("small", "good", "best", "edit")

FRAGMENT_S = 0.5
"""How much of a recording is lost at most when the process dies."""
KEYFRAME_S = 1.0
"""Every so often a picture stands on its own: seeking is quick, and damage ends there."""

_CRF = {"small": 27, "good": 20, "best": 15, "edit": 12}


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A container: ffmpeg's name for it, and its options for a growing recording and for a file finished in one go."""

    muxer: str
    growing: dict[str, str] = field(default_factory=dict)
    finished: dict[str, str] = field(default_factory=dict)


_MP4 = FileFormat(
    "mp4",
    # delay_moov: the header is written with the first fragment, when the sound's priming is known.
    growing={
        "movflags": "frag_keyframe+delay_moov+default_base_moof",
        "frag_duration": str(int(FRAGMENT_S * 1e6)),
        "video_track_timescale": "90000",
        "flush_packets": "1",
    },
    finished={"movflags": "faststart", "video_track_timescale": "90000"},
)
_MKV = FileFormat("matroska", growing={"cluster_time_limit": str(int(FRAGMENT_S * 1e3)), "flush_packets": "1"})

FORMATS = {".mp4": _MP4, ".m4v": _MP4, ".mkv": _MKV}


def file_format(path: Path) -> FileFormat:
    """The container that the file's ending names. Raises SinkError."""
    try:
        return FORMATS[path.suffix.lower()]
    except KeyError:
        ending = f"ending {path.suffix!r}" if path.suffix else "no ending"
        raise SinkError(f"{path.name} has {ending}: a video's name ends with {', '.join(FORMATS)}") from None


def check_quality(quality: str) -> str:
    """`quality` if there is such a one. Raises SinkError."""
    if quality not in QUALITIES:
        raise SinkError(f"there is no quality {quality!r}: choose one of {', '.join(QUALITIES)}")
    return quality


def add_h264(container: OutputContainer, size: Size, frame_rate: Fraction, quality: str, live: bool) -> VideoStream:
    """An x264 stream, tagged BT.709 limited range.

    `live` trades a little size for a short delay inside the encoder, because what is in there is lost with the process.
    """
    options = {
        "preset": "veryfast",
        "crf": str(_CRF[quality]),
        "forced-idr": "1",
        "x264-params": "rc-lookahead=0:sync-lookahead=0:mbtree=0:bframes=0" if live else "bframes=2",
    }
    stream = container.add_stream("libx264", rate=frame_rate, options=options)
    context = stream.codec_context
    stream.width, stream.height = size.width, size.height
    stream.pix_fmt = "yuv420p"
    context.thread_count = 2
    return stream
