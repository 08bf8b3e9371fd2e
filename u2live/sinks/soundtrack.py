"""The sound of a file, taken over into another one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from u2live.errors import SinkError
from u2live.sinks.formats import sound_encoder
from u2live.types import Level, Notice, Notify

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer

# What players of these containers play; ffmpeg itself would write more.
_COPIED = {
    "mp4": {"aac", "mp3", "mp3float", "ac3", "eac3", "alac", "opus", "libopus", "flac"},
    "mov": {"aac", "mp3", "mp3float", "ac3", "eac3", "alac", "pcm_s16le", "pcm_s24le", "pcm_s16be", "pcm_s24be"},
    "webm": {"opus", "libopus", "vorbis"},
    "matroska": None,  # everything
}
_AAC_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000)
_OPUS_RATES = (48000,)

_PRIMING_S = 0.1
"""Sound may begin this much before the picture without anything to hear: an encoder's warming up."""


class _Track:
    """One stream: copied packet by packet, or decoded and encoded again."""

    def __init__(self, source: Any, container: OutputContainer) -> None:
        self.source = source
        muxer = container.format.name.split(",")[0]
        copied = _COPIED.get(muxer, set())
        if copied is None or source.codec_context.name in copied:
            self.stream: Any = container.add_stream_from_template(source)
            self._resampler: Any = None
        else:
            self._encode_into(container, muxer)
        if source.language:
            self.stream.metadata["language"] = source.language

    def _encode_into(self, container: OutputContainer, muxer: str) -> None:
        import av

        codec, bit_rate = sound_encoder(muxer)
        rates = _OPUS_RATES if codec == "libopus" else _AAC_RATES
        wanted = self.source.rate or 48000
        rate = wanted if wanted in rates else min(rates, key=lambda each: abs(each - wanted))
        self.stream = container.add_stream(codec, rate=rate)
        layout = "mono" if self.source.channels == 1 else "stereo"
        self.stream.codec_context.layout = layout
        self.stream.codec_context.bit_rate = bit_rate
        self.stream.codec_context.open()
        frame_size = self.stream.codec_context.frame_size or None
        self._resampler = av.AudioResampler(self.stream.codec_context.format.name, layout, rate, frame_size)

    def output(self, packet: Any, origin_s: float) -> Iterator[Any]:
        """What becomes of one packet of the source, or of the end (None)."""
        if self._resampler is None:
            if packet is not None and packet.dts is not None:
                shift = round(origin_s / packet.time_base)
                packet.pts = None if packet.pts is None else packet.pts - shift
                packet.dts -= shift
                packet.stream = self.stream
                yield packet
            return
        frames = packet.decode() if packet is not None else [*self.source.codec_context.decode(None), None]
        for frame in frames:
            if frame is not None and frame.pts is not None:
                frame.pts -= round(origin_s / frame.time_base)
            for resampled in self._resampler.resample(frame):
                yield from self.stream.encode(resampled)
        if packet is None:
            yield from self.stream.encode(None)


class Soundtrack:
    """All sound streams of `path`, in step with its pictures, as a recorder's Sound.

    Copied as they are where the new container holds them, else encoded again (AAC, Opus in WebM; more than two channels
    become stereo then). Sound that cannot be read is left out from there on, and `notify` hears of it: the picture goes on.
    """

    def __init__(self, path: Path, notify: Notify) -> None:
        self._path = path
        self._notify = notify
        self._input: InputContainer | None = None
        self._tracks: dict[int, _Track] = {}
        self._packets: Iterator[Any] = iter(())
        self._ahead: Any = None
        self._origin_s = 0.0

    def open(self) -> None:
        import av

        self.close()
        try:
            self._input = av.open(str(self._path), metadata_errors="replace")
        except (av.FFmpegError, ValueError, OSError) as error:
            raise SinkError(f"the sound of {self._path} cannot be taken over: {error}") from error

    def add_to(self, container: OutputContainer) -> None:
        import av

        assert self._input is not None
        try:
            streams = [stream for stream in self._input.streams.audio if stream.codec_context is not None]
            self._tracks = {stream.index: _Track(stream, container) for stream in streams}
            if streams:
                self._packets = iter(self._input.demux(streams))
        except (av.FFmpegError, ValueError, OSError) as error:
            raise SinkError(f"the sound of {self._path} cannot be taken over: {error}") from error

    def start(self, first_picture_ns: int) -> int:
        """Pictures and sound keep their distance; what comes first begins the file."""
        origin_s = first_picture_ns / 1e9
        begins = [float(t.source.start_time * t.source.time_base) for t in self._tracks.values() if t.source.start_time]
        if begins and min(begins) < origin_s - _PRIMING_S:
            origin_s = min(begins)
        self._origin_s = origin_s
        return round(origin_s * 1e9)

    def pause(self, at_ns: int) -> None:
        """A file is not paused."""

    def resume(self, at_ns: int) -> None:
        """A file is not paused."""

    def packets(self, until_s: float) -> Iterator[Any]:
        while True:
            packet = self._ahead if self._ahead is not None else self._next()
            self._ahead = None
            if packet is None:
                return
            if packet.dts is not None and float(packet.dts * packet.time_base) - self._origin_s > until_s:
                self._ahead = packet
                return
            yield from self._output(self._tracks[packet.stream.index], packet)

    def rest(self, until_s: float) -> Iterator[Any]:
        yield from self.packets(float("inf"))
        for track in self._tracks.values():
            yield from self._output(track, None)

    def close(self) -> None:
        container, self._input = self._input, None
        self._tracks, self._packets, self._ahead = {}, iter(()), None
        if container is not None:
            container.close()

    def _next(self) -> Any:
        import av

        try:
            return next((packet for packet in self._packets if packet.size), None)
        except (av.FFmpegError, OSError) as error:
            self._packets = iter(())
            self._tell(error)
            return None

    def _output(self, track: _Track, packet: Any) -> list[Any]:
        import av

        try:
            return list(track.output(packet, self._origin_s))
        except (av.FFmpegError, ValueError) as error:
            self._tell(error)
            return []

    def _tell(self, error: Exception) -> None:
        notify, self._notify = self._notify, lambda _: None
        notify(Notice(Level.WARNING, "sound", f"some of the sound of {self._path.name} cannot be read: {error}"))
