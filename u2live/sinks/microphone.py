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

DEFAULT = "default"
"""The word for the microphone the system prefers."""

SILENT_DB = -90.0
_RATE = 48_000
_BUFFER_S = 10.0
"""How much is kept when nobody takes it: more is lost than a recording could miss unnoticed."""
_LONGEST_LATENCY_S = 1.0


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
        sounddevice = _sounddevice()
        devices = sounddevice.query_devices()
        preferred = sounddevice.default.device[0]
    except (SinkError, Exception):  # PortAudioError derives from Exception
        return []
    return [
        MicrophoneInfo(
            str(device["name"]), int(device["max_input_channels"]), int(device["default_samplerate"]), index == preferred
        )
        for index, device in enumerate(devices)
        if device["max_input_channels"] > 0
    ]


class Microphone:
    """A microphone by its name, or part of it; `default` is the system's. Mono stays mono, more become stereo."""

    def __init__(self, name: str = DEFAULT) -> None:
        self.name = name
        self.sample_rate = _RATE
        self.channels = 1
        self._lock = threading.Lock()
        self._blocks: deque[Block] = deque()
        self._kept = 0
        self._peak = 0.0
        self._peak_s = 0.0
        self._stream: Any = None

    def open(self) -> None:
        self.close()
        sounddevice = _sounddevice()
        try:
            device = None if self.name in ("", DEFAULT) else self.name
            info = sounddevice.query_devices(device, "input")
            self.channels = max(1, min(2, int(info["max_input_channels"])))
            self._stream = self._opened(sounddevice, device, (_RATE, int(info["default_samplerate"])))
            self.sample_rate = int(self._stream.samplerate)
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            self.close()
            which = (
                "there is no microphone" if self.name in ("", DEFAULT) else f"the microphone {self.name!r} cannot be used"
            )
            raise SinkError(f"{which} ({_first_line(error)}): plug one in or choose another one") from error

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

    def _heard(self, samples: np.ndarray, count: int, times: Any, _status: Any) -> None:
        """PortAudio's thread."""
        now_ns = time.monotonic_ns()
        latency_s = times.currentTime - times.inputBufferAdcTime
        if not (times.inputBufferAdcTime > 0 and count / self.sample_rate <= latency_s < _LONGEST_LATENCY_S):
            latency_s = count / self.sample_rate  # a driver that does not know
        peak = float(np.abs(samples).max(initial=0.0))
        with self._lock:
            self._blocks.append(Block(now_ns - round(latency_s * 1e9), samples.copy()))
            self._kept += count
            while self._kept > _BUFFER_S * self.sample_rate and len(self._blocks) > 1:
                self._kept -= len(self._blocks.popleft().samples)
            self._peak = max(peak, self._faded_peak(now_ns / 1e9))
            self._peak_s = now_ns / 1e9

    def take(self) -> list[Block]:
        with self._lock:
            blocks = list(self._blocks)
            self._blocks.clear()
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
