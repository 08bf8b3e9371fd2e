"""Half precision is taken where it says the same about people, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from u2live.matting import openvino_core
from u2live.matting.half_precision import HEIGHT, TOLERANCE, WIDTH, bears_half, probes
from u2live.matting.openvino_engine import OpenVinoEngine
from u2live.model.registry import person_weights
from u2live.model.weights import read_weights
from u2live.pipeline.fitting import Model
from u2live.pipeline.loading import live_models
from u2live.settings import Settings


def test_the_pictures_are_different_people() -> None:
    pictures = probes()
    assert len(pictures) == 8
    assert {picture.shape for picture in pictures} == {(HEIGHT, WIDTH, 3)}
    assert len({picture.tobytes() for picture in pictures}) == 8


@pytest.mark.parametrize(("off", "taken"), [(0.0, True), (0.9 * TOLERANCE, True), (1.1 * TOLERANCE, False), (np.nan, False)])
def test_one_picture_that_changes_is_one_too_many(off: float, taken: bool) -> None:
    def maps(precision: str, pictures: Sequence[np.ndarray]) -> list[np.ndarray]:
        wrong = [off if precision == "bf16" and number == 3 else 0.0 for number in range(len(pictures))]
        return [np.full((4, 4), value) for value in wrong]

    assert bears_half(maps, "bf16") is taken


def test_without_the_pictures_the_exact_one_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("U2LIVE_ASSETS", str(tmp_path))
    assert not bears_half(lambda _precision, pictures: [np.zeros(1) for _ in pictures], "bf16")


def _has_bf16() -> bool:
    return "BF16" in openvino_core.core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


needs_bf16 = pytest.mark.skipif(not _has_bf16(), reason="this processor does not compute in bfloat16")


@needs_bf16
@pytest.mark.parametrize(
    "model",
    [pytest.param(each, marks=() if each.name == "u2netn-person" else pytest.mark.slow) for each in live_models(Settings())],
    ids=str,
)
def test_what_comes_with_the_program_bears_it(model: Model) -> None:
    weights = read_weights(person_weights()[model.name])
    assert OpenVinoEngine(weights, model.input_size, device="CPU").info.precision == "bf16"


@needs_bf16
@pytest.mark.slow
@pytest.mark.shared
def test_the_published_network_does_not(u2netp_weights: Path) -> None:
    assert OpenVinoEngine(read_weights(u2netp_weights), device="CPU").info.precision == "fp32"
