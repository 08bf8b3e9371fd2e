"""Sound that follows our clock."""

from __future__ import annotations

import numpy as np
import pytest

from u2live.sinks.clock_match import ClockMatch, Resampler


@pytest.mark.parametrize("drift", [200e-6, -200e-6, 0.0])
def test_an_hour_of_a_drifting_card_stays_in_step(drift: float) -> None:
    """200 ppm are 720 ms in an hour; the block's stamps are up to 8 ms late, as callbacks are."""
    rate, block = 48_000, 1024
    clock = ClockMatch(rate)
    random = np.random.default_rng(1)
    lateness = np.abs(random.normal(0, 0.003, 3600 * rate // block)).clip(0, 0.008)
    worst = 0.0
    for index, late in enumerate(lateness):
        truly_s = index * block / (rate * (1 + drift))
        if index > 60 * rate / block:
            worst = max(worst, abs(clock.produced_s - truly_s))
        clock.stretch(truly_s + late, block)
    assert worst < 0.010
    assert index * block / rate > 3599


def test_without_correction_the_same_hour_is_far_off() -> None:
    """What the test above would show if nothing were done."""
    assert 3600 * 200e-6 > 0.7


@pytest.mark.parametrize("ratio", [1.0, 1.0002, 48000 / 44100, 48000 / 96000, 48000 / 16000])
def test_a_tone_comes_out_as_the_same_tone(ratio: float) -> None:
    rate_in = 48_000 / ratio
    seconds = np.arange(round(rate_in * 0.5)) / rate_in
    tone = np.sin(2 * np.pi * 997 * seconds).astype(np.float32)[:, None]
    resampler = Resampler(1, ratio)
    blocks = np.split(tone, np.arange(100, len(tone), 331))
    made = np.concatenate([resampler(block, ratio) for block in blocks])[:, 0]
    assert len(made) == pytest.approx(0.5 * 48_000, abs=80)
    wanted = np.sin(2 * np.pi * 997 * np.arange(len(made)) / 48_000)
    error = (made - wanted)[400:-400]
    assert 20 * np.log10(np.abs(error).max()) < -70


def test_what_the_lower_rate_cannot_hold_is_taken_out() -> None:
    seconds = np.arange(48_000) / 96_000
    too_high = np.sin(2 * np.pi * 30_000 * seconds).astype(np.float32)[:, None]
    made = Resampler(1, 0.5)(too_high, 0.5)
    assert np.abs(made[200:-200]).max() < 0.003


def test_both_channels_are_kept_apart() -> None:
    both = np.stack((np.ones(2000), -np.ones(2000)), 1).astype(np.float32)
    made = Resampler(2, 1.1)(both, 1.1)[100:]
    np.testing.assert_allclose(made, np.tile([1, -1], (len(made), 1)), atol=1e-3)
