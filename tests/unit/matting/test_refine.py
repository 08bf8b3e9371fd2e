"""The edge follows the picture, stays soft, glows nowhere, and moves by what the settings say."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.matting.scenes import HEIGHT, OPS, WIDTH, from_network, scene
from u2live.matting.matter import finish, small_views
from u2live.matting.refine import WORKING_SIDE, feather, move_edge, working_factor
from u2live.settings import MatteSettings


def refined(pixels: np.ndarray, matte: np.ndarray, **changes: float) -> np.ndarray:
    settings = MatteSettings(**{"steadiness": 0.0, **changes})  # type: ignore[arg-type]
    alpha, _ = finish(OPS, matte, small_views(OPS, pixels, matte.shape[1])[0], pixels, settings)
    assert isinstance(alpha, np.ndarray)
    assert alpha.shape == pixels.shape[:2]
    assert alpha.dtype == np.float32
    assert alpha.min() >= 0
    assert alpha.max() <= 1
    return alpha


def test_the_edge_follows_the_picture() -> None:
    pixels, truth = scene()
    matte = from_network(truth)
    errors = [np.abs(refined(pixels, matte, detail=detail) - truth).mean() for detail in (0.0, 0.6, 1.0)]
    enlarged = np.abs(cv2.resize(matte[0], (WIDTH, HEIGHT)) - truth).mean()
    assert errors[0] < enlarged
    assert errors[1] < 0.5 * errors[0]
    assert errors[2] < errors[1]


CAMERAS = [(640, 480), (800, 600), (848, 480), (960, 540), (1024, 576), (1280, 720), (1280, 800), (1440, 1080)]
CAMERAS += [(1920, 1080), (1920, 1200), (2304, 1296), (2560, 1440), (2592, 1944), (3840, 2160), (4096, 2160)]


@pytest.mark.parametrize(("width", "height"), CAMERAS)
def test_what_cameras_give_has_a_working_picture_of_whole_pixels(width: int, height: int) -> None:
    """Only then the outline alone needs the frame's own pixels."""
    factor = working_factor(height, width)
    assert (width % factor, height % factor) == (0, 0)
    assert 0.5 * WORKING_SIDE < width / factor <= WORKING_SIDE


@given(height=st.integers(1, 5000), width=st.integers(1, 5000))
def test_the_working_picture_is_small_and_no_smaller_than_it_must_be(height: int, width: int) -> None:
    factor = working_factor(height, width)
    side = max(height, width)
    assert side <= factor * WORKING_SIDE
    assert factor <= 1.5 * -(-side // WORKING_SIDE)


def test_nothing_glows_away_from_the_edge() -> None:
    pixels, truth = scene(noise=6.0)
    alpha = refined(pixels, from_network(truth))
    reach = np.ones((61, 61), np.uint8)
    assert alpha[cv2.dilate(truth, reach) == 0].max() == 0
    assert alpha[cv2.erode(truth, reach) == 1].min() == 1


def test_indecision_in_flat_places_becomes_a_decision() -> None:
    pixels = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    for value, expected in ((0.2, 0), (0.8, 1)):
        np.testing.assert_allclose(refined(pixels, np.full((1, 96, 96), value, np.float32)), expected, atol=1e-6)


def test_no_stairs_along_an_edge_the_picture_does_not_show() -> None:
    """Subject and wall of one colour: all there is to see is the matte, which must then come out smooth."""
    rows, columns = np.mgrid[:96, :96].astype(np.float32)
    matte = np.clip((columns - 0.3 * rows - 30) / 2 + 0.5, 0, 1)[None]
    alpha = refined(np.full((HEIGHT, WIDTH, 3), 120, np.uint8), matte)
    crossing = np.array([np.interp(0.5, row, np.arange(WIDTH)) for row in alpha[20:-20]])
    line = np.polyval(np.polyfit(np.arange(len(crossing)), crossing, 1), np.arange(len(crossing)))
    assert np.abs(crossing - line).max() < 1.0


@pytest.mark.parametrize("size", [(1, 1), (1, 200), (200, 1), (37, 53), (333, 777), (721, 1283)])
def test_any_size(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, (*size, 3), np.uint8)
    refined(pixels, rng.random((1, 64, 64), np.float32), grow=5.0, softness=8.0)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_empty_and_full_stay(value: float) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (90, 160, 3), np.uint8)
    matte = np.full((1, 64, 64), value, np.float32)
    assert (refined(pixels, matte, grow=10.0, softness=10.0) == value).all()


