"""What of formats and codecs can be chosen on this machine: tried, not assumed."""

from __future__ import annotations

from dataclasses import dataclass

from u2live.sinks.encoders import encodes, hardware_encoder
from u2live.sinks.formats import FORMATS, PRORES_422


@dataclass(frozen=True, slots=True)
class FileChoices:
    """One kind of file. `codecs` are the words for the setting `recording.codec` that encode here; none for PNG."""

    name: str
    codecs: tuple[str, ...]


def file_choices() -> tuple[FileChoices, ...]:
    """The files that can be recorded here, in the order of the setting `recording.format`. Tries every codec once: seconds
    on a busy machine.
    """
    found = []
    for name in ("mp4", "mkv", "mov", "webm"):
        working = [codec for codec in FORMATS[f".{name}"].codecs if encodes(codec)]
        if working:
            found.append(FileChoices(name, tuple(dict.fromkeys(codec.name for codec in working))))
    return (*found, FileChoices("png", ()))


def alpha_codec(name: str, codec: str) -> str:
    """The codec that keeps transparency in a file of the kind `name` with the setting `codec`; empty where none does."""
    if name == "png":
        return "png"
    return next((each.name for each in FORMATS[f".{name}"].transparent if codec in ("auto", each.name)), "")


def automatic_codec(name: str, quality: str) -> str:
    """What `codec` auto is for opaque pictures."""
    if name == "png":
        return "png"
    opaque = FORMATS[f".{name}"].opaque
    return PRORES_422.name if quality == "edit" and PRORES_422 in opaque else opaque[0].name


def hardware_name() -> str:
    """ffmpeg's name of the hardware encoder that works here, for H.264; empty where none does."""
    device = hardware_encoder()
    return "" if device is None else device.encoder
