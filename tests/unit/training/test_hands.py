"""A drawn hand: one piece, as long as asked for, on the far side of the wrist, with gaps between spread fingers."""

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from u2live.training.hands import drawn_hand

SIZE = (240, 240)
WRIST = np.array([120.0, 120.0])


def held(seed: int, angle: float, length: float) -> tuple[np.ndarray, np.ndarray]:
    direction = np.array([np.cos(angle), np.sin(angle)])
    return drawn_hand(SIZE, WRIST, direction, length, np.random.default_rng(seed))


@given(st.integers(0, 2**32 - 1), st.floats(-3.1, 3.1), st.floats(3, 90))
def test_a_hand_is_one_piece_at_the_wrist_and_no_longer_than_asked_for(seed: int, angle: float, length: float) -> None:
    shape, light = held(seed, angle, length)
    assert cv2.connectedComponents((shape > 127).astype(np.uint8))[0] == 2
    rows, columns = np.nonzero(shape > 127)
    offset = np.stack([columns, rows], axis=-1) - WRIST
    along = offset @ np.array([np.cos(angle), np.sin(angle)])
    assert along.max() <= 1.15 * length + 2
    assert along.min() >= -0.3 * length - 2
    assert np.abs(offset).max() <= 1.2 * length + 2
    assert light.shape == SIZE
    assert light.dtype == np.float32
    assert light.min() > 0.5
    assert light.max() <= 1


def test_hands_are_open_and_closed() -> None:
    """Fingers reach out of the palm in most; a fist is short; between spread fingers one sees the room."""
    reaches, hollows = [], []
    for seed in range(60):
        shape = (held(seed, -np.pi / 2, 80)[0] > 127).astype(np.uint8)
        rows = np.flatnonzero(shape.any(axis=1))
        reaches.append(120 - rows[0])
        (outline, *_), _ = cv2.findContours(shape, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        hollows.append(1 - shape.sum() / cv2.contourArea(cv2.convexHull(outline)))
    assert 6 <= np.sum(np.array(reaches) < 0.75 * 80) <= 30
    assert np.sum(np.array(hollows) > 0.15) > 15


def test_the_same_state_draws_the_same_hand() -> None:
    for one, other in zip(held(7, 1.0, 50), held(7, 1.0, 50), strict=True):
        np.testing.assert_array_equal(one, other)
