"""A matter that rests: no network while nothing moves, and at once when something does."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.matting.scenes import scene
from tests.unit.matting.test_matter import Counting, moving
from u2live.matting.matter import Matter
from u2live.matting.stillness import LONGEST_REST_NS, SETTLED, Stillness
from u2live.settings import MatteSettings
from u2live.types import Frame

FRAME_NS = 33_333_333
SETTINGS = MatteSettings()


def still(count: int, first: int = 0) -> list[Frame]:
    """The same scene through a camera with a little noise."""
    pixels = scene()[0].astype(np.float32)
    noise = np.random.default_rng(first).normal(0, 2, (count, *pixels.shape))
    seen = np.clip(pixels + noise, 0, 255).astype(np.uint8)
    return [Frame(first + number, (first + number) * FRAME_NS, seen[number]) for number in range(count)]


@pytest.mark.parametrize("tensors", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_the_network_rests_while_nothing_moves_and_looks_again_after_a_while(tensors: bool) -> None:
    engine = Counting(tensors=tensors)
    matter = Matter(engine, stillness=Stillness())
    keyframes = [matter.matte(frame, SETTINGS).keyframe for frame in still(40)]
    assert all(keyframes[: SETTLED + 1])
    rest = round(LONGEST_REST_NS / FRAME_NS)
    assert not any(keyframes[SETTLED + 1 : SETTLED + rest])
    assert sum(keyframes[SETTLED + 1 :]) == (len(keyframes) - SETTLED - 1) // (rest + 1)
    assert len(engine.seen) == sum(keyframes)


def test_a_rested_matte_is_the_keyframes_on_this_very_picture() -> None:
    matter, every = Matter(Counting(), stillness=Stillness()), Matter(Counting())
    for frame in still(12):
        rested, looked = matter.matte(frame, SETTINGS), every.matte(frame, SETTINGS)
    assert not rested.keyframe
    assert rested.frame is looked.frame
    assert np.abs(rested.alpha - looked.alpha).mean() < 0.02


def test_what_moves_wakes_it_at_once() -> None:
    matter = Matter(Counting(), stillness=Stillness())
    for frame in still(10):
        before = matter.matte(frame, SETTINGS)
    assert not before.keyframe
    moved = np.roll(before.frame.pixels, 12, axis=1)
    assert matter.matte(Frame(10, 10 * FRAME_NS, moved), SETTINGS).keyframe


def test_what_always_moves_has_the_network_on_every_frame() -> None:
    matter = Matter(Counting(), stillness=Stillness())
    assert all(matter.matte(frame, SETTINGS).keyframe for frame in moving(12))


def test_between_keyframes_a_still_picture_needs_no_motion_search() -> None:
    """A frame that moved and came back has the keyframe's matte again, not one that was carried there and back."""
    matter = Matter(Counting(), keyframe_interval=4, stillness=Stillness())
    frames = still(3)
    first = matter.matte(frames[0], SETTINGS)
    away = Frame(1, FRAME_NS, np.roll(frames[0].pixels, 16, axis=1))
    assert not matter.matte(away, SETTINGS).keyframe
    back = matter.matte(Frame(2, 2 * FRAME_NS, frames[0].pixels), SETTINGS)
    assert not back.keyframe
    np.testing.assert_array_equal(back.alpha, first.alpha)


def test_after_a_reset_it_does_not_rest() -> None:
    matter = Matter(Counting(), stillness=Stillness())
    for frame in still(8):
        assert matter.matte(frame, SETTINGS).keyframe == (frame.index <= SETTLED)
    matter.reset()
    assert matter.matte(still(1, first=8)[0], SETTINGS).keyframe
