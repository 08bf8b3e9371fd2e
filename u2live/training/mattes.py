"""Measures of mattes, of single pictures and of clips. All take float32 or bool arrays [H, W]; alphas lie in [0, 1]."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

GRADIENT_SIGMA = 1.4
BOUNDARY_TOLERANCE = 0.008
RELAXED_SLACK_PX = 3


@dataclass(frozen=True, slots=True)
class MatteScore:
    """One picture. `iou` at 0.5; `mad`, `mse` mean absolute and squared difference; `gradient` error as in Rhemann et al.;
    `boundary_f` F of the outlines as in DAVIS."""

    iou: float
    mad: float
    mse: float
    gradient: float
    boundary_f: float


def matte_score(alpha: np.ndarray, truth: np.ndarray) -> MatteScore:
    """`alpha` and `truth` float32 [H, W]."""
    difference = alpha - truth
    return MatteScore(
        iou=iou(alpha, truth),
        mad=float(np.abs(difference).mean()),
        mse=float((difference**2).mean()),
        gradient=gradient_error(alpha, truth),
        boundary_f=boundary_f(alpha, truth),
    )


def iou(alpha: np.ndarray, truth: np.ndarray) -> float:
    """Intersection over union above 0.5; 1 when both are empty."""
    ours, theirs = alpha > 0.5, truth > 0.5
    union = np.count_nonzero(ours | theirs)
    return np.count_nonzero(ours & theirs) / union if union else 1.0


def gradient_error(alpha: np.ndarray, truth: np.ndarray) -> float:
    """Sum of squared differences of the gradients' magnitudes, in thousands.

    Rhemann et al., "A perceptually motivated online benchmark for image matting", CVPR 2009: derivatives of a Gaussian
    with σ = 1.4, mattes scaled to [0, 1].
    """
    difference = _gradient(alpha) - _gradient(truth)
    return float((difference**2).sum() / 1000)


def _gradient(alpha: np.ndarray) -> np.ndarray:
    half = int(np.ceil(GRADIENT_SIGMA * np.sqrt(-2 * np.log(np.sqrt(2 * np.pi) * GRADIENT_SIGMA * 0.01))))
    x = np.arange(-half, half + 1, dtype=np.float64)
    gauss = np.exp(-(x**2) / (2 * GRADIENT_SIGMA**2)) / (GRADIENT_SIGMA * np.sqrt(2 * np.pi))
    slope = -x * gauss / GRADIENT_SIGMA**2
    norm = np.sqrt((np.outer(gauss, slope) ** 2).sum())
    pixels = alpha.astype(np.float64)
    across = cv2.sepFilter2D(pixels, cv2.CV_64F, slope / norm, gauss, borderType=cv2.BORDER_REPLICATE)
    down = cv2.sepFilter2D(pixels, cv2.CV_64F, gauss / norm, slope, borderType=cv2.BORDER_REPLICATE)
    magnitude: np.ndarray = np.sqrt(across**2 + down**2)
    return magnitude


def boundary_f(alpha: np.ndarray, truth: np.ndarray) -> float:
    """F of the two outlines at 0.5, matched within 0.8 % of the diagonal.

    Perazzi et al., "A benchmark dataset and evaluation methodology for video object segmentation", CVPR 2016.
    """
    reach = int(np.ceil(BOUNDARY_TOLERANCE * np.hypot(*alpha.shape)))
    return _outline_f(alpha > 0.5, truth > 0.5, reach, beta_squared=1.0)


def relaxed_boundary_f(saliency: np.ndarray, truth: np.ndarray) -> float:
    """relaxFᵇ of the U²-Net paper: outlines at 0.5, matched within 3 pixels, β² = 0.3 (Ehrig and Euzenat, 2005)."""
    return _outline_f(saliency > 0.5, truth > 0.5, RELAXED_SLACK_PX, beta_squared=0.3)


def _outline_f(ours: np.ndarray, theirs: np.ndarray, reach_px: int, beta_squared: float) -> float:
    our_line, their_line = _outline(ours), _outline(theirs)
    if not our_line.any() or not their_line.any():
        return float(our_line.any() == their_line.any())
    precision = (_distance_to(their_line)[our_line] <= reach_px).mean()
    recall = (_distance_to(our_line)[their_line] <= reach_px).mean()
    if precision + recall == 0:
        return 0.0
    return float((1 + beta_squared) * precision * recall / (beta_squared * precision + recall))


def _outline(inside: np.ndarray) -> np.ndarray:
    """The one pixel wide rim that an erosion takes away; the picture's edge is no outline."""
    eroded = cv2.erode(inside.astype(np.uint8), np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    rim: np.ndarray = inside & (eroded == 0)
    return rim


def _distance_to(line: np.ndarray) -> np.ndarray:
    return cv2.distanceTransform((~line).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)


class ClipSteadiness:
    """dtSSD of a clip, frame by frame: 100·√mean(((αₜ − αₜ₋₁) − (gₜ − gₜ₋₁))²), averaged over the frames.

    Erofeev et al., "Perceptually motivated benchmark for video matting", BMVC 2015, scaled as in the video matting papers.
    """

    def __init__(self) -> None:
        self._before: np.ndarray | None = None
        self._errors: list[float] = []

    def add(self, alpha: np.ndarray, truth: np.ndarray) -> None:
        difference = (alpha - truth).astype(np.float32)
        if self._before is not None and self._before.shape == difference.shape:
            self._errors.append(100 * float(np.sqrt(((difference - self._before) ** 2).mean())))
        self._before = difference

    def result(self) -> float | None:
        """None with fewer than two frames."""
        return float(np.mean(self._errors)) if self._errors else None
