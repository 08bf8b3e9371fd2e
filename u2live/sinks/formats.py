"""Which container a file's ending names, and which codecs go into it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from u2live.errors import UsageError

QUALITIES = ("small", "good", "best", "edit")

FRAGMENT_S = 0.5
"""How much of a recording is lost at most when the process dies, besides what is inside the encoder."""
KEYFRAME_S = 1.0
"""Every so often a picture stands on its own: seeking is quick, and damage ends there."""


@dataclass(frozen=True, slots=True)
class VideoCodec:
    """One way to encode pictures. `name` is the user's word for it, `encoder` ffmpeg's.

    `software` is false where a device does it. RGB formats are stored as they are; all others are BT.709, limited range.
    """

    name: str
    encoder: str
    pixel_format: str
    alpha: bool = False
    software: bool = True

    @property
    def is_rgb(self) -> bool:
        return self.pixel_format.startswith("bgr")


H264 = VideoCodec("h264", "libx264", "yuv420p")
VP9 = VideoCodec("vp9", "libvpx-vp9", "yuv420p")
VP9_ALPHA = VideoCodec("vp9", "libvpx-vp9", "yuva420p", alpha=True)
# prores_ks is three times as slow, too slow for live pictures on a laptop.
PRORES_422 = VideoCodec("prores", "prores_aw", "yuv422p10le")
PRORES_4444 = VideoCodec("prores", "prores_aw", "yuva444p10le", alpha=True)
FFV1 = VideoCodec("ffv1", "ffv1", "bgr0")
FFV1_ALPHA = VideoCodec("ffv1", "ffv1", "bgra", alpha=True)

CODECS = ("auto", "h264", "vp9", "prores", "ffv1")
"""The words for `codec`. `auto` takes the first that suits the file, the quality, and transparency."""


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A container: ffmpeg's name for it, what goes into it, the best choice first, and its options.

    `growing` is for a file that plays at any moment while it is written, `finished` for one written in one go.
    """

    muxer: str
    opaque: tuple[VideoCodec, ...]
    transparent: tuple[VideoCodec, ...]
    growing: dict[str, str] = field(default_factory=dict)
    finished: dict[str, str] = field(default_factory=dict)

    @property
    def codecs(self) -> tuple[VideoCodec, ...]:
        """All it takes; one name may stand for an opaque and a transparent one."""
        return (*self.opaque, *self.transparent)

    @property
    def is_fragmented(self) -> bool:
        """Whether a growing file is in pieces that an ordinary one has not."""
        return "movflags" in self.growing


# delay_moov: the header is written with the first fragment, when the sound's priming is known.
_FRAGMENTS = {
    "movflags": "frag_keyframe+delay_moov+default_base_moof",
    "frag_duration": str(int(FRAGMENT_S * 1e6)),
    "video_track_timescale": "90000",
    "flush_packets": "1",
}
_INDEX_FIRST = {"movflags": "faststart", "video_track_timescale": "90000"}
_CLUSTERS = {"cluster_time_limit": str(int(FRAGMENT_S * 1e3)), "flush_packets": "1"}

_MP4 = FileFormat("mp4", (H264,), (), _FRAGMENTS, _INDEX_FIRST)
_MOV = FileFormat("mov", (H264, PRORES_422), (PRORES_4444,), _FRAGMENTS, _INDEX_FIRST)
_MKV = FileFormat("matroska", (H264, VP9, FFV1), (FFV1_ALPHA, VP9_ALPHA), _CLUSTERS)
_WEBM = FileFormat("webm", (VP9,), (VP9_ALPHA,), _CLUSTERS)

FORMATS = {".mp4": _MP4, ".m4v": _MP4, ".mkv": _MKV, ".mov": _MOV, ".webm": _WEBM}


def sound_encoder(muxer: str) -> tuple[str, int]:
    """ffmpeg's encoder for the sound in this container, and its bits a second."""
    return ("libopus", 128_000) if muxer == "webm" else ("aac", 160_000)


def file_format(path: Path) -> FileFormat:
    """The container that the file's ending names. Raises UsageError."""
    try:
        return FORMATS[path.suffix.lower()]
    except KeyError:
        ending = f"ending {path.suffix!r}" if path.suffix else "no ending"
        raise UsageError(f"{path.name} has {ending}: a video's name ends with {', '.join(FORMATS)}") from None


def check_quality(quality: str) -> str:
    """`quality` if there is such a one. Raises UsageError."""
    if quality not in QUALITIES:
        raise UsageError(f"there is no quality {quality!r}: choose one of {', '.join(QUALITIES)}")
    return quality


def check_codec(path: Path, codec: str) -> str:
    """`codec` if the container at `path` takes it. Raises UsageError."""
    container = file_format(path)
    names = dict.fromkeys(each.name for each in container.codecs)
    if codec != "auto" and codec not in names:
        raise UsageError(f"{path.suffix} takes no {codec!r}: choose auto, {', '.join(names)}, or another ending")
    return codec


def choose_codec(path: Path, codec: str, quality: str, *, transparent: bool) -> VideoCodec:
    """What to encode with. An alpha channel is kept where the container and the codec asked for have one.

    "For editing" every picture stands on its own, in ProRes where the container is an editor's. Raises UsageError.
    """
    container = file_format(path)
    check_codec(path, codec)
    candidates = [*(container.transparent if transparent else ()), *container.opaque]
    if codec == "auto" and not transparent and quality == "edit" and PRORES_422 in candidates:
        return PRORES_422
    return next((each for each in candidates if codec in ("auto", each.name)), candidates[0])
