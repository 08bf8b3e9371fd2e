"""Microphones, through PortAudio. sounddevice is imported late: without PortAudio that raises."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from u2live.errors import SinkError
from u2live.sinks.arrival_clock import ArrivalClock

DEFAULT = "default"
"""The word for the microphone the system prefers."""

SILENT_DB = -90.0
_RATE = 48_000
_BUFFER_S = 10.0
"""How much is kept when nobody takes it: more is lost than a recording could miss unnoticed."""
_LONGEST_LATENCY_S = 1.0
_UNSURE_DRIVERS = ("ALSA", "OSS", "PulseAudio")
"""PortAudio's words for those whose latency is not to be relied on."""


@dataclass(frozen=True, slots=True)
class MicrophoneInfo:
    """One microphone as the system names it."""

    name: str
    channels: int
    sample_rate: int
    is_default: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Samples [n, channels] float32 in [-1, 1]; `time_ns` is the monotonic clock when the first one was heard."""

    time_ns: int
    samples: np.ndarray


class AudioInput(Protocol):
    """Something that hears. `sample_rate` and `channels` hold once it is open."""

    sample_rate: int
    channels: int

    def open(self) -> None:
        """Start listening. Raises SinkError."""
        ...

    def take(self) -> list[Block]:
        """What was heard since the last call, in order, without waiting."""
        ...

    @property
    def level_db(self) -> float:
        """The peak of the last moment in dB below full scale, SILENT_DB for nothing."""
        ...

    def close(self) -> None:
        """Harmless when not open."""
        ...


def microphones() -> list[MicrophoneInfo]:
    """What can be listened to; none where there is no PortAudio."""
    try:
        return find_microphones()
    except SinkError:
        return []


def find_microphones() -> list[MicrophoneInfo]:
    """What can be listened to now, at least one. Raises SinkError, which says why there is none."""
    sounddevice = _sounddevice()
    try:
        with _portaudio:
            _look_again(sounddevice)
            devices = sounddevice.query_devices()
            preferred = sounddevice.default.device[0]
    except Exception as error:  # PortAudioError derives from Exception
        raise SinkError(f"sound does not work here ({_first_line(error)}): check the sound settings") from error
    found = [
        MicrophoneInfo(
            str(device["name"]), int(device["max_input_channels"]), int(device["default_samplerate"]), index == preferred
        )
        for index, device in enumerate(devices)
        if device["max_input_channels"] > 0
    ]
    if not found:
        raise SinkError("there is no microphone: plug one in")
    return found


_open_streams: set[int] = set()
_portaudio = threading.Lock()


def _look_again(sounddevice: Any) -> None:
    """PortAudio lists the devices once, when it starts: start it anew, unless somebody is listening."""
    if not _open_streams:
        sounddevice._terminate()
        sounddevice._initialize()


class Microphone:
    """A microphone by its name, or part of it; `default` is the system's. Mono stays mono, more become stereo."""

    def __init__(self, name: str = DEFAULT) -> None:
        self.name = name
        self.sample_rate = _RATE
        self.channels = 1
        self._lock = threading.Lock()
        self._clock = ArrivalClock(_RATE)
        self._driver_knows = False
        self._waiting: deque[tuple[int, float | None, np.ndarray]] = deque()  # first index, when by the driver, samples
        self._blocks: list[Block] = []
        self._kept = 0
        self._peak = 0.0
        self._peak_s = 0.0
        self._stream: Any = None

    def open(self) -> None:
        self.close()
        sounddevice = _sounddevice()
        try:
            device = None if self.name in ("", DEFAULT) else self.name
            with _portaudio:
                if device is None and sounddevice.default.device[0] < 0:
                    raise SinkError("there is no microphone: plug one in, or choose one by its name")
                info = sounddevice.query_devices(device, "input")
                self.channels = max(1, min(2, int(info["max_input_channels"])))
                self._stream = self._opened(sounddevice, device, (_RATE, int(info["default_samplerate"])))
                _open_streams.add(id(self))
            self.sample_rate = int(self._stream.samplerate)
            self._clock = ArrivalClock(self.sample_rate)
            self._driver_knows = sounddevice.query_hostapis(info["hostapi"])["name"] not in _UNSURE_DRIVERS
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            self.close()
            which = "the microphone" if device is None else f"the microphone {device!r}"
            raise SinkError(f"{which} cannot be used ({_first_line(error)}): plug it in or choose another one") from error

    def _opened(self, sounddevice: Any, device: str | None, rates: tuple[int, ...]) -> Any:
        """At our own rate, else at the device's."""
        for rate in rates[:-1]:
            try:
                return self._input_stream(sounddevice, device, rate)
            except sounddevice.PortAudioError:
                continue
        return self._input_stream(sounddevice, device, rates[-1])

    def _input_stream(self, sounddevice: Any, device: str | None, rate: int) -> Any:
        return sounddevice.InputStream(
            device=device, samplerate=rate, channels=self.channels, dtype="float32", latency="low", callback=self._heard
        )

    def _heard(self, samples: np.ndarray, count: int, times: Any, status: Any) -> None:
        """PortAudio's thread."""
        now_s = time.monotonic()
        peak = float(np.abs(samples).max(initial=0.0))
        with self._lock:
            if status.input_overflow:
                self._stamp()
                self._clock.restart()
            first = self._clock.arrived(count, now_s)
            latency_s = times.currentTime - times.inputBufferAdcTime
            told = self._driver_knows and count / self.sample_rate <= latency_s < _LONGEST_LATENCY_S
            self._waiting.append((first, now_s - latency_s if told else None, samples.copy()))
            self._kept += count
            while self._kept > _BUFFER_S * self.sample_rate and len(self._waiting) > 1:
                self._kept -= len(self._waiting.popleft()[2])
            self._peak = max(peak, self._faded_peak(now_s))
            self._peak_s = now_s

    def _stamp(self) -> None:
        """Say when each block was heard as late as possible: what comes after it tells more."""
        for first, told_s, samples in self._waiting:
            heard_s = self._clock.time_s(first) if told_s is None else told_s
            self._blocks.append(Block(round(heard_s * 1e9), samples))
        self._waiting.clear()

    def take(self) -> list[Block]:
        with self._lock:
            self._stamp()
            blocks, self._blocks = self._blocks, []
            self._kept = 0
        return blocks

    @property
    def level_db(self) -> float:
        with self._lock:
            return decibels(self._faded_peak(time.monotonic()))

    def _faded_peak(self, now_s: float) -> float:
        """Meters fall slowly (20 dB a second), so that eyes can follow."""
        return self._peak * 10 ** -(now_s - self._peak_s)

    def close(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close(ignore_errors=True)
        _open_streams.discard(id(self))
        self.take()


def decibels(amplitude: float) -> float:
    """Amplitude 1 is 0 dB."""
    return max(SILENT_DB, 20 * math.log10(amplitude)) if amplitude > 0 else SILENT_DB


def _sounddevice() -> Any:
    """Raises SinkError where it cannot be had."""
    try:
        import sounddevice
    except (ImportError, OSError) as error:  # OSError: sounddevice is there, PortAudio is not
        raise SinkError("sound needs PortAudio: install it (Debian, Ubuntu: sudo apt install libportaudio2)") from error
    return sounddevice


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
