"""Other clothes on the same person: what makes a body a person's is the head, arms and legs around it, not its fabric.

Pictures of garments with nobody in them teach a network that fabric is not a person, and it soon leaves out jackets and
patterned shirts of people, too. The same fabrics on people are the counterweight.
"""

from __future__ import annotations

import cv2
import numpy as np

from u2live.training.pictures import Picture

STANDING = 2.0  # a figure this many times as tall as wide shows its legs: its head is a small part of it
HEAD_OF_STANDING = 0.17
HEAD_OF_PORTRAIT = 0.52
SKIN_CR = (135, 180)
SKIN_CB = (80, 130)


def in_other_clothes(person: Picture, fabric: np.ndarray, rng: np.random.Generator) -> Picture:
    """`person` with `fabric` (H×W×3 uint8) below the head, folds and shade kept, skin left as it is; mattes unchanged."""
    x0, y0, x1, y1 = person.box
    body = person.image[y0:y1, x0:x1]
    where = _clothed(body, person.mattes[y0:y1, x0:x1, 0], rng)[..., None]
    light = cv2.cvtColor(body, cv2.COLOR_BGR2GRAY).astype(np.float32)
    usual = float((light * where[..., 0]).sum() / (where.sum() + 1.0)) + 1.0
    shade = np.clip(light / usual, 0.4, 1.6)[..., None]
    cloth = _cut(fabric, (x1 - x0, y1 - y0), rng).astype(np.float32) * shade
    weight = where * rng.uniform(0.6, 1.0)
    image = person.image.copy()
    image[y0:y1, x0:x1] = np.clip(body * (1 - weight) + cloth * weight, 0, 255).astype(np.uint8)
    return Picture(person.name, image, person.mattes, person.box)


def _clothed(body: np.ndarray, alpha: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """[H, W] float32 in [0, 1]: the subject below its head, where it is not the colour of skin."""
    height, width = alpha.shape
    head = HEAD_OF_STANDING if height > STANDING * width else HEAD_OF_PORTRAIT
    chin = height * head * rng.uniform(0.95, 1.2)
    below = np.clip((np.arange(height, dtype=np.float32)[:, None] - chin) / (0.03 * height + 1), 0, 1)
    tones = cv2.cvtColor(body, cv2.COLOR_BGR2YCrCb)
    skin = cv2.inRange(tones, np.array([40, SKIN_CR[0], SKIN_CB[0]]), np.array([255, SKIN_CR[1], SKIN_CB[1]]))
    skin = cv2.blur(cv2.morphologyEx(skin, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)), (3, 3))
    where: np.ndarray = (alpha.astype(np.float32) / 255) * below * (1 - skin.astype(np.float32) / 255)
    return where


def _cut(fabric: np.ndarray, size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """A piece out of the middle of `fabric`, where a garment mostly lies, at `size` (width, height)."""
    height, width = fabric.shape[:2]
    share = rng.uniform(0.3, 0.7)
    left, top = (rng.uniform(0.3, 0.7, 2) * (1 - share) * np.array([width, height])).astype(int)
    piece = fabric[top : top + max(2, int(height * share)), left : left + max(2, int(width * share))]
    return cv2.resize(piece, size, interpolation=cv2.INTER_LINEAR)
