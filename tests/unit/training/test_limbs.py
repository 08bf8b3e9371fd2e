"""An arm held out: more of the person than before, in the person's own colours, and nothing else changes."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.training.test_clothing import standing
from u2live.training.limbs import with_a_hand_raised, with_an_arm_out, with_room_beside
from u2live.training.pictures import Picture, box_of

SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS)
def test_the_person_grows_and_the_rest_stays(seed: int) -> None:
    person = standing()
    before, matte = person.image.copy(), person.mattes.copy()
    reaching = with_an_arm_out(person, np.random.default_rng(seed))
    np.testing.assert_array_equal(person.image, before)
    np.testing.assert_array_equal(person.mattes, matte)
    assert (reaching.mattes >= matte).all()
    assert reaching.mattes.dtype == np.uint8
    untouched = (reaching.mattes == matte).all(axis=-1)
    np.testing.assert_array_equal(reaching.image[untouched], before[untouched])
    x0, y0, x1, y1 = reaching.box
    outside = np.ones(matte.shape[:2], bool)
    outside[y0:y1, x0:x1] = False
    assert not (reaching.mattes[outside] > 127).any()


@given(SEEDS)
def test_a_raised_hand_is_before_the_body_and_where_nobody_is_nothing_changes(seed: int) -> None:
    person = with_room_beside(standing())
    waving = with_a_hand_raised(person, np.random.default_rng(seed))
    assert (waving.mattes >= person.mattes).all()
    nobody = waving.mattes[..., 0] == 0
    np.testing.assert_array_equal(waving.image[nobody], person.image[nobody])
    assert waving.box == box_of(waving.mattes[..., 0])
    assert cv2.connectedComponents((waving.mattes[..., 0] > 127).astype(np.uint8))[0] == 2


def test_the_arm_is_joined_to_the_body() -> None:
    grown = 0
    for seed in range(20):
        reaching = with_an_arm_out(standing(), np.random.default_rng(seed))
        pieces = cv2.connectedComponents((reaching.mattes[..., 0] > 127).astype(np.uint8))[0] - 1
        assert pieces == 1
        grown += int((reaching.mattes > 127).sum() > 1.03 * (standing().mattes > 127).sum())
    assert grown > 15


def test_a_sleeve_is_of_the_shirt_or_of_skin() -> None:
    """The body is blue and the head skin, so no pixel of the arm is green, or bluish green as the wall."""
    person = standing()
    person.image[person.mattes[..., 0] == 0] = (60, 250, 60)
    for seed in range(10):
        reaching = with_an_arm_out(person, np.random.default_rng(seed))
        arm = (reaching.mattes[..., 0] == 255) & (person.mattes[..., 0] == 0)
        blue, green, red = reaching.image[arm].astype(int).T
        assert ((green < blue + 10) | (green < red + 10)).mean() > 0.97


def test_a_teachers_matte_gets_the_arm_too() -> None:
    person = standing()
    two = Picture(person.name, person.image, np.repeat(person.mattes, 2, axis=-1), person.box)
    reaching = with_an_arm_out(two, np.random.default_rng(4))
    np.testing.assert_array_equal(reaching.mattes[..., 0], reaching.mattes[..., 1])


@pytest.mark.parametrize("size", [(1, 1), (6, 5), (12, 40)])
def test_what_has_no_shoulder_stays_as_it_is(size: tuple[int, int]) -> None:
    alpha = np.zeros((*size, 1), np.uint8)
    alpha[-1, -1] = 255
    person = Picture("speck", np.full((*size, 3), 90, np.uint8), alpha, (size[1] - 1, size[0] - 1, size[1], size[0]))
    assert with_an_arm_out(person, np.random.default_rng(0)) is person
    assert with_a_hand_raised(person, np.random.default_rng(0)) is person


def test_a_raised_hand_stands_beside_the_head_with_room_between() -> None:
    """In some pictures a row that crosses the head crosses something else of the person, too, and not right beside it."""
    apart = 0
    for seed in range(60):
        matte = with_a_hand_raised(with_room_beside(standing()), np.random.default_rng(seed)).mattes[..., 0] > 127
        before = with_room_beside(standing()).mattes[..., 0] > 127
        head = np.flatnonzero(before.any(axis=1))[0] + np.arange(5, 35)
        starts = (np.diff(matte[head].astype(int), axis=1) == 1).sum(axis=1)
        apart += int((starts > 1).sum() > 8)
    assert apart > 10


@pytest.mark.parametrize(("columns", "grown"), [((30, 70), 100), ((0, 70), 50), ((30, 100), 50), ((0, 100), 0)])
def test_room_is_made_where_the_person_does_not_end_at_the_edge(columns: tuple[int, int], grown: int) -> None:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (60, 100, 3), np.uint8)
    alpha = np.zeros((60, 100, 1), np.uint8)
    alpha[10:, slice(*columns)] = 255
    wider = with_room_beside(Picture("x", image, alpha, (columns[0], 10, columns[1], 60)))
    assert wider.image.shape == (60, 100 + grown, 3)
    assert wider.box == box_of(wider.mattes[..., 0])
    left = wider.box[0] - columns[0]
    np.testing.assert_array_equal(wider.image[:, left : left + 100], image)
    np.testing.assert_array_equal(wider.mattes[:, left : left + 100], alpha)
    assert int((wider.mattes > 127).sum()) == int((alpha > 127).sum())
