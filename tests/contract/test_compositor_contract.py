"""Both compositors agree, over backgrounds × mattes × sizes."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from u2live.compose.backgrounds import Background
from u2live.compose.compositor import Compositor, make_compositor
from u2live.compose.factory import open_background
from u2live.settings import BackgroundSettings, MatteSettings
from u2live.types import Frame, MattedFrame, Size

torch = pytest.importorskip("torch")

SIZES = [Size(64, 48), Size(161, 97), Size(33, 121), Size(7, 5), Size(1, 1), Size(427, 361)]
MATTES = ["soft", "empty", "full", "noise", "disc", "half"]
BACKGROUNDS = ["color:#00b140", "blur:1", "blur:60", "blur:100", "image", "transparent", "original"]
TOLERANCE = 2  # of 255


DEVICES = [
    pytest.param("cpu"),
    pytest.param("cuda", marks=[pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")]),
]


def matte(kind: str, size: Size) -> np.ndarray:
    rows, columns = np.mgrid[0 : size.height, 0 : size.width]
    radius = np.hypot((rows + 0.5) / size.height - 0.5, (columns + 0.5) / size.width - 0.5)
    kinds = {
        "soft": 1.2 - 2.5 * radius,
        "empty": 0 * radius,
        "full": 0 * radius + 1,
        "noise": np.random.default_rng(size.width).random(radius.shape),
        "disc": (radius < 0.3) * 1.0,
        "half": 0 * radius + 0.5,
    }
    return np.ascontiguousarray(kinds[kind].clip(0, 1), np.float32)


def scene(size: Size, kind: str) -> MattedFrame:
    """Coarse and fine texture, colours up to the limits; the foreground differs from the frame's own pixels."""
    random = np.random.default_rng(size.height)
    coarse = cv2.resize(random.integers(0, 256, (5, 6, 3), dtype=np.uint8), (size.width, size.height))
    fine = random.integers(-90, 90, (size.height, size.width, 3))
    pixels = (coarse.reshape(size.height, size.width, 3) + fine).clip(0, 255).astype(np.uint8)
    foreground = random.integers(0, 256, pixels.shape, dtype=np.uint8)
    return MattedFrame(Frame(7, 40_000_000, pixels), matte(kind, size), foreground)


@pytest.fixture(scope="module", autouse=True)
def one_torch_thread() -> Iterator[None]:
    """Small matrices on a busy machine: more threads only wait for one another."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def image_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backgrounds") / "bright.png"
    assert cv2.imwrite(str(path), np.random.default_rng(1).integers(0, 256, (90, 200, 3), dtype=np.uint8))
    return path


def opened(choice: str, image_path: Path) -> Background:
    return open_background(BackgroundSettings(choice=str(image_path) if choice == "image" else choice))


def as_tensors(matted: MattedFrame, device: str) -> MattedFrame:
    alpha = torch.from_numpy(matted.alpha).to(device)
    foreground = torch.from_numpy(matted.foreground).to(device).float()
    return dataclasses.replace(matted, alpha=alpha, foreground=foreground)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("choice", BACKGROUNDS)
@pytest.mark.parametrize("light_wrap", [0.0, 0.7])
def test_torch_agrees_with_numpy(device: str, choice: str, light_wrap: float, image_path: Path) -> None:
    settings = MatteSettings(light_wrap=light_wrap)
    on_cpu, on_device = make_compositor("numpy"), make_compositor(torch.device(device))
    for size, kind in itertools.product(SIZES, MATTES):
        background = opened(choice, image_path)
        matted = scene(size, kind)
        expected = on_cpu.compose(matted, background, settings)
        got = on_device.compose(as_tensors(matted, device), background, settings)
        where = f"{choice} {size} {kind} light wrap {light_wrap}"
        assert got.pixels.dtype == np.uint8, where
        assert got.pixels.shape == expected.pixels.shape == (size.height, size.width, 3), where
        difference = np.abs(got.pixels.astype(int) - expected.pixels)
        assert difference.max() <= TOLERANCE, where
        assert (got.alpha is None) == (expected.alpha is None), where
        if expected.alpha is not None:
            assert got.alpha is not None
            assert np.abs(got.alpha.astype(int) - expected.alpha).max() <= 1, where
        assert (got.index, got.timestamp_ns) == (expected.index, expected.timestamp_ns) == (7, 40_000_000)


@pytest.mark.parametrize("on", ["numpy", "cpu", "auto"])
@pytest.mark.parametrize("as_tensor", [False, True])
def test_every_compositor_takes_mattes_of_either_kind(on: str, as_tensor: bool, image_path: Path) -> None:
    matted = scene(Size(48, 27), "soft")
    given = as_tensors(matted, "cpu") if as_tensor else matted
    compositor: Compositor = make_compositor(on)
    expected = make_compositor("numpy").compose(matted, opened("blur:60", image_path), MatteSettings())
    got = compositor.compose(given, opened("blur:60", image_path), MatteSettings())
    assert isinstance(got.pixels, np.ndarray)
    assert np.abs(got.pixels.astype(int) - expected.pixels).max() <= TOLERANCE


@pytest.mark.parametrize("on", ["numpy", "cpu"])
@pytest.mark.parametrize("choice", BACKGROUNDS)
def test_nothing_given_is_written_to_and_no_composite_shares_memory_with_the_next(
    on: str, choice: str, image_path: Path
) -> None:
    matted = scene(Size(80, 45), "soft")
    copies = [array.copy() for array in (matted.frame.pixels, matted.alpha, matted.foreground)]
    for array in (matted.frame.pixels, matted.alpha, matted.foreground):
        array.flags.writeable = False
    compositor, background = make_compositor(on), opened(choice, image_path)
    first = compositor.compose(matted, background, MatteSettings(light_wrap=0.5))
    kept = first.pixels.copy()
    second = compositor.compose(matted, background, MatteSettings(light_wrap=0.5))
    for array, copy in zip((matted.frame.pixels, matted.alpha, matted.foreground), copies, strict=True):
        assert np.array_equal(array, copy)
    assert np.array_equal(first.pixels, kept)
    assert choice == "original" or not np.shares_memory(first.pixels, second.pixels)
