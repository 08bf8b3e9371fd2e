"""Frame to matted frame, in NumPy and in torch, with and without the network on every frame."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from tests.unit.matting.scenes import from_network, scene
from u2live.matting.array_ops import NumpyOps, TorchOps
from u2live.matting.engine import EngineInfo
from u2live.matting.matter import Matter, finish, small_views
from u2live.matting.torch_engine import TorchEngine
from u2live.model.u2net import U2NETN
from u2live.model.weights import Weights
from u2live.settings import MatteSettings
from u2live.types import Frame


class Counting:
    """A real engine, with its pictures counted; on request its maps and pictures are torch tensors, as on a GPU."""

    def __init__(self, *, tensors: bool = False) -> None:
        torch.manual_seed(0)
        network = U2NETN(mid=4, outer=8).eval()
        self.inner = TorchEngine(Weights("small", Path("small"), "U2NETN", 64, "person", network, {}))
        self.tensors = tensors
        self.seen: list[np.ndarray] = []
        self.picture: torch.Tensor | None = None

    @property
    def info(self) -> EngineInfo:
        return self.inner.info

    def infer(self, pixels: np.ndarray) -> np.ndarray | torch.Tensor:
        self.seen.append(pixels)
        saliency = self.inner.infer(pixels)
        if self.tensors:
            self.picture = torch.from_numpy(pixels)
            return torch.from_numpy(saliency)
        return saliency

    def close(self) -> None:
        self.inner.close()


def moving(count: int) -> list[Frame]:
    pixels, _ = scene()
    return [Frame(number, number * 33_333_333, np.roll(pixels, 2 * number, axis=1)) for number in range(count)]


def test_every_frame_carries_its_own_matte() -> None:
    engine = Counting()
    matter = Matter(engine)
    for frame in moving(3):
        matted = matter.matte(frame, MatteSettings())
        assert matted.frame is frame
        assert matted.keyframe
        assert engine.seen[-1] is frame.pixels
        assert matted.alpha.shape == frame.pixels.shape[:2]
        assert matted.alpha.dtype == np.float32
        assert matted.foreground.dtype == np.uint8
    assert matter.info.input_size == 64
    matter.close()
    matter.close()


def test_on_a_device_everything_stays_there() -> None:
    on_host = Matter(Counting())
    on_device = Matter(Counting(tensors=True))
    settings = MatteSettings(softness=5.0, grow=3.0)
    for frame in moving(3):
        expected, found = on_host.matte(frame, settings), on_device.matte(frame, settings)
        assert isinstance(found.alpha, torch.Tensor)
        assert isinstance(found.foreground, torch.Tensor)
        assert found.foreground.dtype == torch.float32
        np.testing.assert_allclose(found.alpha.numpy(), expected.alpha, atol=0.02)
        assert np.abs(found.foreground.numpy() - expected.foreground).mean() < 1


@pytest.mark.parametrize("tensors", [False, True])
def test_the_network_runs_on_keyframes_only(tensors: bool) -> None:
    engine = Counting(tensors=tensors)
    matter = Matter(engine, keyframe_interval=3)
    kinds = [matter.matte(frame, MatteSettings()).keyframe for frame in moving(7)]
    assert kinds == [True, False, False, True, False, False, True]
    assert len(engine.seen) == 3


def test_after_a_reset_or_a_cut_the_network_runs_at_once() -> None:
    engine = Counting()
    matter = Matter(engine, keyframe_interval=8)
    frames = moving(5)
    matter.matte(frames[0], MatteSettings())
    assert not matter.matte(frames[1], MatteSettings()).keyframe
    matter.reset()
    assert matter.matte(frames[2], MatteSettings()).keyframe
    stripes = np.zeros_like(frames[3].pixels)
    stripes[:, ::64] = 255
    stripes[:, 200:420] = 255
    assert matter.matte(Frame(3, frames[3].timestamp_ns, 255 - stripes), MatteSettings()).keyframe


@pytest.mark.parametrize("size", [(360, 640), (361, 641), (7, 5), (1, 1)])
def test_numpy_and_torch_agree(size: tuple[int, int]) -> None:
    pixels, truth = scene()
    pixels, truth = (cv2.resize(array, size[::-1], interpolation=cv2.INTER_AREA) for array in (pixels, truth))
    matte = from_network(truth)
    settings = MatteSettings(grow=-4.0, softness=6.0)
    ours, host, device = [], NumpyOps(), TorchOps()
    for ops, array, small in ((host, pixels, matte), (device, torch.from_numpy(pixels), torch.from_numpy(matte))):
        alpha, foreground = finish(ops, small, small_views(ops, array, 96)[0], array, settings)
        ours.append((np.asarray(alpha), np.asarray(foreground, np.float32)))
    (alpha, foreground), (other_alpha, other_foreground) = ours
    assert np.abs(alpha - other_alpha).max() < 0.06  # sizes that are no multiple are averaged over slightly other areas
    assert np.abs(alpha - other_alpha).mean() < 0.001
    assert np.abs(foreground - other_foreground).mean() < 0.5
