"""A video file as an endless stream of pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from u2live.compose.fit import fitted, fitted_whole
from u2live.errors import UsageError
from u2live.types import Size

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer

_UNSPECIFIED = 2  # AVCOL_SPC_UNSPECIFIED
_ASSUMED_RATE = 25


def check_video(path: Path) -> list[VideoFrame]:
    """The video's first two pictures, or its only one. Raises UsageError when there is none."""
    import av

    try:
        with av.open(str(path)) as container:
            if container.format.name == "tty":  # FFmpeg draws text files as an old terminal would
                raise UsageError(f"the background {path} is text, not a video or picture; choose another file")
            if not container.streams.video:
                raise UsageError(f"the background {path} has no picture, only sound; choose a video or an image")
            frames = []
            for frame in _decoded(container):
                frames.append(frame)
                if len(frames) == 2:
                    break
    except av.FFmpegError as error:
        raise UsageError(
            f"the background {path} cannot be read as a video or picture ({error.strerror}); choose another file"
        ) from error
    if not frames:
        raise UsageError(f"the background {path} holds no pictures; choose another video")
    return frames


def endless_frames(path: Path) -> Iterator[tuple[int, VideoFrame]]:
    """The video's frames over and over, each with its position in nanoseconds, which goes on growing from loop to loop.

    Raises av.FFmpegError when the file breaks off or vanishes.
    """
    import av

    begin_ns = 0
    while True:
        # Opened anew for each loop: not every container can be rewound, and a decoder's state never leaks into the next.
        with av.open(str(path)) as container:
            first_ns = None
            position_ns, duration_ns = begin_ns, 0
            for frame in _decoded(container):
                time_ns = _nanoseconds(frame.pts, frame)
                if time_ns is None:
                    time_ns = (first_ns or 0) + (position_ns - begin_ns) + duration_ns
                first_ns = time_ns if first_ns is None else first_ns
                gap_ns = begin_ns + time_ns - first_ns - position_ns
                position_ns += max(0, gap_ns)
                duration_ns = _nanoseconds(frame.duration or None, frame) or gap_ns or 10**9 // _ASSUMED_RATE
                yield position_ns, frame
        if first_ns is None:
            return
        begin_ns = position_ns + duration_ns


def as_background(frame: VideoFrame, size: Size, fit: str) -> np.ndarray:
    """A decoded frame, turned upright and fitted: size.height × size.width × 3 uint8 BGR."""
    from av.video.reformatter import Colorspace

    turns = round(frame.rotation / 90) % 4  # counter-clockwise
    upright = Size(frame.width, frame.height) if turns % 2 == 0 else Size(frame.height, frame.width)
    whole = fitted_whole(upright, size, fit)
    # Untagged HD is BT.709 by custom; swscale would take it for BT.601.
    assumed = Colorspace.ITU709 if frame.colorspace == _UNSPECIFIED and frame.height >= 720 else None
    width, height = (whole.width, whole.height) if turns % 2 == 0 else (whole.height, whole.width)
    scaled = frame.to_ndarray(
        format="bgr24", width=width, height=height, src_colorspace=assumed, interpolation="BILINEAR", threads=1
    )
    turned = (
        scaled
        if turns == 0
        else cv2.rotate(scaled, (cv2.ROTATE_90_COUNTERCLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_CLOCKWISE)[turns - 1])
    )
    return fitted(turned, size, fit)


def _decoded(container: InputContainer) -> Iterator[VideoFrame]:
    stream = container.streams.video[0]
    stream.codec_context.thread_count = 1  # the network needs the cores more than a background does
    yield from container.decode(stream)


def _nanoseconds(ticks: int | None, frame: VideoFrame) -> int | None:
    if ticks is None or frame.time_base is None:
        return None
    return round(ticks * frame.time_base * 10**9)
