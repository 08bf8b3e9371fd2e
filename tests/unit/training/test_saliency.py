import numpy as np
import pytest

from u2live.training.saliency import SaliencyMeasures


def test_perfect_maps() -> None:
    truth = np.zeros((64, 64), np.uint8)
    truth[16:48, 20:50] = 255
    measures = SaliencyMeasures()
    measures.add(truth, truth)
    result = measures.result()
    for name in ("max_f", "max_f_of_pictures", "weighted_f", "s_measure", "relaxed_boundary_f"):
        assert result[name] == pytest.approx(1, abs=1e-3), name
    assert result["mae"] == 0


def test_max_f_by_hand() -> None:
    """One map that finds all of the object and as much again beside it: P = 1/2, R = 1."""
    truth = np.zeros((40, 40), np.uint8)
    truth[:, :10] = 255
    found = np.zeros((40, 40), np.uint8)
    found[:, :20] = 255
    measures = SaliencyMeasures()
    measures.add(found, truth)
    result = measures.result()
    assert result["max_f"] == pytest.approx(1.3 * 0.5 / (0.3 * 0.5 + 1), abs=1e-6)
    assert result["mae"] == pytest.approx(0.25)


def test_the_two_ways_to_average_differ() -> None:
    """A perfect map and one that takes everything: the mean of the F is not the F of the mean precision and recall."""
    truth = np.zeros((40, 40), np.uint8)
    truth[:, :20] = 255
    everything = np.full_like(truth, 255)
    everything[0, 0] = 0
    measures = SaliencyMeasures()
    measures.add(truth, truth)
    measures.add(everything, truth)
    result = measures.result()
    assert result["max_f_of_pictures"] == pytest.approx((1 + 1.3 * 0.5 / (0.3 * 0.5 + 1)) / 2, abs=1e-3)
    assert result["max_f"] == pytest.approx(1.3 * 0.75 / (0.3 * 0.75 + 1), abs=1e-3)


def test_maps_are_scaled_and_empty_truths_left_out() -> None:
    truth = np.zeros((40, 40), np.uint8)
    truth[10:30, 10:30] = 255
    measures = SaliencyMeasures()
    measures.add(truth // 5, truth)
    measures.add(truth, np.zeros_like(truth))
    assert measures.result()["mae"] == pytest.approx(0, abs=1e-9)
    assert SaliencyMeasures().result() == {}
