"""From drawn light to a photograph: tone, upscaling, vignette, grain, JPEG."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

WIDTH, HEIGHT = 1920, 1080


def tone(linear: np.ndarray, exposure: float = 1.0) -> np.ndarray:
    """Linear RGB → display RGB in [0, 1] with a film's shoulder (Narkowicz's fit of the ACES curve)."""
    x = np.maximum(linear * exposure * 0.8, 0)
    film = x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14)
    return np.clip(film, 0, 1) ** (1 / 2.2)


def disc(radius: int) -> np.ndarray:
    """The blur of a lens wide open: a filled disc that sums to 1."""
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    inside = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    return inside / inside.sum()


def enlarge(picture: np.ndarray) -> np.ndarray:
    """Any float picture → 1920×1080, smooth."""
    return cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)


def quiet(picture: np.ndarray, strength: float = 4.0) -> np.ndarray:
    """Take a render's remaining speckle out (non-local means). RGB in [0, 1]."""
    rounded = np.clip(picture * 255 + 0.5, 0, 255).astype(np.uint8)
    smooth = cv2.fastNlMeansDenoisingColored(rounded, None, strength, strength * 1.5, 5, 21).astype(np.float32) / 255
    # What rounding to bytes took from soft gradients comes back: no bands on a wall.
    return smooth + cv2.GaussianBlur(picture.astype(np.float32) - smooth, (0, 0), 6)


def vignette(picture: np.ndarray, amount: float = 0.22) -> np.ndarray:
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    distance = np.hypot((x / width - 0.5) * 1.1, (y / height - 0.5)) / 0.75
    return picture * (1 - amount * np.clip(distance, 0, 1) ** 2.4)[..., None].astype(np.float32)


def save(path: Path, picture: np.ndarray, *, grain: float = 1.1, quality: int = 84, seed: int = 7) -> None:
    """Display RGB [1080, 1920, 3] in [0, 1] → JPEG, with a grain that also keeps gradients from banding."""
    random = np.random.default_rng(seed)
    speckle = cv2.GaussianBlur(random.standard_normal((HEIGHT, WIDTH, 1)).astype(np.float32), (0, 0), 0.7) * 1.7
    speckle = speckle[..., None] if speckle.ndim == 2 else speckle
    noisy = picture * 255 + speckle * grain + random.uniform(-0.5, 0.5, picture.shape)
    pixels = np.clip(noisy + 0.5, 0, 255).astype(np.uint8)
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1, cv2.IMWRITE_JPEG_PROGRESSIVE, 1]
    done, data = cv2.imencode(".jpg", pixels[..., ::-1], options)
    if not done:
        raise RuntimeError(f"cannot encode {path}")
    path.write_bytes(data.tobytes())
