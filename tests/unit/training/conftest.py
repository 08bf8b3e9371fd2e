"""Small folders of pictures drawn here: discs on plain ground stand for people."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest


def draw_folder(folder: Path, count: int, *, people: bool, size: tuple[int, int] = (80, 60)) -> Path:
    """`folder`/image and, with people, `folder`/alpha. Returns `folder`."""
    (folder / "image").mkdir(parents=True)
    if people:
        (folder / "alpha").mkdir()
    for number in range(count):
        rng = np.random.default_rng(number)
        width, height = size
        ground = rng.uniform(40, 120, 3)
        image = np.clip(ground + rng.normal(0, 6, (height, width, 3)), 0, 255).astype(np.uint8)
        if people:
            alpha = np.zeros((height, width), np.uint8)
            centre = (int(rng.uniform(0.35, 0.65) * width), int(rng.uniform(0.4, 0.6) * height))
            cv2.circle(alpha, centre, int(height * rng.uniform(0.2, 0.3)), 255, -1)
            image[alpha > 0] = (30, 60, 230)
            cv2.imwrite(str(folder / "alpha" / f"{number:03}.png"), alpha)
        cv2.imwrite(str(folder / "image" / f"{number:03}.png"), image)
    return folder


@pytest.fixture(scope="session")
def people_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_folder(tmp_path_factory.mktemp("people"), 6, people=True)


@pytest.fixture(scope="session")
def empty_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_folder(tmp_path_factory.mktemp("empty"), 4, people=False)
