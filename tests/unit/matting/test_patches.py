"""Working on the tiles along the outline gives what working on the whole frame gives."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.matting.scenes import from_network, scene
from u2live.matting import matter
from u2live.matting.array_ops import ArrayOps, NumpyOps, Stack
from u2live.matting.matter import finish, small_views
from u2live.matting.patches import EdgeTiles, Everything, Patches
from u2live.matting.region import Region, region_of
from u2live.settings import MatteSettings

OPS = NumpyOps()


def whole_frame(ops: ArrayOps, pixels: np.ndarray, lowest: Stack, highest: Stack, region: Region) -> Patches:
    return Everything(ops, pixels)


def everywhere(ops: ArrayOps, matte: Stack, height: int, width: int, least: float, margin: int) -> Region:
    rows, columns = (slice(0, size) for size in matte.shape[1:])
    return Region((rows, columns), (slice(0, height), slice(0, width)), height // matte.shape[1])


@pytest.mark.parametrize("grow", [-6.0, 0.0, 6.0])
@pytest.mark.parametrize("softness", [0.0, 12.0])
@pytest.mark.parametrize("spill", [0.0, 1.0])
def test_the_pictures_are_the_same(monkeypatch: pytest.MonkeyPatch, grow: float, softness: float, spill: float) -> None:
    """Alpha to within 1/255 of what the whole frame gives (far from any edge the windows see less), the colours of what
    is to be seen to within 2 of 255.
    """
    pixels, truth = scene()
    pixels, truth = np.roll(pixels, 240, axis=1), np.roll(truth, 240, axis=1)  # cut by the frame's side
    pixels[100:140, 100:140] = 40  # nothing there
    settings = MatteSettings(grow=grow, softness=softness, spill=spill)
    picture, _ = small_views(OPS, pixels, 96)
    alpha, foreground = finish(OPS, from_network(truth), picture, pixels, settings)
    monkeypatch.setattr(matter, "patches_of", whole_frame)
    monkeypatch.setattr(matter, "region_of", everywhere)
    expected, expected_foreground = finish(OPS, from_network(truth), picture, pixels, settings)
    assert np.abs(alpha - expected).max() <= 1 / 255
    seen = expected > 0.02  # below, the colour is nearly arbitrary and nearly invisible
    assert np.abs(foreground[seen].astype(int) - expected_foreground[seen]).max() <= 2


@pytest.mark.parametrize("size", [(9, 31), (8, 8), (3, 40), (50, 77)])
def test_tiles_hold_the_unsure_and_put_it_back(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(size[1])
    factor = 3
    pixels = rng.integers(0, 256, (size[0] * factor, size[1] * factor, 3), np.uint8)
    unsure = rng.random(size) > 0.97
    unsure[-1, -1] = True
    inside = np.zeros(size, bool)
    region = Region((slice(0, size[0]), slice(0, size[1])), (slice(0, pixels.shape[0]), slice(0, pixels.shape[1])), factor)
    tiles = EdgeTiles(pixels, unsure, inside, region)
    np.testing.assert_array_equal(tiles.whole_pixels(tiles.planes()), pixels)
    whole = OPS.resize(rng.random((1, *size), np.float32), *pixels.shape[:2])
    back = tiles.whole_alpha(tiles.part(whole))[0]
    large = unsure.repeat(factor, axis=0).repeat(factor, axis=1)
    np.testing.assert_array_equal(back[large], whole[0][large])
    assert ((back == whole[0]) | (back == 0)).all()
    small = rng.random((2, *size), np.float32)
    enlarged = OPS.resize(small, *pixels.shape[:2])
    for number in range(2):
        np.testing.assert_allclose(tiles.enlarged(small)[number], tiles.part(enlarged[number : number + 1])[0], atol=1e-6)


def test_solid_places_need_no_tiles() -> None:
    """Only a band along the outline is worked on: here, less than half of the frame."""
    pixels, truth = scene()
    picture, _ = small_views(OPS, pixels, 96)
    matte = OPS.resize(from_network(truth), *picture.shape[1:])
    region = region_of(OPS, matte, *pixels.shape[:2], 0.1, 4)
    near = matte[(slice(None), *region.working)]
    tiles = EdgeTiles(pixels, ((near > 0.1) & (near < 0.9))[0], near[0] >= 0.9, region)
    assert tiles.planes()[0].size < 0.4 * pixels[..., 0].size
    alpha = tiles.whole_alpha(np.zeros_like(tiles.planes()[:1]))[0]
    assert set(np.unique(alpha)) == {0.0, 1.0}
    assert alpha[pixels.shape[0] - 10, pixels.shape[1] // 2] == 1
