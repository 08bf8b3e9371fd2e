"""People cut out and put somewhere else, with the old background's colour taken out of their rim."""

from __future__ import annotations

import cv2
import numpy as np

from u2live.training.geometry import warp
from u2live.training.pictures import Picture

EDGE_PX = 3
RADIUS_PX = 9
COARSE = 3  # light is measured on every third pixel of every third row


def clean_foreground(image: np.ndarray, alpha: np.ndarray, radius: int = RADIUS_PX) -> np.ndarray:
    """The subject's own colour at every pixel, [H, W, 3] float32 in [0, 255], from `image` uint8 and `alpha` float32.

    Blur fusion after Forte, "Approximate fast foreground colour estimation", ICIP 2021, one pass: colours far from the
    edge are spread by a box filter weighted by the matte, then moved to explain the picture.
    """
    pixels = image.astype(np.float32)
    weight = alpha[..., None]
    size = (2 * radius + 1, 2 * radius + 1)
    share = cv2.blur(alpha, size)[..., None]
    inside = cv2.blur(pixels * weight, size) / (share + 1e-4)
    outside = cv2.blur(pixels * (1 - weight), size) / (1 - share + 1e-4)
    moved: np.ndarray = np.clip(inside + weight * (pixels - weight * inside - (1 - weight) * outside), 0, 255)
    return moved


def place_matrix(picture: Picture, size: int, rng: np.random.Generator, smallest: float, largest: float) -> np.ndarray:
    """2×3: where a person goes. Who is cut by the picture's lower edge stands at the frame's; others stand anywhere."""
    height, width = picture.image.shape[:2]
    x0, y0, x1, y1 = picture.box
    cut_below = y1 >= height - EDGE_PX
    cut_sides = x0 <= EDGE_PX or x1 >= width - EDGE_PX
    if cut_below:
        smallest = max(smallest, 0.5 if cut_sides else 0.3)
    tall = np.exp(rng.uniform(np.log(smallest), np.log(largest)))
    scale_y = tall * size / (y1 - y0)
    squeeze = np.clip(np.exp(rng.normal(-0.2, 0.3)), 0.5, 1.4)  # a 16:9 frame squeezed into a square is narrow
    scale_x = scale_y * squeeze * (-1 if rng.random() < 0.5 else 1)
    target_x = rng.uniform(0.05, 0.95) * size
    if cut_below or tall > 1.0:
        top = size - tall * size if cut_below else rng.uniform(0.0, 0.15) * size
        target_top = top + (rng.uniform(0.0, 0.3) * tall * size if cut_below else 0.0)
        target_top = min(target_top, 0.75 * size)
        if target_top < 0 and rng.random() < 0.7:
            target_top = rng.uniform(0.0, 0.12) * size  # taller than the frame: show the head, lose the feet
    else:
        target_top = rng.uniform(0.0, 1.0 - tall) * size + rng.uniform(0.0, 0.1) * size
    angle = np.deg2rad(_lean(rng))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = np.diag([scale_x, scale_y]) @ turn
    anchor = np.array([(x0 + x1) / 2, y0])
    offset = np.array([target_x, target_top]) - linear @ anchor
    return np.hstack([linear, offset[:, None]])


def _lean(rng: np.random.Generator) -> float:
    """In degrees. Mostly upright, now and then far over: an arm or a leg may point anywhere."""
    kind = rng.random()
    if kind < 0.3:
        return float(rng.normal(0.0, 5.0))
    return float(rng.uniform(-60.0, 60.0)) if kind < 0.45 else 0.0


