"""Small video files with a known truth: colour bars computed here by the standards' own formulas, and numbered frames."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from u2live.capture.file import FileSource
from u2live.capture.source import SourceInfo
from u2live.types import Frame

BARS_RGB = np.array(
    [
        *[[255, 255, 255], [255, 255, 0], [0, 255, 255], [0, 255, 0], [255, 0, 255], [255, 0, 0], [0, 0, 255], [0, 0, 0]],
        *[[128, 128, 128], [200, 120, 90], [16, 30, 220], [235, 180, 150]],
    ],
    dtype=np.float64,
)
BAR_WIDTH = 16
WIDTH = BAR_WIDTH * len(BARS_RGB)

# Kr and Kb of BT.709, BT.601 and BT.2020, by their number in ISO/IEC 23001-8.
LUMA = {1: (0.2126, 0.0722), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}
BT709, BT601, BT2020 = 1, 6, 9


def bars_frame(format_name: str, matrix: int, full: bool, height: int = 64) -> av.VideoFrame:
    """The bars in planar Y'CbCr, 8 to 12 bits, untagged."""
    frame = av.VideoFrame(WIDTH, height, format_name)
    components = _ycbcr(matrix, full, frame.format.components[0].bits)
    for plane, values in zip(frame.planes, components, strict=True):
        row = np.repeat(values, BAR_WIDTH * plane.width // WIDTH)
        _fill(plane, np.tile(row, (plane.height, 1)))
    return frame


def seen_bars(pixels: np.ndarray) -> np.ndarray:
    """The bars' RGB in the middle of an H×W×3 BGR picture of them."""
    centres = np.arange(len(BARS_RGB)) * BAR_WIDTH + BAR_WIDTH // 2
    return pixels[pixels.shape[0] // 2, centres, ::-1].astype(np.float64)


def write_video(
    path: Path,
    frames: Iterable[av.VideoFrame],
    codec: str = "libx264",
    options: dict[str, str] | None = None,
    rate: int = 30,
    times_ms: Sequence[int] | None = None,
    tags: tuple[int, int] | None = None,
) -> Path:
    """Encode `frames`; `tags` are (matrix, range) to write into the stream, none for an untagged one."""
    frames = list(frames)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options=options or {})
        stream.width, stream.height, stream.pix_fmt = frames[0].width, frames[0].height, frames[0].format.name
        stream.codec_context.time_base = Fraction(1, 1000)
        if tags is not None:
            stream.codec_context.colorspace, stream.codec_context.color_range = tags
        for number, frame in enumerate(frames):
            if tags is not None:
                frame.colorspace, frame.color_range = tags
            frame.time_base = Fraction(1, 1000)
            frame.pts = times_ms[number] if times_ms is not None else round(number * 1000 / rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def numbered_frames(count: int, width: int = 96, height: int = 64) -> list[av.VideoFrame]:
    """Frames that carry their number as 8 binary columns, black or white: `number_of` reads it back."""
    frames = []
    for number in range(count):
        bits = [(number >> bit) & 1 for bit in range(8)]
        row = np.repeat(np.array(bits, dtype=np.uint8) * 255, width // 8)
        frame = av.VideoFrame.from_ndarray(np.tile(row[None, :, None], (height, 1, 3)), format="bgr24")
        frames.append(frame.reformat(format="yuv420p"))
    return frames


def number_of(pixels: np.ndarray) -> int:
    height, width = pixels.shape[:2]
    column = width // 8
    return sum((int(pixels[height // 2, bit * column + column // 2, 1]) > 127) << bit for bit in range(8))


def set_display_matrix(path: Path, a: int, b: int, c: int, d: int) -> None:
    """Write the track header's matrix of an MP4 (ISO/IEC 14496-12, 8.3.2) in place, as a phone held sideways does."""
    data = bytearray(path.read_bytes())
    begin = data.index(b"tkhd") + 4
    assert data[begin] == 0, "version 0 of the box expected"
    struct.pack_into(">9i", data, begin + 40, a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    path.write_bytes(data)


def _ycbcr(matrix: int, full: bool, bits: int) -> list[np.ndarray]:
    """ITU-R BT.601-7, BT.709-6, BT.2020-2: quantised Y', Cb, Cr of the bars."""
    red, green, blue = (BARS_RGB / 255).T
    kr, kb = LUMA[matrix]
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    chroma = [(blue - luma) / (2 * (1 - kb)), (red - luma) / (2 * (1 - kr))]
    scale, top = 1 << (bits - 8), (1 << bits) - 1
    if full:
        values = [luma * top, *(part * top + 128 * scale for part in chroma)]
    else:
        values = [(16 + 219 * luma) * scale, *((128 + 224 * part) * scale for part in chroma)]
    kind = np.uint16 if bits > 8 else np.uint8
    return [np.clip(np.rint(part), 0, top).astype(kind) for part in values]


def _fill(plane: av.video.plane.VideoPlane, values: np.ndarray) -> None:
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    raw = np.ascontiguousarray(values).view(np.uint8)
    rows[: raw.shape[0], : raw.shape[1]] = raw


def all_frames(path: Path) -> tuple[SourceInfo, list[Frame]]:
    source = FileSource(path)
    info = source.open()
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
    source.close()
    return info, frames
