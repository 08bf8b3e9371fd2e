"""The old background's colour leaves the rim, and nothing else changes."""

from __future__ import annotations

import numpy as np

from tests.unit.matting.scenes import HEIGHT, OPS, WIDTH, scene
from u2live.matting.foreground import estimate_foreground
from u2live.matting.matter import small_views
from u2live.matting.patches import Everything

SUBJECT = np.array([70, 90, 160])


def estimated(pixels: np.ndarray, alpha: np.ndarray, spill: float) -> np.ndarray:
    picture, _ = small_views(OPS, pixels, 64)
    foreground = estimate_foreground(
        OPS,
        picture,
        Everything(OPS, pixels),
        OPS.planes(pixels),
        alpha[None],
        OPS.resize(alpha[None], *picture.shape[1:]),
        spill,
    )
    assert foreground.dtype == np.uint8
    assert foreground.shape == pixels.shape
    return np.asarray(foreground)


def test_the_rim_takes_the_subjects_colour() -> None:
    pixels, alpha = scene(noise=0.0)
    rim = (alpha > 0.1) & (alpha < 0.9)
    assert rim.sum() > 500
    before = np.abs(pixels[rim] - SUBJECT.astype(float)).mean()
    after = np.abs(estimated(pixels, alpha, 1.0)[rim] - SUBJECT.astype(float)).mean()
    assert before > 30
    assert after < 4


def test_half_the_spill_takes_half() -> None:
    pixels, alpha = scene(noise=0.0)
    rim = (alpha > 0.3) & (alpha < 0.7)
    none, half, all_of_it = (estimated(pixels, alpha, spill)[rim].astype(float) for spill in (0.0, 0.5, 1.0))
    np.testing.assert_array_equal(none, pixels[rim])
    np.testing.assert_allclose(half, (none + all_of_it) / 2, atol=1)


def test_outside_the_band_it_is_the_frame() -> None:
    pixels, alpha = scene(noise=20.0)
    sure = (alpha == 0) | (alpha == 1)
    np.testing.assert_array_equal(estimated(pixels, alpha, 1.0)[sure], pixels[sure])


def test_the_frame_is_not_written_to() -> None:
    pixels, alpha = scene()
    before = pixels.copy()
    pixels.flags.writeable = False
    estimated(pixels, alpha, 1.0)
    np.testing.assert_array_equal(pixels, before)


def test_nobody_and_everybody() -> None:
    pixels = np.random.default_rng(4).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    for value in (0.0, 1.0):
        np.testing.assert_array_equal(estimated(pixels, np.full((HEIGHT, WIDTH), value, np.float32), 1.0), pixels)