def paste(
    canvas: np.ndarray, mattes: np.ndarray, picture: Picture, matrix: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """`picture`'s person over `canvas` [S, S, 3] uint8 with `mattes` [S, S, C] float32 in [0, 1] → the two anew."""
    size = canvas.shape[0]
    image = warp(picture.image, matrix, size, cv2.BORDER_REPLICATE)
    layers = warp(picture.mattes, matrix, size, cv2.BORDER_CONSTANT)
    truth = _soft(layers[..., 0], rng)
    there = _around(truth)
    foreground = _in_this_light(clean_foreground(image[there], truth[there]), truth[there], canvas, rng)
    weight = truth[there][..., None]
    pasted = canvas.copy()
    pasted[there] = np.clip(foreground * weight + canvas[there] * (1 - weight), 0, 255).astype(np.uint8)
    here = truth > 0.02  # a teacher may have seen others in the old background: they do not come along
    others = [layers[..., channel].astype(np.float32) / 255 * here for channel in range(1, layers.shape[-1])]
    layer = np.stack([truth, *others], axis=-1)
    return pasted, layer + mattes * (1 - layer)


def put_back(
    scene: np.ndarray, image: np.ndarray, layers: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Whom the truth in `layers` [S, S, C] uint8 shows in `image`, before `scene`, the same place with other things in it:
    the two [S, S, 3] uint8 as one, and the mattes, float32 in [0, 1].
    """
    truth = _soft(layers[..., 0], rng)
    weight = truth[..., None]
    foreground = clean_foreground(image, truth)
    shown = np.clip(foreground * weight + scene * (1 - weight), 0, 255).astype(np.uint8)
    # Whom a teacher saw beside the truth is hidden by what now stands there.
    seen = (scene == image).all(axis=2) | (truth > 0.02)
    others = [layers[..., channel].astype(np.float32) / 255 * seen for channel in range(1, layers.shape[-1])]
    return shown, np.stack([truth, *others], axis=-1)


def _around(alpha: np.ndarray) -> tuple[slice, slice]:
    """What `clean_foreground` needs to see of the frame for all that `alpha` [S, S] shows; one pixel where it is empty."""
    left, top, width, height = cv2.boundingRect((alpha > 0).astype(np.uint8))
    down = slice(max(0, top - RADIUS_PX), top + max(1, height) + RADIUS_PX)
    return down, slice(max(0, left - RADIUS_PX), left + max(1, width) + RADIUS_PX)


def _soft(alpha: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A jagged matte made soft and a little tighter, float32 in [0, 1]: its rim is the old background's in part."""
    blurred = cv2.GaussianBlur(alpha, (0, 0), rng.uniform(0.5, 1.3)).astype(np.float32) / 255
    tight: np.ndarray = np.clip((blurred - 0.12) / 0.88, 0, 1)
    return tight


def _in_this_light(foreground: np.ndarray, alpha: np.ndarray, canvas: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The person brought part of the way to the new place's mean and contrast, or given a light of their own."""
    area = float(alpha.sum())
    if area < 16:
        return foreground
    if rng.random() < 0.5:
        mean, spread = _mean_and_spread(foreground[::COARSE, ::COARSE], alpha[::COARSE, ::COARSE])
        there_mean, there_spread = _mean_and_spread(canvas[::COARSE, ::COARSE])
        part = rng.uniform(0.1, 0.6)
        gain = np.clip((there_spread / spread) ** part, 0.6, 1.6)
        lit = (foreground - mean) * gain + mean + part * np.clip(there_mean - mean, -70, 70)
    else:
        lit = foreground * np.exp(rng.normal(0, 0.15)) * np.exp(rng.normal(0, 0.05, 3))
    lit32: np.ndarray = np.clip(lit, 0, 255).astype(np.float32)
    return lit32


def _mean_and_spread(pixels: np.ndarray, weight: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Of every channel of `pixels` [H, W, 3], each counted as often as `weight` [H, W] says; the spread is one too large."""
    flat = pixels.reshape(-1, 3).astype(np.float32)
    shares = np.ones(len(flat), np.float32) if weight is None else weight.reshape(-1)
    total = float(shares.sum()) + 1e-6
    mean = shares @ flat / total
    return mean, np.sqrt(shares @ (flat - mean) ** 2 / total) + 1
