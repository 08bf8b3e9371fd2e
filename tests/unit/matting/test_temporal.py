"""Smoothing that steadies what stands still, leaves no trail behind what moves, and forgets at a cut."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from u2live.matting.array_ops import NumpyOps
from u2live.matting.temporal import LONGEST_GAP_NS, MotionCarrier, Smoother

OPS = NumpyOps()
FRAME_NS = 33_333_333
SIDE = 24
PLANES = arrays(np.float32, (1, SIDE, SIDE), elements=st.floats(0, 1, width=32))


def steady_all(mattes: list[np.ndarray], lumas: list[np.ndarray], steadiness: float) -> list[np.ndarray]:
    smoother = Smoother()
    return [
        smoother.steady(OPS, matte, luma, number * FRAME_NS, steadiness)
        for number, (matte, luma) in enumerate(zip(mattes, lumas, strict=True))
    ]


def textured(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((1, SIDE, SIDE), np.float32)


@settings(max_examples=25, deadline=None)
@given(mattes=st.lists(PLANES, min_size=2, max_size=4), luma=PLANES)
def test_steadiness_0_is_identity(mattes: list[np.ndarray], luma: np.ndarray) -> None:
    for matte, steady in zip(mattes, steady_all(mattes, [luma] * len(mattes), 0.0), strict=True):
        np.testing.assert_array_equal(steady, matte)


@settings(max_examples=25, deadline=None)
@given(matte=PLANES, lumas=st.lists(PLANES, min_size=2, max_size=4), steadiness=st.floats(0, 1))
def test_a_constant_matte_is_a_fixed_point(matte: np.ndarray, lumas: list[np.ndarray], steadiness: float) -> None:
    for steady in steady_all([matte] * len(lumas), lumas, steadiness):
        np.testing.assert_allclose(steady, matte, atol=1e-6)


@settings(max_examples=25, deadline=None)
@given(first=PLANES, second=PLANES, lumas=st.tuples(PLANES, PLANES), steadiness=st.floats(0, 1))
def test_never_beyond_what_was_seen(
    first: np.ndarray, second: np.ndarray, lumas: tuple[np.ndarray, np.ndarray], steadiness: float
) -> None:
    steady = steady_all([first, second], list(lumas), steadiness)[1]
    assert (steady >= np.minimum(first, second) - 1e-6).all()
    assert (steady <= np.maximum(first, second) + 1e-6).all()


@pytest.mark.parametrize("steadiness", [0.5, 1.0])
def test_what_moved_leaves_no_trail(steadiness: float) -> None:
    """A bright hand over a dark wall moves on: already in the next frame next to nothing of it is left."""
    mattes, lumas = [], []
    for place in (2, 14):
        matte = np.zeros((1, SIDE, SIDE), np.float32)
        matte[:, :, place : place + 8] = 1
        mattes.append(matte)
        lumas.append(0.2 + 0.5 * matte)
    after = steady_all(mattes, lumas, steadiness)[1]
    np.testing.assert_allclose(after, mattes[1], atol=0.01)


@pytest.mark.parametrize(("steadiness", "frames"), [(0.5, 4), (1.0, 20)])
def test_a_step_that_the_picture_does_not_show_is_followed_soon(steadiness: float, frames: int) -> None:
    """Nothing moved, but the network changed its mind: the worst case for a smoother that trusts a still picture."""
    luma = textured()
    mattes = [np.zeros((1, SIDE, SIDE), np.float32)] * 3 + [np.ones((1, SIDE, SIDE), np.float32)] * frames
    assert steady_all(mattes, [luma] * len(mattes), steadiness)[-1].min() > 0.94


def test_flicker_on_a_still_picture_is_reduced() -> None:
    rng = np.random.default_rng(2)
    luma = textured()
    lumas = [luma + rng.normal(0, 0.004, luma.shape).astype(np.float32) for _ in range(20)]
    mattes = [np.full_like(luma, 0.35 if number % 2 else 0.65) for number in range(20)]

    def flicker(sequence: list[np.ndarray]) -> float:
        return float(np.abs(np.diff(np.stack(sequence[10:]), axis=0)).mean())

    before = flicker(mattes)
    halfway, most = (flicker(steady_all(mattes, lumas, steadiness)) for steadiness in (0.5, 1.0))
    assert halfway < 0.55 * before
    assert most < 0.2 * before


def _past_is_forgotten(second_luma: np.ndarray, second_ns: int, second_side: int = SIDE) -> bool:
    smoother = Smoother()
    smoother.steady(OPS, np.ones((1, SIDE, SIDE), np.float32), textured(), 0, 1.0)
    empty = np.zeros((1, second_side, second_side), np.float32)
    return not smoother.steady(OPS, empty, second_luma, second_ns, 1.0).any()


def test_the_past_is_kept_from_frame_to_frame() -> None:
    assert not _past_is_forgotten(textured(), FRAME_NS)


def test_a_scene_cut_resets() -> None:
    checked = np.kron([[0, 1], [1, 0]], np.ones((SIDE // 2, SIDE // 2))).astype(np.float32)[None]
    assert _past_is_forgotten(checked, FRAME_NS)


def test_a_gap_in_time_resets() -> None:
    assert _past_is_forgotten(textured(), LONGEST_GAP_NS + 1)


def test_time_that_runs_backwards_resets() -> None:
    assert _past_is_forgotten(textured(), -1)


def test_another_size_resets() -> None:
    luma = np.random.default_rng(0).random((1, SIDE + 8, SIDE + 8), np.float32)
    assert _past_is_forgotten(luma, FRAME_NS, SIDE + 8)


def test_reset_forgets() -> None:
    smoother = Smoother()
    smoother.steady(OPS, np.ones((1, SIDE, SIDE), np.float32), textured(), 0, 1.0)
    smoother.reset()
    assert not smoother.steady(OPS, np.zeros((1, SIDE, SIDE), np.float32), textured(), FRAME_NS, 1.0).any()
    smoother.reset()
    assert smoother.propagate(OPS, textured(), 2 * FRAME_NS) is None


def disc(x: float, y: float) -> tuple[np.ndarray, np.ndarray]:
    """A textured disc before a textured wall: its matte and the picture's luma, [128, 128]."""
    rows, columns = np.mgrid[:128, :128].astype(np.float32)
    matte = np.clip(30.5 - np.hypot(columns - x, rows - y), 0, 1)
    wall = 0.4 + 0.1 * np.sin(columns / 5) * np.cos(rows / 7)
    surface = 0.7 + 0.15 * np.sin((columns - x) / 4) * np.sin((rows - y) / 4)
    return matte, (matte * surface + (1 - matte) * wall).astype(np.float32)


