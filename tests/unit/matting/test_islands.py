"""Lifeless pieces away from everybody go; hands, second people and whatever moves stay."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from u2live.matting.array_ops import NumpyOps, TorchOps
from u2live.matting.islands import ALIVE_NS, FADE_NS, Islands

SIDE = 128
FRAME_NS = 33_333_333
PERSON = (slice(40, 128), slice(40, 90))
FAR = (slice(30, 60), slice(2, 8))  # a bit of screen at the picture's left edge
CLOSE = (slice(60, 70), slice(92, 100))  # a hand beside the body, its wrist missed


class Room:
    """A still room with grain, the person's matte, and pieces in it that stay or move."""

    def __init__(self, *pieces: tuple[slice, slice]) -> None:
        self._rng = np.random.default_rng(0)
        self._wall = self._rng.random((SIDE, SIDE), np.float32)
        self._matte = np.zeros((SIDE, SIDE), np.float32)
        for piece in (PERSON, *pieces):
            self._matte[piece] = 0.97
        self.islands = Islands()
        self.now_ns = 0

    def frame(self, *, waving: tuple[slice, slice] | None = None, light: float = 0.0) -> np.ndarray:
        """One frame later: what is left of the matte [S, S]."""
        luma = self._wall + self._rng.normal(0, 0.01, self._wall.shape).astype(np.float32) + np.float32(light)
        if waving is not None:
            luma[waving] = self._rng.random(luma[waving].shape, np.float32)
        self.now_ns += FRAME_NS
        return np.asarray(self.islands.cleared(NumpyOps(), self._matte[None], luma[None], self.now_ns)[0])

    def frames(self, seconds: float, **how: object) -> list[np.ndarray]:
        return [self.frame(**how) for _ in range(round(seconds * 1e9 / FRAME_NS))]  # type: ignore[arg-type]

    @property
    def matte(self) -> np.ndarray:
        return self._matte


def test_a_lifeless_piece_far_from_everybody_goes_and_stays_away() -> None:
    room = Room(FAR)
    np.testing.assert_array_equal(room.frame(), room.matte)  # of a single picture nothing is known
    shown = room.frames(2.0)
    gone = round(FADE_NS / FRAME_NS) + 1
    assert all((left[FAR] == 0).all() for left in shown[gone:])
    assert all((left[PERSON] == room.matte[PERSON]).all() for left in shown)


@pytest.mark.parametrize("light", [0.1, -0.1])
def test_a_lamp_switched_on_brings_nothing_to_life(light: float) -> None:
    room = Room(FAR)
    room.frames(1.0)
    assert all((left[FAR] == 0).all() for left in room.frames(1.0, light=light))


def test_what_moves_is_never_touched() -> None:
    room = Room(FAR)
    room.frame()
    for left in room.frames(3.0, waving=FAR):
        np.testing.assert_array_equal(left, room.matte)


def test_a_hidden_piece_that_moves_is_back_in_the_very_frame() -> None:
    room = Room(FAR)
    assert (room.frames(1.0)[-1][FAR] == 0).all()
    np.testing.assert_array_equal(room.frame(waving=FAR), room.matte)


def test_a_hand_held_still_stays_for_seconds_and_a_thing_put_down_goes_at_last() -> None:
    room = Room(FAR)
    room.frames(0.5, waving=FAR)
    for left in room.frames(ALIVE_NS / 1e9 - 0.5):
        np.testing.assert_array_equal(left, room.matte)
    assert (room.frames(2.0)[-1][FAR] == 0).all()


def test_what_is_close_to_the_person_is_theirs() -> None:
    room = Room(CLOSE)
    for left in room.frames(1.0):
        np.testing.assert_array_equal(left, room.matte)


def test_a_second_person_stays_however_still() -> None:
    room = Room((slice(50, 128), slice(100, 126)), (slice(100, 128), slice(0, 22)))
    for left in room.frames(1.0):
        np.testing.assert_array_equal(left, room.matte)


def test_a_chair_that_is_left_alone_is_hidden_too() -> None:
    """The person left: the largest piece is no longer somebody."""
    room = Room(FAR)
    room.frames(0.5)
    room.matte[PERSON] = 0
    assert room.frame()[FAR].max() == 0


def test_after_a_gap_or_another_size_it_begins_anew() -> None:
    room = Room(FAR)
    room.frames(1.0)
    room.now_ns += 5_000_000_000
    np.testing.assert_array_equal(room.frame(), room.matte)
    small = np.full((1, 64, 64), 0.5, np.float32)
    np.testing.assert_array_equal(room.islands.cleared(NumpyOps(), small, small, room.now_ns + FRAME_NS), small)


def test_torch_does_the_same() -> None:
    room, islands = Room(FAR), Islands()
    rng = np.random.default_rng(1)
    luma = rng.random((1, SIDE, SIDE), np.float32)
    for number in range(15):
        on_host = room.islands.cleared(NumpyOps(), room.matte[None], luma, number * FRAME_NS)
        given = torch.from_numpy(room.matte[None]), torch.from_numpy(luma)
        on_device = islands.cleared(TorchOps(), *given, number * FRAME_NS)
        assert isinstance(on_device, torch.Tensor)
        np.testing.assert_allclose(on_device.numpy(), on_host, atol=1e-6)
    assert (on_host[0][FAR] == 0).all()
