"""The mattes' measures against values worked out by hand."""

import cv2
import numpy as np
import pytest

from u2live.training.mattes import ClipSteadiness, boundary_f, gradient_error, iou, matte_score, relaxed_boundary_f


def square(left: int, top: int = 30, side: int = 40, size: int = 100) -> np.ndarray:
    alpha = np.zeros((size, size), np.float32)
    alpha[top : top + side, left : left + side] = 1
    return alpha


def test_a_perfect_matte() -> None:
    score = matte_score(square(30), square(30))
    assert (score.iou, score.mad, score.mse, score.gradient, score.boundary_f) == (1.0, 0.0, 0.0, 0.0, 1.0)


def test_a_shifted_square() -> None:
    score = matte_score(square(40), square(30))
    assert score.iou == pytest.approx(30 * 40 / (50 * 40))
    assert score.mad == pytest.approx(2 * 10 * 40 / 100**2)
    assert score.mse == pytest.approx(score.mad)


def test_half_transparent_everywhere() -> None:
    score = matte_score(np.full((50, 50), 0.25, np.float32), np.zeros((50, 50), np.float32))
    assert (score.mad, score.mse) == (pytest.approx(0.25), pytest.approx(0.0625))
    assert score.gradient == pytest.approx(0, abs=1e-12)


def test_two_empty_mattes_agree() -> None:
    nothing = np.zeros((20, 20), np.float32)
    assert iou(nothing, nothing) == 1.0
    assert boundary_f(nothing, nothing) == 1.0
    assert boundary_f(square(30), np.zeros((100, 100), np.float32)) == 0.0


def test_gradient_error_of_a_step_edge() -> None:
    """A step against nothing: per row the sum of squares of a Gaussian with unit-energy kernel, known in closed form."""
    step = np.zeros((60, 60), np.float32)
    step[:, 30:] = 1
    sigma = 1.4
    x = np.arange(-30, 31)
    gauss = np.exp(-(x**2) / (2 * sigma**2)) / (sigma * np.sqrt(2 * np.pi))
    energy = np.sqrt((gauss**2).sum() * ((x * gauss / sigma**2) ** 2).sum())
    per_row = ((gauss / energy) ** 2).sum()
    assert gradient_error(step, np.zeros_like(step)) == pytest.approx(60 * per_row / 1000, rel=0.03)


def test_boundaries_forgive_a_pixel_but_not_ten() -> None:
    truth = square(30)
    assert boundary_f(square(31), truth) == 1.0
    assert boundary_f(square(40), truth) < 0.7
    assert relaxed_boundary_f(square(33), truth) == 1.0
    assert relaxed_boundary_f(square(40), truth) < 0.7


def test_relaxed_boundary_weighs_precision() -> None:
    """β² = 0.3: an extra blob costs precision only, a missing one recall only, and precision counts more."""
    truth = np.maximum(square(5, 5, 20), square(60, 60, 20))
    missing = relaxed_boundary_f(square(5, 5, 20), truth)
    extra = relaxed_boundary_f(truth, square(5, 5, 20))
    assert missing == pytest.approx(1.3 * 0.5 / (0.3 + 0.5), rel=1e-6)
    assert extra == pytest.approx(1.3 * 0.5 / (0.3 * 0.5 + 1), rel=1e-6)


def test_an_outline_at_the_frame_is_none() -> None:
    """A person cut by the picture's edge ends there; that is no boundary to be found."""
    full = np.ones((40, 40), np.float32)
    half = full.copy()
    half[:, 20:] = 0
    shifted = full.copy()
    shifted[:, 22:] = 0
    assert boundary_f(full, full) == 1.0
    assert relaxed_boundary_f(shifted, half) == 1.0


def test_steadiness_counts_flicker_and_forgives_constant_error() -> None:
    truth = cv2.GaussianBlur(square(30), (0, 0), 2)
    constant, flicker = ClipSteadiness(), ClipSteadiness()
    for number in range(5):
        constant.add(truth * 0.5, truth)
        flicker.add(truth if number % 2 else np.clip(truth - 0.1, 0, 1), truth)
    assert constant.result() == pytest.approx(0, abs=1e-5)
    difference = truth - np.clip(truth - 0.1, 0, 1)
    assert flicker.result() == pytest.approx(100 * np.sqrt((difference**2).mean()), rel=1e-5)


def test_one_frame_has_no_steadiness() -> None:
    clip = ClipSteadiness()
    clip.add(square(30), square(30))
    assert clip.result() is None