def test_a_matte_is_carried_along_the_motion() -> None:
    matte, luma = disc(55, 60)
    next_matte, next_luma = disc(60, 63)
    moved = MotionCarrier().carried(matte, luma, next_luma)
    assert np.abs(moved - next_matte).mean() < 0.3 * np.abs(matte - next_matte).mean()


def test_what_was_carried_before_leaves_nothing_behind() -> None:
    """The carrier keeps what the search works in: on other sizes and pictures it gives what a fresh one gives."""
    kept = MotionCarrier()
    (matte, luma), (_, next_luma) = disc(55, 60), disc(60, 63)
    for side in (128, 96, 128):
        arguments = [plane[:side, :side].copy() for plane in (matte, luma, next_luma)]
        given = [plane.copy() for plane in arguments]
        np.testing.assert_array_equal(kept.carried(*arguments), MotionCarrier().carried(*given))
        for argument, before in zip(arguments, given, strict=True):
            np.testing.assert_array_equal(argument, before)


def test_what_is_propagated_is_for_that_frame_and_no_cut_is_bridged() -> None:
    smoother = Smoother()
    matte, luma = disc(55, 60)
    smoother.steady(OPS, matte[None], luma[None], 0, 0.5)
    expected, next_luma = disc(58, 62)
    propagated = smoother.propagate(OPS, next_luma[None], FRAME_NS)
    assert propagated is not None
    assert np.abs(propagated[0] - expected).mean() < np.abs(matte - expected).mean() / 2
    assert smoother.propagate(OPS, np.round(1 - next_luma[None]), 2 * FRAME_NS) is None


@pytest.mark.parametrize("step", [2, 4, 6])
def test_a_hand_keeps_its_fingers_over_four_propagated_frames(step: int) -> None:
    """Four fingers, 7 pixels wide in a map of 256, going `step` pixels a frame. At a coarser scale of the motion, and with
    bilinear samples, the error was 0.035 to 0.082.
    """
    rng = np.random.default_rng(0)
    wall, skin = (
        cv2.resize(rng.random((cells, cells), np.float32), (256, 256), interpolation=cv2.INTER_CUBIC) for cells in (32, 64)
    )

    def hand(by: int) -> tuple[np.ndarray, np.ndarray]:
        matte: np.ndarray = np.zeros((256, 256), np.float32)
        for left in (100, 112, 124, 136):
            matte[60:121, left + by : left + by + 7] = 1
        matte[110:171, 98 + by : 147 + by] = 1
        matte = cv2.GaussianBlur(matte, (0, 0), 1)
        return matte, matte * (0.2 + 0.15 * np.roll(skin, by, axis=1)) + (1 - matte) * (0.5 + 0.3 * wall)

    moved, luma = hand(0)
    carrier = MotionCarrier()
    for number in range(1, 5):
        expected, next_luma = hand(number * step)
        moved, luma = carrier.carried(moved, luma, next_luma), next_luma
    assert moved.min() >= 0
    assert moved.max() <= 1
    assert np.abs(moved - expected)[55:175, 90:180].mean() < 0.034
