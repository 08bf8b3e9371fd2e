"""One clock for picture and sound: the sound card's, which runs a little fast or slow, is made to follow ours."""

from __future__ import annotations

import math

import numpy as np

_PULL_S = 8.0
"""In about this time an offset between the clocks is taken away: slow enough that nobody hears it, and that the unsteady
moments at which blocks are delivered average out."""
_LARGEST_CORRECTION = 0.005
"""Half a percent, a twelfth of a semitone; sound cards are within 0.02 percent."""
LARGEST_OFFSET_S = 0.1
"""Beyond this something was lost or the computer slept: cut or fill instead of stretching."""


class ClockMatch:
    """A proportional-integral loop, as in a phase-locked one, from when blocks were heard to how much to stretch them.

    Critically damped; the integral learns the card's own error, so that no offset remains.
    """

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        self._produced = 0.0
        self._learned = 0.0

    @property
    def produced_s(self) -> float:
        """How much sound was made so far, on our clock."""
        return self._produced / self._rate

    def offset_s(self, heard_s: float) -> float:
        """How much later than what was made so far a block that was heard at `heard_s` belongs."""
        return heard_s - self.produced_s

    def jump(self, seconds: float) -> None:
        """So much was filled with silence (or, negative, cut away)."""
        self._produced += seconds * self._rate

    def stretch(self, heard_s: float, length: int) -> float:
        """By how much to stretch a block of `length` samples at the nominal rate that was heard at `heard_s`."""
        offset_s = self.offset_s(heard_s)
        step_s = length / self._rate
        self._learned += offset_s * step_s / (4 * _PULL_S * _PULL_S)
        self._learned = max(-_LARGEST_CORRECTION, min(_LARGEST_CORRECTION, self._learned))
        correction = self._learned + offset_s / _PULL_S
        factor = 1 + max(-_LARGEST_CORRECTION, min(_LARGEST_CORRECTION, correction))
        self._produced += length * factor
        return factor


class Resampler:
    """Changes the rate of a stream of samples by a factor that may be another one for every block.

    A windowed sinc, tabulated (J. O. Smith, "Digital Audio Resampling"): 16 zero crossings a side, Kaiser window.
    """

    _CROSSINGS = 16
    _PHASES = 512

    def __init__(self, channels: int, ratio: float) -> None:
        """`ratio` is about how many samples come out for one that goes in."""
        self._cutoff = min(1.0, ratio) * 0.95
        self._half = math.ceil(self._CROSSINGS / min(1.0, ratio))
        taps = np.arange(-self._half + 1, self._half + 1)
        offsets = taps[None, :] - np.linspace(0, 1, self._PHASES + 1)[:, None]  # [phase, tap]
        window = np.i0(9.0 * np.sqrt(np.clip(1 - (offsets / self._half) ** 2, 0, 1))) / np.i0(9.0)
        table = self._cutoff * np.sinc(self._cutoff * offsets) * window
        self._table = (table / table.sum(1, keepdims=True)).astype(np.float32)
        # History of silence, so that the first sample that comes out belongs to the first that goes in.
        self._pending = np.zeros((self._half - 1, channels), np.float32)
        self._position = 0.0  # of the next output sample, in input samples from the first one not in the history

    def __call__(self, samples: np.ndarray, ratio: float) -> np.ndarray:
        """samples [n, channels] float32 → about n·ratio of them; a few stay inside for the next call."""
        data = np.concatenate((self._pending, samples))
        first = self._half - 1
        last = len(data) - self._half - first  # the last position with all its neighbours
        step = 1 / ratio
        count = max(0, math.floor((last - 1 - self._position) / step) + 1) if last > self._position else 0
        if not count:
            self._pending = data
            return np.empty((0, data.shape[1]), np.float32)
        places = self._position + step * np.arange(count)
        whole = np.floor(places).astype(np.int64)
        phase = (places - whole) * self._PHASES
        row = phase.astype(np.int64)
        part = (phase - row).astype(np.float32)[:, None]
        weights = self._table[row] * (1 - part) + self._table[np.minimum(row + 1, self._PHASES)] * part  # [count, taps]
        windows = np.lib.stride_tricks.sliding_window_view(data, 2 * self._half, axis=0)  # [place, channel, tap]
        made = np.einsum("nct,nt->nc", windows[whole], weights, optimize=False)
        end = self._position + step * count
        consumed = math.floor(end)
        self._pending = data[consumed:]
        self._position = end - consumed
        return np.asarray(made, np.float32)
