"""Other clothes: the body's fabric changes; head, skin, surroundings, and the matte do not."""

import cv2
import numpy as np
import pytest

from u2live.training.clothing import in_other_clothes
from u2live.training.pictures import Picture

SKIN = (130, 160, 225)
GREEN = (40, 200, 40)


def standing(shirt: tuple[int, int, int] = (150, 60, 40)) -> Picture:
    """A head of skin over a body in one colour, 60×150 in a picture of 120×160, before grey."""
    image = np.full((160, 120, 3), 128, np.uint8)
    alpha = np.zeros((160, 120), np.uint8)
    cv2.rectangle(image, (35, 30), (84, 154), shirt, -1)
    cv2.rectangle(alpha, (35, 30), (84, 154), 255, -1)
    cv2.circle(image, (60, 18), 13, SKIN, -1)
    cv2.circle(alpha, (60, 18), 13, 255, -1)
    return Picture("standing", image, alpha[..., None], (35, 5, 85, 155))


@pytest.mark.parametrize("seed", range(8))
def test_the_body_wears_the_fabric_and_nothing_else_changes(seed: int) -> None:
    person = standing()
    before = person.image.copy()
    fabric = np.full((90, 70, 3), GREEN, np.uint8)
    dressed = in_other_clothes(person, fabric, np.random.default_rng(seed))
    np.testing.assert_array_equal(person.image, before)
    np.testing.assert_array_equal(dressed.mattes, person.mattes)
    assert dressed.box == person.box
    outside = person.mattes[..., 0] == 0
    np.testing.assert_array_equal(dressed.image[outside], person.image[outside])
    np.testing.assert_array_equal(dressed.image[:28], person.image[:28])
    chest = dressed.image[70:150, 40:80].reshape(-1, 3).mean(0)
    assert chest.argmax() == 1


def test_skin_below_the_head_stays_skin() -> None:
    person = standing()
    cv2.rectangle(person.image, (40, 100), (80, 125), SKIN, -1)
    dressed = in_other_clothes(person, np.full((90, 70, 3), GREEN, np.uint8), np.random.default_rng(1))
    np.testing.assert_allclose(dressed.image[105:120, 46:74].astype(int), np.broadcast_to(SKIN, (15, 28, 3)), atol=2)


def test_folds_stay() -> None:
    """What was darker in the old clothes is darker in the new ones."""
    person = standing()
    person.image[90:110, 35:85] //= 2
    dressed = in_other_clothes(person, np.full((90, 70, 3), GREEN, np.uint8), np.random.default_rng(2)).image
    assert dressed[95:105, 45:75].mean() < 0.8 * dressed[120:140, 45:75].mean()


def test_a_person_of_a_few_pixels_is_no_error() -> None:
    image = np.full((6, 5, 3), 90, np.uint8)
    alpha = np.zeros((6, 5, 1), np.uint8)
    alpha[2:4, 2:3] = 255
    dressed = in_other_clothes(Picture("tiny", image, alpha, (2, 2, 3, 4)), image[:1, :1], np.random.default_rng(0))
    assert dressed.image.shape == image.shape
