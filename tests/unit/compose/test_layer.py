"""The layer on top: where it lies, what its edge looks like, and files that are none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from u2live.compose.layer import contained
from u2live.compose.scene import Staging
from u2live.settings import SceneSettings, Settings
from u2live.types import Composite, Notice, Size

HEIGHT, WIDTH = 180, 320


def write_layer(path: Path, opacity: int = 255) -> Path:
    layer = np.zeros((90, 160, 4), np.uint8)
    layer[:20, :40] = (0, 0, 255, opacity)
    cv2.imwrite(str(path), layer)
    return path


def test_the_layer_lies_on_top(tmp_path: Path) -> None:
    settings = replace(Settings(), scene=SceneSettings(layer=str(write_layer(tmp_path / "logo.png"))))
    composite = Composite(1, 2, np.full((HEIGHT, WIDTH, 3), 90, np.uint8))
    out = Staging(lambda _: None).finish(composite, settings)
    assert tuple(out.pixels[10, 10]) == (0, 0, 255)
    assert tuple(out.pixels[150, 300]) == (90, 90, 90)
    assert (out.index, out.timestamp_ns) == (1, 2)
    assert composite.pixels.min() == 90


def test_over_a_transparent_composite_the_layer_is_opaque(tmp_path: Path) -> None:
    settings = replace(Settings(), scene=SceneSettings(layer=str(write_layer(tmp_path / "logo.png", 128))))
    nothing = Composite(0, 0, np.zeros((HEIGHT, WIDTH, 3), np.uint8), np.zeros((HEIGHT, WIDTH), np.uint8))
    out = Staging(lambda _: None).finish(nothing, settings)
    assert out.alpha is not None
    assert abs(int(out.alpha[10, 10]) - 128) <= 1
    assert out.pixels[10, 10, 2] > 250
    assert out.alpha[150, 300] == 0


def test_a_layer_that_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    told: list[Notice] = []
    staging = Staging(told.append)
    settings = replace(Settings(), scene=SceneSettings(layer=str(tmp_path / "gone.png")))
    composite = Composite(0, 0, np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    assert staging.finish(composite, settings) is composite
    assert staging.finish(composite, settings) is composite
    assert len(told) == 1
    assert "gone.png" in told[0].message


@pytest.mark.parametrize("side", [300, 45])
def test_the_edge_has_the_colour_of_what_is_seen_not_of_what_is_hidden(side: int) -> None:
    """White, with black under its full transparency, as most programs write it; made smaller and larger."""
    picture = np.zeros((side, side, 4), np.uint8)
    cv2.circle(picture, (side // 2, side // 2), side // 3, (255, 255, 255, 255), -1)
    color, weight = contained(picture, Size(WIDTH, HEIGHT))
    assert ((weight > 0.01) & (weight < 0.99)).sum() > 100
    assert color[weight > 0.01].min() >= 254


@pytest.mark.parametrize("shape", [(1, 4000), (4000, 1)])
def test_a_layer_that_is_a_thin_line_stays_one(shape: tuple[int, int]) -> None:
    _, weight = contained(np.full((*shape, 4), 255, np.uint8), Size(WIDTH, HEIGHT))
    assert weight.shape == (HEIGHT, WIDTH)
    assert weight.any(axis=0).sum() in (1, WIDTH)
    assert weight.any(axis=1).sum() in (1, HEIGHT)


@pytest.mark.parametrize("size", [Size(160, 90), Size(320, 90), Size(321, 181)])
def test_it_is_seen_whole_in_the_middle(size: Size) -> None:
    color, weight = contained(np.full((90, 160, 4), 255, np.uint8), size)
    rows, columns = np.flatnonzero(weight.any(axis=1)), np.flatnonzero(weight.any(axis=0))
    assert abs(rows[0] - (size.height - 1 - rows[-1])) <= 1
    assert abs(columns[0] - (size.width - 1 - columns[-1])) <= 1
    assert len(columns) / len(rows) == pytest.approx(160 / 90, rel=0.02)
    assert color[weight > 0].min() == 255