def test_a_region_changes_nothing() -> None:
    """Only part of the frame is worked on; the same picture with a size that forbids this gives the same alpha."""
    pixels, truth = scene()
    pixels, truth = pixels[:, :400], truth[:, :400]  # the subject touches one side
    whole = np.pad(pixels, ((0, 1), (0, 0), (0, 0)), mode="edge")  # 361 rows are no multiple
    matte = from_network(truth)
    part = refined(pixels, matte)
    everything = refined(whole, matte)[:HEIGHT]
    assert np.abs(part - everything).mean() < 0.002


def half(edge: float = 50.0) -> np.ndarray:
    return np.clip(np.arange(100, dtype=np.float32) - edge + 0.5, 0, 1)[None, None].repeat(40, axis=1)


def place(alpha: np.ndarray) -> float:
    """Where the edge lies, in pixels from the left."""
    return 100 - float(alpha[0, 20].sum())


@pytest.mark.parametrize("pixels", [-12.0, -3.0, -0.5, 0.7, 2.0, 9.5])
def test_the_edge_moves_by_so_many_pixels(pixels: float) -> None:
    before = half()
    after = move_edge(OPS, before, pixels)
    assert place(before) - place(after) == pytest.approx(pixels, abs=0.6)
    assert ((after >= before) if pixels > 0 else (after <= before)).all()


def test_growing_nothing_changes_nothing() -> None:
    before = half()
    np.testing.assert_array_equal(move_edge(OPS, before, 0.0), before)


@pytest.mark.parametrize("width", [4.0, 10.0, 20.0])
def test_the_feather_grows_outward_and_ends(width: float) -> None:
    before = half()
    after = feather(OPS, before, width)
    assert (after >= before - 1e-6).all()
    row = after[0, 20]
    assert row[: int(50 - width - 2)].max() == pytest.approx(0, abs=1e-6)
    assert 0.02 < row[int(50 - width / 2)] < 0.6
    assert (np.diff(row) >= -1e-6).all()


def test_white_print_at_the_outline_is_not_cut_out_before_a_white_wall() -> None:
    """A black sleeve with white bars that begin four pixels inside its edge, the wall as white as they are."""
    pixels = np.full((HEIGHT, WIDTH, 3), 225, np.uint8)
    truth = np.zeros((HEIGHT, WIDTH), np.float32)
    truth[:, 200:420] = 1
    pixels[:, 200:420] = 25
    pixels[60:300:24, 204:230] = pixels[61:300:24, 204:230] = pixels[62:300:24, 204:230] = 225
    pixels[60:300:24, 390:416] = pixels[61:300:24, 390:416] = pixels[62:300:24, 390:416] = 225
    alpha = refined(pixels, from_network(truth, 256))
    assert alpha[20:-20, 204:416].min() > 0.88
    assert alpha[20:-20, :192].max() == 0


def test_where_the_colours_tell_nothing_the_edge_stays_as_sharp_as_the_matte() -> None:
    """A textured grey shirt before a wall of the same grey: their best guess would be a blur over a whole window."""
    rng = np.random.default_rng(4)
    pixels = np.full((HEIGHT, WIDTH, 3), 120.0)
    texture = cv2.resize(rng.normal(0, 30, (45, 80)), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)[..., None]
    truth = np.zeros((HEIGHT, WIDTH), np.float32)
    truth[:, 320:] = 1
    pixels += texture * truth[..., None] + rng.normal(0, 2, pixels.shape)
    alpha = refined(pixels.clip(0, 255).astype(np.uint8), from_network(truth, 256), detail=1.0)
    soft = ((alpha > 0.05) & (alpha < 0.95)).sum(axis=1)[20:-20]
    assert soft.mean() < 8
    assert np.abs(alpha[20:-20].sum(axis=1) - 320).mean() < 3
