"""What stands close to somebody touches them, is seen, and is nobody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from u2live.training import neighbours
from u2live.training.composites import put_back
from u2live.training.config import SampleConfig
from u2live.training.geometry import moved
from u2live.training.neighbours import with_neighbours
from u2live.training.pictures import load_folder
from u2live.training.samples import SampleMaker
from u2live.training.things import Draw

SIDE = 96
GREY = np.full((SIDE, SIDE, 3), 128, np.uint8)
PERSON = (36.0, 24.0, 60.0, 90.0)


@pytest.mark.parametrize("kind", [neighbours._back, neighbours._block, neighbours._pole], ids=lambda kind: kind.__name__)
def test_every_kind_is_seen_close_to_the_person(kind: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "SEATED", 0.0)
    monkeypatch.setattr(neighbours, "_BESIDE", (kind,))
    around = np.zeros((SIDE, SIDE), bool)
    around[18:96, 30:66] = True
    changed = [(with_neighbours(GREY, GREY, PERSON, np.random.default_rng(seed)) != GREY).any(2) for seed in range(40)]
    assert 0.005 < np.mean(changed) < 0.5
    assert np.count_nonzero([(area & around).any() for area in changed]) >= 36, "most touch the person or nearly do"
    assert np.count_nonzero([(area & ~around).any() for area in changed]) >= 30, "and most reach beyond"


def test_a_chairs_back_is_behind_the_body_and_seen_beside_it() -> None:
    seated = [with_neighbours(GREY, GREY, PERSON, np.random.default_rng(seed)) for seed in range(60)]
    behind = [(scene[70, 44:52] != 128).any(axis=1).all() for scene in seated]
    assert 15 < np.count_nonzero(behind) < 60


def test_the_place_itself_is_not_changed() -> None:
    place = GREY.copy()
    shown = with_neighbours(place, GREY, PERSON, np.random.default_rng(1))
    assert (place == GREY).all()
    assert (shown.shape, shown.dtype) == (GREY.shape, GREY.dtype)


@pytest.mark.parametrize("kind", ["natural", "composite"])
def test_nothing_beside_somebody_is_somebody_and_nothing_hides_them(kind: str, people_dir: Path, empty_dir: Path) -> None:
    """The people of these folders are red discs: as much red is in the picture as the matte says, whatever stands behind."""
    alone = dict.fromkeys(
        ("natural", "composite", "empty", "occluded", "dressed", "reaching", "poor_light", "degraded"), 0.0
    )
    config = replace(SampleConfig(), **{**alone, kind: 1.0, "beside": 1.0, "second_person": 0.0})
    maker = SampleMaker([load_folder(people_dir), load_folder(empty_dir)], config)
    for seed in range(20):
        sample = maker.sample(np.random.default_rng(seed), SIDE)
        inside = sample.mattes[..., 0] > 0.98
        if inside.sum() > 50:
            spread = sample.image[inside].astype(float).std(axis=0).max()
            assert spread < 12, "one colour, so nothing is drawn over the disc"


def test_a_natural_picture_with_something_beside_differs_outside_the_matte_alone(people_dir: Path, empty_dir: Path) -> None:
    """Nothing but `beside` differs; it is drawn last of what a natural picture's view draws."""
    alone = dict.fromkeys(("composite", "empty", "occluded", "dressed", "reaching", "poor_light", "degraded", "things"), 0.0)
    makers = [
        SampleMaker(
            [load_folder(people_dir), load_folder(empty_dir)], replace(SampleConfig(), **alone, natural=1.0, beside=beside)
        )
        for beside in (0.0, 1.0)
    ]
    drawn = 0
    for seed in range(20):
        images, mattes = zip(*(maker._natural(np.random.default_rng(seed), SIDE) for maker in makers), strict=True)
        assert np.abs(mattes[1] - mattes[0]).mean() < 0.03, "the edge is softer, no more"
        different = np.abs(images[1].astype(int) - images[0]).max(axis=2) > 30
        assert not (different & (mattes[1][..., 0] > 0.98)).any()
        drawn += different.mean() > 0.01
    assert drawn >= 15


def test_whom_a_teacher_saw_beside_the_truth_goes_where_a_thing_now_stands() -> None:
    truth, taught = np.zeros((SIDE, SIDE), np.uint8), np.zeros((SIDE, SIDE), np.uint8)
    truth[30:90, 40:60] = 255
    taught[30:90, 20:80] = 255  # an arm on either side that the truth leaves out
    scene = GREY.copy()
    scene[:, 60:] = (200, 30, 30)
    _, mattes = put_back(scene, GREY, np.stack([truth, taught], axis=-1), np.random.default_rng(0))
    assert mattes[60, 50].min() > 0.98
    assert mattes[60, 30].tolist() == [0, 1], "nothing stands there"
    assert mattes[60, 70].tolist() == [0, 0]


def test_moved_goes_around_the_corners() -> None:
    quarter_turn = np.array([[0.0, -2.0, 100.0], [1.0, 0.0, 5.0]])
    assert moved((10, 20, 30, 50), quarter_turn) == (0, 15, 60, 35)
