"""The network may rest while nothing moves, and never longer than that."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.unit.matting.scenes import HEIGHT, WIDTH, scene
from u2live.matting.array_ops import NumpyOps
from u2live.matting.stillness import LONGEST_REST_NS, SETTLED, Stillness

OPS = NumpyOps()
SIDE = 128
FRAME_NS = 33_333_333


def look(pixels: np.ndarray, noise: float = 0.0, seed: int = 0) -> np.ndarray:
    """pixels [H, W, 3] → the luma that a matter compares, through a camera with so much noise (of 255)."""
    seen = pixels + np.random.default_rng(seed).normal(0, noise, pixels.shape)
    gray = cv2.cvtColor(np.clip(seen, 0, 255).astype(np.uint8), cv2.COLOR_BGR2GRAY)
    return (cv2.resize(gray, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32) / 255)[None]


def matte() -> np.ndarray:
    return cv2.resize(scene()[1], (SIDE, SIDE), interpolation=cv2.INTER_AREA)[None]


def after_a_keyframe(noise: float = 0.0) -> Stillness:
    stillness = Stillness()
    stillness.keyframe(OPS, matte(), look(scene()[0], noise, 99), 0)
    return stillness


@pytest.mark.parametrize("noise", [0.0, 3.0, 8.0, 16.0])
def test_a_cameras_noise_is_no_movement(noise: float) -> None:
    stillness = after_a_keyframe(noise)
    for seed in range(10):
        assert stillness.held(OPS, look(scene()[0], noise, seed), FRAME_NS) is not None


@pytest.mark.parametrize("noise", [0.0, 3.0, 8.0])
def test_who_moves_by_half_a_hundredth_of_the_width_is_seen(noise: float) -> None:
    moved = np.roll(scene()[0], round(WIDTH * 0.005), axis=1)
    assert after_a_keyframe(noise).held(OPS, look(moved, noise), FRAME_NS) is None


@pytest.mark.parametrize("noise", [0.0, 3.0, 8.0])
def test_a_hand_that_comes_up_is_seen(noise: float) -> None:
    pixels = scene()[0]
    cv2.circle(pixels, (60, HEIGHT - 10), 14, (120, 140, 200), -1)
    assert after_a_keyframe(noise).held(OPS, look(pixels, noise), FRAME_NS) is None


def test_what_moves_inside_the_body_changes_no_matte() -> None:
    pixels = scene()[0]
    cv2.rectangle(pixels, (WIDTH // 2 - 12, 300), (WIDTH // 2 + 12, 316), (20, 20, 20), -1)
    assert after_a_keyframe().held(OPS, look(pixels), FRAME_NS) is not None


def test_the_room_that_comes_in_at_the_edge_is_seen() -> None:
    """Somebody fills the picture, and leans away a little: no edge of theirs was there to move."""
    stillness = Stillness()
    pixels = np.full((HEIGHT, WIDTH, 3), (70, 90, 160), np.uint8)
    stillness.keyframe(OPS, np.ones((1, SIDE, SIDE), np.float32), look(pixels), 0)
    assert stillness.held(OPS, look(pixels), FRAME_NS) is not None
    cv2.rectangle(pixels, (0, 0), (24, 80), (190, 180, 150), -1)
    assert stillness.held(OPS, look(pixels), FRAME_NS) is None


def test_more_light_moves_nothing() -> None:
    assert after_a_keyframe().held(OPS, look(np.clip(scene()[0].astype(int) + 20, 0, 255)), FRAME_NS) is not None


def test_slow_movement_adds_up() -> None:
    """Each frame is compared with the keyframe, not with the one before."""
    stillness = after_a_keyframe()
    held = []
    for step in range(40):
        turn = np.float32([[1, 0, 0.2 * step], [0, 1, 0]])
        pixels = cv2.warpAffine(scene()[0], turn, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
        held.append(stillness.held(OPS, look(pixels), FRAME_NS) is not None)
    assert held[0]
    assert not held[-1]


def test_the_rest_ends_after_a_while_whatever_is_seen() -> None:
    stillness = after_a_keyframe()
    luma = look(scene()[0])
    assert stillness.held(OPS, luma, LONGEST_REST_NS) is not None
    assert stillness.held(OPS, luma, LONGEST_REST_NS + 1) is None
    assert stillness.held(OPS, luma, -1) is None, "time ran backwards: another stream"


def test_settled_after_some_keyframes_that_show_the_same() -> None:
    stillness = Stillness()
    for number in range(SETTLED):
        stillness.keyframe(OPS, matte(), look(scene()[0], 3.0, number), number * FRAME_NS)
        assert not stillness.settled
    stillness.keyframe(OPS, matte(), look(scene()[0], 3.0, 50), SETTLED * FRAME_NS)
    assert stillness.settled
    stillness.keyframe(OPS, matte(), look(np.roll(scene()[0], 20, axis=1)), (SETTLED + 1) * FRAME_NS)
    assert not stillness.settled


def test_another_size_or_a_reset_is_nothing_to_compare_with() -> None:
    stillness = after_a_keyframe()
    assert stillness.held(OPS, np.zeros((1, 64, 64), np.float32), FRAME_NS) is None
    stillness.reset()
    assert stillness.held(OPS, look(scene()[0]), FRAME_NS) is None


def test_in_the_dark_nothing_can_be_told() -> None:
    """Noise so strong that a movement would drown in it: the network goes on."""
    assert after_a_keyframe(90.0).held(OPS, look(scene()[0], 90.0), FRAME_NS) is None
