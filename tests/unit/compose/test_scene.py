"""The scene: cropping, placing, the layer on top; NumPy and torch agree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from u2live.compose.framing import Crop
from u2live.compose.scene import Staging, cropped, placed
from u2live.settings import SceneSettings, Settings
from u2live.types import Composite, Frame, MattedFrame

HEIGHT, WIDTH = 180, 320


def matted_square(left: int = 140, top: int = 100, side: int = 40) -> MattedFrame:
    """A white square is the person, before a grey ramp."""
    ramp = np.linspace(20, 200, WIDTH).astype(np.uint8)
    pixels = np.repeat(np.repeat(ramp[None, :, None], HEIGHT, axis=0), 3, axis=2)
    alpha = np.zeros((HEIGHT, WIDTH), np.float32)
    alpha[top : top + side, left : left + side] = 1
    pixels[alpha > 0] = 255
    return MattedFrame(Frame(3, 7, pixels), alpha, pixels.copy())


def as_torch(matted: MattedFrame) -> MattedFrame:
    return replace(matted, alpha=torch.from_numpy(matted.alpha), foreground=torch.from_numpy(matted.foreground).float())


def extent(alpha: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero((alpha > 0.5).any(axis=1)), np.flatnonzero((alpha > 0.5).any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def test_nothing_to_do_costs_nothing() -> None:
    matted = matted_square()
    assert Staging(lambda _: None).stage(matted, Settings()) is matted
    composite = Composite(0, 0, matted.frame.pixels)
    assert Staging(lambda _: None).finish(composite, Settings()) is composite


def test_scaled_about_the_lower_edge() -> None:
    left, top, right, bottom = extent(np.asarray(placed(matted_square(top=140), SceneSettings(scale=0.5)).alpha))
    assert (left, top, right, bottom) == (150, 160, 170, 180)


def test_moved_in_shares_of_the_picture() -> None:
    moved = placed(matted_square(), SceneSettings(x=0.25, y=-0.1))
    assert extent(np.asarray(moved.alpha)) == (220, 82, 260, 122)
    assert np.all(np.asarray(moved.foreground)[90:115, 225:255] == 255)
    assert moved.frame is not None
    assert moved.frame.pixels is matted_square().frame.pixels or np.array_equal(
        moved.frame.pixels, matted_square().frame.pixels
    )


def test_what_leaves_the_picture_is_gone() -> None:
    assert float(np.asarray(placed(matted_square(), SceneSettings(x=1.0)).alpha).max()) == 0


def test_cropping_takes_frame_matte_and_foreground_along() -> None:
    crop = cropped(matted_square(left=140, top=70), Crop(0.5, 0.5, 0.5))
    assert extent(np.asarray(crop.alpha)) == (120, 50, 200, 130)
    assert np.all(crop.frame.pixels[60:120, 130:190] == 255)
    assert crop.frame.index == 3
    assert crop.frame.timestamp_ns == 7
    assert crop.frame.pixels[0, 0, 0] == pytest.approx(matted_square().frame.pixels[0, 80, 0], abs=1)


@pytest.mark.parametrize("scene", [SceneSettings(scale=0.6, x=0.2, y=-0.1), SceneSettings(scale=1.4, x=-0.13)])
def test_torch_places_as_numpy_does(scene: SceneSettings) -> None:
    array, tensor = placed(matted_square(), scene), placed(as_torch(matted_square()), scene)
    assert np.abs(np.asarray(array.alpha) - tensor.alpha.numpy()).max() < 0.04  # type: ignore[union-attr]
    inside = np.asarray(array.alpha) > 0.5
    difference = np.abs(np.asarray(array.foreground, np.float32) - tensor.foreground.numpy())[inside]  # type: ignore[union-attr]
    assert np.percentile(difference, 99) < 3
