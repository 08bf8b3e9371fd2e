"""The U²-Net paper's measures over a data set, by pysodmetrics where it has them."""

from __future__ import annotations

from typing import Any

import numpy as np

from u2live.training.mattes import relaxed_boundary_f

BETA_SQUARED = 0.3


class SaliencyMeasures:
    """Adds pictures up. As the measures' authors do, every map is min–max scaled and every truth cut at 128.

    Truths with nothing in them take no part: precision and recall mean nothing there.
    """

    def __init__(self) -> None:
        from py_sod_metrics import (
            MAE,
            Emeasure,
            FmeasureHandler,
            FmeasureV2,
            PrecisionHandler,
            RecallHandler,
            Smeasure,
            WeightedFmeasure,
        )

        curves: dict[str, bool] = {"with_dynamic": True, "with_adaptive": False}
        self._thresholds: Any = FmeasureV2(
            {
                "fm": FmeasureHandler(beta=BETA_SQUARED, **curves),
                "precision": PrecisionHandler(**curves),
                "recall": RecallHandler(**curves),
            }
        )
        self._weighted: Any = WeightedFmeasure(beta=1)
        self._mae: Any = MAE()
        self._structure: Any = Smeasure()
        self._enhanced: Any = Emeasure()
        self._relaxed: list[float] = []

    def add(self, saliency: np.ndarray, truth: np.ndarray) -> None:
        """Both uint8 [H, W] of one size."""
        if truth.max() <= 128:
            return
        for measure in (self._thresholds, self._weighted, self._mae, self._structure, self._enhanced):
            measure.step(pred=saliency, gt=truth)
        scaled = saliency.astype(np.float32) - saliency.min()
        self._relaxed.append(relaxed_boundary_f(scaled / max(1.0, float(scaled.max())), truth / 255))

    def result(self) -> dict[str, float]:
        """`max_f` is the largest F of the mean precision and recall, which is how the paper's authors compute theirs;
        `max_f_of_pictures` the largest mean of the pictures' F, which other papers mean (.014 less on ECSSD). Empty without
        pictures."""
        if not self._relaxed:
            return {}
        curves = self._thresholds.get_results()
        f_curve, precision, recall = (np.asarray(curves[name]["dynamic"]) for name in ("fm", "precision", "recall"))
        precision, recall = _mean(precision), _mean(recall)
        of_means = (1 + BETA_SQUARED) * precision * recall / (BETA_SQUARED * precision + recall + 1e-12)
        enhanced = self._enhanced.get_results()["em"]["curve"]
        return {
            "max_f_of_pictures": float(_mean(f_curve).max()),
            "max_f": float(of_means.max()),
            "mean_f": float(_mean(f_curve).mean()),
            "weighted_f": float(self._weighted.get_results()["wfm"]),
            "mae": float(self._mae.get_results()["mae"]),
            "s_measure": float(self._structure.get_results()["sm"]),
            "mean_e": float(enhanced.mean()),
            "max_e": float(enhanced.max()),
            "relaxed_boundary_f": float(np.mean(self._relaxed)),
        }


def _mean(curves: np.ndarray) -> np.ndarray:
    """Over the pictures, when there still is such an axis."""
    return curves.mean(axis=0) if curves.ndim == 2 else curves
