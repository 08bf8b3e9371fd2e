"""Video files, every frame with its own time."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from u2live.capture import decode
from u2live.capture.source import SourceInfo
from u2live.errors import SourceError
from u2live.types import Frame, Level, Notice, Notify

if TYPE_CHECKING:
    import av
    from av.container import InputContainer
    from av.video.stream import VideoStream

_log = logging.getLogger(__name__)


class FileSource:
    """A video file as a Source: upright, square pixels, true colours, each frame exactly once.

    Timestamps are the file's own presentation times, unshifted, so that its sound, demuxed elsewhere, stays in step; a
    variable frame rate is kept. A file that is damaged somewhere gives what can be read, and `notify` hears of it.
    """

    def __init__(self, path: Path | str, notify: Notify | None = None) -> None:
        self.path = Path(path)
        self._notify = notify or (lambda _: None)
        self._container: InputContainer | None = None
        self._frames: Iterator[av.VideoFrame] = iter(())
        self._damaged = 0

    def open(self) -> SourceInfo:
        """Raises SourceError: missing, unreadable, empty, not a video, or a video of which nothing can be decoded."""
        self.close()
        check_readable(self.path)
        self._container, stream = _open_video(self.path)
        try:
            return self._begin(self._container, stream)
        except BaseException:
            self.close()
            raise

    def _begin(self, container: InputContainer, stream: VideoStream) -> SourceInfo:
        self._damaged = 0
        self._index = 0
        self._last_ns: int | None = None
        frames = self._decoded(container, stream)
        first = next(frames, None)
        if first is None:
            raise SourceError(f"no picture in {self.path} can be decoded: the file is damaged; try another copy of it")
        self._frames = _again(first, frames)
        rate = decode.frame_rate(stream)
        self._period_ns = round(1_000_000_000 / rate)
        self._reader = decode.PictureReader(first, first_ratio(stream))
        return SourceInfo(
            name=self.path.name,
            size=self._reader.size,
            frame_rate=rate,
            live=False,
            frame_count=stream.frames or None,
            duration_ns=container.duration * 1000 if container.duration else None,
        )

    def read(self) -> Frame | None:
        """The next frame, None at the end. Raises SourceError when the source is not open."""
        if self._container is None:
            raise SourceError(f"{self.path.name} is not open")
        decoded = next(self._frames, None)
        if decoded is None:
            return None
        frame = Frame(self._index, self._next_timestamp(decoded), self._reader.pixels(decoded))
        self._index += 1
        return frame

    def close(self) -> None:
        self._frames = iter(())
        container, self._container = self._container, None
        if container is not None:
            container.close()

    def _next_timestamp(self, decoded: av.VideoFrame) -> int:
        """Strictly rising: a missing or repeated time is replaced by one period after the frame before."""
        time_ns = decode.timestamp_ns(decoded)
        if self._last_ns is None:
            time_ns = time_ns or 0
        elif time_ns is None or time_ns <= self._last_ns:
            time_ns = self._last_ns + self._period_ns
        self._last_ns = time_ns
        return time_ns

    def _decoded(self, container: InputContainer, stream: VideoStream) -> Iterator[av.VideoFrame]:
        """Every frame that can be decoded; packets that cannot are counted, passed over, and told of at the end."""
        import av

        packets = container.demux(stream)
        found = 0
        while True:
            try:
                packet = next(packets, None)
            except (av.FFmpegError, OSError) as error:  # the container itself breaks off: nothing can follow
                _log.info("reading %s ended early: %s", self.path, error)
                self._damaged += 1
                break
            if packet is None:
                break
            try:
                pictures = packet.decode()
            except (av.FFmpegError, OSError) as error:
                _log.debug("a packet of %s cannot be decoded: %s", self.path, error)
                self._damaged += 1
                continue
            for picture in pictures:
                found += 1
                yield picture
        if self._damaged and found:
            told = f"{self.path.name} is damaged: {found} frames were read, {self._damaged} places were passed over"
            self._notify(Notice(Level.WARNING, "source", told))


def check_readable(path: Path) -> None:
    """Raises SourceError, one line, where `path` is missing, a folder, not allowed, or empty."""
    try:
        if path.is_dir():
            raise SourceError(f"{path} is a folder, not a video or a picture; name a file in it")
        with path.open("rb") as file:
            if not file.read(1):
                raise SourceError(f"{path} is empty (0 bytes); try another copy of it")
    except FileNotFoundError:
        raise SourceError(f"there is no file {path}; check the name") from None
    except PermissionError:
        raise SourceError(f"{path} may not be read; check its permissions (chmod +r)") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"{path} cannot be read: {reason}") from None


def first_ratio(stream: VideoStream) -> Fraction | None:
    """The stream's sample aspect ratio (a pixel's width to its height), None where it is not told."""
    ratio = stream.sample_aspect_ratio
    return Fraction(ratio) if ratio else None


def _open_video(path: Path) -> tuple[InputContainer, VideoStream]:
    import av

    try:
        container = av.open(str(path), metadata_errors="replace")
    except av.EOFError:
        raise SourceError(f"{path} breaks off before its first picture; try another copy of it") from None
    except (av.FFmpegError, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"{path} is not a video that can be read ({reason}); play it to check, or convert it") from None
    streams = [stream for stream in container.streams.video if not _is_cover(stream)]
    # FFmpeg shows any text as a video of a terminal: nobody means that.
    if not streams or container.format.name == "tty":
        container.close()
        raise SourceError(f"{path} has no picture in it; name a video or a picture")
    stream = streams[0]
    if getattr(stream, "codec_context", None) is None:  # PyAV has no decoder for it
        container.close()
        raise SourceError(f"{path} is in a format that cannot be decoded here; convert it to H.264 first")
    stream.thread_type = "AUTO"
    return container, stream


def _is_cover(stream: VideoStream) -> bool:
    from av.stream import Disposition

    return bool(stream.disposition & Disposition.attached_pic)


def _again(first: av.VideoFrame, rest: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
    yield first
    yield from rest
