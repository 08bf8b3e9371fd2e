"""Drawn things change backgrounds, each kind in its place, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from u2live.training import things
from u2live.training.config import SampleConfig
from u2live.training.pictures import load_folder
from u2live.training.samples import SampleMaker
from u2live.training.things import with_things

SIDE = 96
GREY = np.full((SIDE, SIDE, 3), 128, np.uint8)


@pytest.mark.parametrize("kind", things.KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_is_seen_and_leaves_most_of_the_place_alone(kind: things.Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(things, "KINDS", (kind,))
    changed = [(with_things(GREY, GREY, np.random.default_rng(seed)) != GREY).any(2).mean() for seed in range(30)]
    assert 0.005 < np.mean(changed) < 0.6
    assert np.count_nonzero(changed) > 20, "some lie outside the frame, most do not"


def test_the_place_itself_is_not_changed() -> None:
    place = GREY.copy()
    shown = with_things(place, GREY, np.random.default_rng(1))
    assert (place == GREY).all()
    assert (shown.shape, shown.dtype) == (GREY.shape, GREY.dtype)


def test_nothing_drawn_is_a_person(people_dir, empty_dir) -> None:  # type: ignore[no-untyped-def]
    config = replace(SampleConfig(), natural=0.0, composite=0.0, empty=1.0, things=1.0)
    maker = SampleMaker([load_folder(people_dir), load_folder(empty_dir)], config)
    for seed in range(20):
        assert maker.sample(np.random.default_rng(seed), SIDE).mattes.max() == 0
