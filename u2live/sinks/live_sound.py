"""A microphone's sound beside live pictures, on the pictures' clock."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from u2live.errors import SinkError
from u2live.sinks.clock_match import LARGEST_OFFSET_S, ClockMatch, Resampler
from u2live.sinks.formats import sound_encoder
from u2live.sinks.microphone import SILENT_DB, AudioInput, Block
from u2live.types import Level, Notice, Notify

if TYPE_CHECKING:
    from av.container import OutputContainer

RATE = 48_000
_LATE_S = 0.5
"""Sound this far behind the picture is given up and filled with silence: the file must not wait for it."""
_SAY_AFTER_S = 2.0
_LAST_WORDS_S = 0.3
"""How long to wait at the end for what was heard before it."""


class LiveSound:
    """A recorder's Sound from an audio input. `gain_db`, `muted` and `level_db` may be used from any thread.

    A card whose clock runs differently is stretched to ours, gaps are filled with silence. Without an input that works the
    recording has no sound, and `notify` hears why.
    """

    def __init__(self, audio_input: AudioInput, notify: Notify, gain_db: float = 0.0) -> None:
        self.gain_db = gain_db
        self.muted = False
        self._audio_input = audio_input
        self._notify = notify
        self._input: AudioInput | None = None
        self._stream: Any = None

    @property
    def level_db(self) -> float:
        """The peak of the last moment as it is recorded, in dB below full scale; SILENT_DB when muted or without sound."""
        source = self._input
        if source is None or self.muted:
            return SILENT_DB
        level = source.level_db
        return level if level <= SILENT_DB else min(0.0, level + self.gain_db)

    def open(self) -> None:
        self.close()
        try:
            self._audio_input.open()
        except SinkError as error:
            self._notify(Notice(Level.WARNING, "sound", f"recording without sound: {error}"))
            return
        self._input = self._audio_input

    def add_to(self, container: OutputContainer) -> None:
        if self._input is None:
            return
        encoder, bit_rate = sound_encoder(container.format.name)
        self._stream = container.add_stream(encoder, rate=RATE)
        context = self._stream.codec_context
        if encoder == "libopus":
            context.format = "flt"
        context.layout = "mono" if self._input.channels == 1 else "stereo"
        context.bit_rate = bit_rate
        context.open()
        self._frame_size = context.frame_size or 1024
        self._format = context.format.name
        self._layout = context.layout.name

    def start(self, first_picture_ns: int) -> int:
        self._origin_ns = first_picture_ns
        self._cuts: list[tuple[int, int | None]] = []
        self._clock = ClockMatch(RATE)
        self._waiting = np.zeros((0, self._channels), np.float32)
        self._heard: list[np.ndarray] = []  # not yet joined to what waits
        self._encoded = 0
        self._silence_s = 0.0
        self._said = False
        if self._input is not None:
            self._nominal = RATE / self._input.sample_rate
            self._resampler = Resampler(self._channels, self._nominal)
        return first_picture_ns

    @property
    def _channels(self) -> int:
        return 1 if self._input is None else self._input.channels

    def pause(self, at_ns: int) -> None:
        self._cuts.append((at_ns, None))

    def resume(self, at_ns: int) -> None:
        began_ns, _ = self._cuts[-1]
        self._cuts[-1] = (began_ns, at_ns)

    def packets(self, until_s: float) -> Iterator[Any]:
        if self._input is None or self._stream is None:
            return
        self._listen(until_s)
        # Not further than the picture, which may lag behind: the file must be able to end with it.
        ready = min(len(self._waiting), max(0, round(until_s * RATE) - self._encoded))
        yield from self._encode(ready // self._frame_size * self._frame_size)

    def rest(self, until_s: float) -> Iterator[Any]:
        if self._input is None or self._stream is None:
            return
        deadline = time.monotonic() + _LAST_WORDS_S
        self._listen(until_s)
        while self._clock.produced_s < until_s and time.monotonic() < deadline:
            time.sleep(0.02)
            self._listen(until_s)
        wanted = max(0, round(until_s * RATE) - self._encoded)
        missing = self._silence(max(0, wanted - len(self._waiting)))
        self._waiting = np.concatenate((self._waiting, missing))
        yield from self._encode(wanted)
        yield from self._stream.encode(None)

    def close(self) -> None:
        source, self._input = self._input, None
        self._stream = None
        if source is not None:
            source.close()

    def _listen(self, until_s: float) -> None:
        """Take what was heard; where that is not enough, silence, so that the picture need not wait."""
        assert self._input is not None
        for block in self._input.take():
            self._hear(block)
        behind_s = until_s - self._clock.produced_s
        if behind_s > _LATE_S:
            self._fall_silent(behind_s - _LATE_S / 2)
        # Joined once: while pictures lag, seconds of sound lie here, and a copy for each block would make them lag more.
        self._waiting = np.concatenate((self._waiting, *self._heard))
        self._heard.clear()

    def _fall_silent(self, seconds: float) -> None:
        self._fill(seconds)
        self._silence_s += seconds
        if self._silence_s > _SAY_AFTER_S and not self._said:
            self._said = True
            self._notify(Notice(Level.WARNING, "sound", "the microphone gives nothing: silence is recorded instead"))

    def _hear(self, block: Block) -> None:
        """Put one block where it belongs in the file."""
        assert self._input is not None
        for time_ns, samples in self._kept(block, self._input.sample_rate):
            heard_s = (time_ns - self._origin_ns) / 1e9
            offset_s = self._clock.offset_s(heard_s)
            if offset_s > (LARGEST_OFFSET_S if self._clock.produced_s else 0.0):
                self._fill(offset_s)
                offset_s = 0.0
            elif offset_s < -LARGEST_OFFSET_S:
                late = round(-offset_s * self._input.sample_rate)
                samples = samples[late:]
                heard_s += late / self._input.sample_rate
            if not len(samples):
                continue
            factor = self._clock.stretch(heard_s, round(len(samples) * self._nominal))
            loudness = np.float32(0.0 if self.muted else 10 ** (self.gain_db / 20))
            made = self._resampler(samples * loudness, self._nominal * factor)
            self._heard.append(np.clip(made, -1, 1))

    def _kept(self, block: Block, rate: int) -> Iterator[tuple[int, np.ndarray]]:
        """The parts of `block` that no pause leaves out and that are not before the file, with the times they move to."""
        pieces = [(block.time_ns, block.samples)]
        for began_ns, ended_ns in ((0, self._origin_ns), *self._cuts):
            left: list[tuple[int, np.ndarray]] = []
            for time_ns, samples in pieces:
                begin = _index_at(began_ns - time_ns, rate, len(samples))
                end = len(samples) if ended_ns is None else _index_at(ended_ns - time_ns, rate, len(samples))
                left += [(time_ns, samples[:begin]), (time_ns + round(end * 1e9 / rate), samples[end:])]
            pieces = [(time_ns, samples) for time_ns, samples in left if len(samples)]
        for time_ns, samples in pieces:
            gone_ns = sum(ended - began for began, ended in self._cuts if ended is not None and ended <= time_ns)
            yield time_ns - gone_ns, samples

    def _fill(self, seconds: float) -> None:
        self._heard.append(self._silence(round(seconds * RATE)))
        self._clock.jump(round(seconds * RATE) / RATE)

    def _silence(self, count: int) -> np.ndarray:
        return np.zeros((count, self._channels), np.float32)

    def _encode(self, count: int) -> Iterator[Any]:
        import av

        for begin in range(0, count, self._frame_size):
            samples = self._waiting[begin : min(begin + self._frame_size, count)]
            planar = self._format.endswith("p")
            data = np.ascontiguousarray(samples.T) if planar else samples.reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(data, format="fltp" if planar else "flt", layout=self._layout)
            frame.sample_rate = RATE
            frame.pts = self._encoded
            frame.time_base = self._stream.codec_context.time_base
            self._encoded += len(samples)
            yield from self._stream.encode(frame)
        self._waiting = self._waiting[count:]


def _index_at(duration_ns: int, rate: int, length: int) -> int:
    """Which of `length` samples is `duration_ns` after the first one."""
    return max(0, min(length, math.ceil(duration_ns * rate / 1e9)))
