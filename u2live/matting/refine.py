"""Carries the small matte to the frame along the picture's own edges."""

from __future__ import annotations

import cv2
import numpy as np

from u2live.settings import MatteSettings

RADIUS = 5  # of the window in which matte and colours are related, in working pixels
EDGE_VARIANCE = 4e-4  # colour variance below this is no edge: (5 of 255)²
SURELY_OUT, SURELY_IN = 0.03, 0.97  # the network's float matte hardly reaches 0 and 1: what lies outside is taken as such


def refine(matte: np.ndarray, picture: np.ndarray, pixels: np.ndarray, settings: MatteSettings) -> np.ndarray:
    """matte [S, S] float32, picture h×w×3 float32 (`working_picture`), pixels H×W×3 uint8 → alpha H×W float32 in [0, 1].

    A colour guided filter (He, Sun, Tang, "Guided image filtering", PAMI 2013) whose coefficients are found on the
    working picture and applied to the frame (He, Sun, "Fast guided filter", 2015), but only in the band where the matte
    is undecided: elsewhere alpha is 0 or 1, so nothing can glow there.
    """
    height, width = picture.shape[:2]
    small = cv2.resize(matte, (width, height), interpolation=cv2.INTER_AREA)
    low, high = _reach(small)
    coefficients = guided_coefficients(picture, small, settings.detail)
    return _applied(coefficients, low, high, pixels)


def guided_coefficients(picture: np.ndarray, matte: np.ndarray, detail: float) -> np.ndarray:
    """[h, w, 4] float32: alpha = blue·c0 + green·c1 + red·c2 + c3 with colours in [0, 1].

    `detail` 1 is the guided filter, 0 the matte itself, whatever the colours.
    """
    planes = cv2.split(picture)
    means = [_mean(plane) for plane in planes]
    mean_matte = _mean(matte)
    # Covariance of the colours (symmetric) and of colour with matte, in each window.
    variance = {(i, j): _mean(planes[i] * planes[j]) - means[i] * means[j] for i in range(3) for j in range(i, 3)}
    for i in range(3):
        variance[i, i] += EDGE_VARIANCE
    shared = [_mean(plane * matte) - mean * mean_matte for plane, mean in zip(planes, means, strict=True)]
    slopes = _solved(variance, shared)
    offset = mean_matte - slopes[0] * means[0] - slopes[1] * means[1] - slopes[2] * means[2]
    blended = [detail * _mean(slope) for slope in slopes]
    blended.append(detail * _mean(offset) + (1 - detail) * matte)
    return cv2.merge(blended)


def _solved(variance: dict[tuple[int, int], np.ndarray], shared: list[np.ndarray]) -> list[np.ndarray]:
    """The 3×3 symmetric system of each pixel, by its cofactors."""
    bb, bg, br = variance[0, 0], variance[0, 1], variance[0, 2]
    gg, gr, rr = variance[1, 1], variance[1, 2], variance[2, 2]
    c_bb, c_bg, c_br = gg * rr - gr * gr, gr * br - bg * rr, bg * gr - gg * br
    c_gg, c_gr, c_rr = bb * rr - br * br, bg * br - bb * gr, bb * gg - bg * bg
    scale = 1 / (bb * c_bb + bg * c_bg + br * c_br)
    b, g, r = shared
    return [
        (c_bb * b + c_bg * g + c_br * r) * scale,
        (c_bg * b + c_gg * g + c_gr * r) * scale,
        (c_br * b + c_gr * g + c_rr * r) * scale,
    ]


def _reach(matte: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and highest the alpha may go: what the matte says somewhere within reach. [h, w] float32 each."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * RADIUS + 1, 2 * RADIUS + 1))
    return cv2.erode(matte, kernel), cv2.dilate(matte, kernel)


def _applied(coefficients: np.ndarray, low: np.ndarray, high: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    undecided = ((low < SURELY_IN) & (high > SURELY_OUT)).astype(np.uint8)
    alpha = cv2.resize((low >= SURELY_IN).astype(np.float32), (width, height), interpolation=cv2.INTER_NEAREST)
    where = cv2.findNonZero(cv2.resize(undecided, (width, height), interpolation=cv2.INTER_NEAREST))
    if where is None:  # type: ignore[unreachable,unused-ignore]
        return alpha
    points = where[:, 0]  # [N, 2] x, y
    flat = points[:, 1] * width + points[:, 0]
    sampled = sample(coefficients, points, (width, height))
    colors = pixels.reshape(-1, 3)[flat].astype(np.float32)
    colors *= 1 / 255
    values = sampled[:, 3] + np.einsum("nc,nc->n", sampled[:, :3], colors)
    values -= SURELY_OUT
    values *= 1 / (SURELY_IN - SURELY_OUT)
    np.clip(values, 0, 1, out=values)
    alpha.reshape(-1)[flat] = values
    return alpha


def sample(small: np.ndarray, points: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """`small` [h, w, C ≤ 4] float32 read bilinearly at the frame's `points` [N, 2] (x, y) → [N, C]; size (W, H)."""
    height, width = small.shape[:2]
    columns = 1024  # remap's pictures are less than 32768 wide
    rows = -(-len(points) // columns)
    places = np.zeros((rows * columns, 2), np.float32)
    scale = np.array([width / size[0], height / size[1]], np.float32)
    np.multiply(points, scale, out=places[: len(points)])
    places[: len(points)] += scale / 2 - 0.5
    read = cv2.remap(small, places.reshape(rows, columns, 2), None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return read.reshape(rows * columns, -1)[: len(points)]


def _mean(plane: np.ndarray) -> np.ndarray:
    return cv2.blur(plane, (2 * RADIUS + 1, 2 * RADIUS + 1), borderType=cv2.BORDER_REFLECT)
