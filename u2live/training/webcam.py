"""What a webcam does to a picture: light, white balance, motion, defocus, few pixels, noise, JPEG."""

from __future__ import annotations

import cv2
import numpy as np


def degrade(image: np.ndarray, rng: np.random.Generator, share: float) -> np.ndarray:
    """H×W×3 uint8 BGR → the same as a webcam might have seen it; with probability 1 − `share` only the light changes."""
    image = _light(image, rng)
    if rng.random() > share:
        return image
    kind = rng.random()
    if kind < 0.15:
        image = _motion_blur(image, rng)
    elif kind < 0.3:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.8))
    elif kind < 0.45:
        image = _few_pixels(image, rng)
    if rng.random() < 0.4:
        image = _noise(image, rng)
    if rng.random() < 0.4:
        image = _jpeg(image, rng)
    return image


def in_poor_light(image: np.ndarray, matte: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """An evening without a lamp, or a bright window behind whom `matte` [H, W] float32 in [0, 1] shows."""
    return (in_the_dark if rng.random() < 0.5 else before_a_window)(image, matte, rng)


def in_the_dark(image: np.ndarray, _matte: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The camera turns up its gain, so there is noise."""
    noise = rng.standard_normal(image.shape, dtype=np.float32) * rng.uniform(2.0, 8.0)
    return _clipped(image * rng.uniform(0.1, 0.45) + noise)


def before_a_window(image: np.ndarray, matte: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The camera exposes for the window, and whom `matte` shows is dark."""
    subject = matte[..., None]
    behind = np.minimum(image * rng.uniform(1.0, 1.8) + rng.uniform(0.0, 70.0), 255)
    return _clipped(image * rng.uniform(0.2, 0.6) * subject + behind * (1 - subject))


def beside_a_lamp(image: np.ndarray, matte: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A dark room with a lamp in it, there where `matte` shows the least; its light falls on the wall behind."""
    height, width = matte.shape
    places = [(x * width, y * height) for x in (0.1, 0.9) for y in (0.1, 0.5)]
    x, y = np.arange(width), np.arange(height)[:, None]
    away = [np.hypot(x - left, y - top) / width for left, top in places]
    nearest = min(away, key=lambda distance: float(matte[distance < 0.1].mean()))
    lamp = 400 * np.exp(-((nearest / 0.06) ** 2)) + 60 * np.exp(-((nearest / 0.25) ** 2))
    noise = rng.standard_normal(image.shape, dtype=np.float32) * rng.uniform(2.0, 4.0)
    return _clipped(image * rng.uniform(0.1, 0.25) + (lamp * (1 - matte))[..., None] + noise)


def _clipped(image: np.ndarray) -> np.ndarray:
    pixels: np.ndarray = np.clip(image, 0, 255).astype(np.uint8)
    return pixels


def _light(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Exposure, contrast, gamma, white balance by one table per channel; then saturation."""
    ramp = np.linspace(0.0, 1.0, 256)
    gamma = np.exp(rng.normal(0.0, 0.22))
    gain = np.exp(rng.normal(0.0, 0.15))
    contrast = np.exp(rng.normal(0.0, 0.15))
    lift = rng.normal(0.0, 0.03)
    temperature = rng.normal(0.0, 0.08)
    gains = gain * np.exp(np.array([-temperature, rng.normal(0.0, 0.025), temperature]))
    tables = [np.clip(((ramp**gamma - 0.5) * contrast + 0.5 + lift) * channel, 0.0, 1.0) for channel in gains]
    table = np.stack([np.round(curve * 255).astype(np.uint8) for curve in tables], axis=-1)[None]
    image = cv2.LUT(image, table)
    if rng.random() < 0.4:
        grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        saturation = 0.0 if rng.random() < 0.08 else rng.uniform(0.4, 1.4)
        image = cv2.addWeighted(image, saturation, grey, 1.0 - saturation, 0.0)
    return image


def _motion_blur(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    length = int(rng.integers(3, 10))
    kernel = np.zeros((length, length), np.float32)
    angle = rng.uniform(0, np.pi)
    centre, reach = (length - 1) / 2, (length - 1) / 2
    start = (round(centre - reach * np.cos(angle)), round(centre - reach * np.sin(angle)))
    end = (round(centre + reach * np.cos(angle)), round(centre + reach * np.sin(angle)))
    cv2.line(kernel, start, end, 1.0)
    return cv2.filter2D(image, -1, kernel / kernel.sum())


def _few_pixels(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    height, width = image.shape[:2]
    scale = rng.uniform(0.25, 0.7)
    small = cv2.resize(image, (max(8, int(width * scale)), max(8, int(height * scale))), interpolation=cv2.INTER_AREA)
    how = cv2.INTER_LINEAR if rng.random() < 0.7 else cv2.INTER_CUBIC
    return cv2.resize(small, (width, height), interpolation=how)


def _noise(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Gaussian noise, sometimes in blotches as after a camera's own denoising."""
    height, width = image.shape[:2]
    sigma = rng.uniform(2.0, 14.0)
    grain = 1 if rng.random() < 0.6 else 2
    noise: np.ndarray = rng.standard_normal((height // grain, width // grain, 3), dtype=np.float32) * sigma
    if grain > 1:
        noise = cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR)
    noisy: np.ndarray = np.clip(image + noise, 0, 255).astype(np.uint8)
    return noisy


def _jpeg(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))])[1]
    unpacked = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    assert unpacked is not None
    return unpacked
