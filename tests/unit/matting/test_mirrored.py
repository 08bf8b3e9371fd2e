"""A picture seen twice: what the two looks agree on, and that the second is the first one's mirror image."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from u2live.errors import EngineError
from u2live.matting.engine import Engine, EngineInfo
from u2live.matting.mirrored import MirroredEngine, agreed, mirrored_back
from u2live.matting.torch_engine import TorchEngine
from u2live.model.u2net import U2NETN
from u2live.model.weights import Weights
from u2live.types import Array

PICTURE = np.random.default_rng(3).integers(0, 256, (60, 80, 3), np.uint8)
MAPS = arrays(np.float32, (4, 5), elements=st.floats(0, 1, width=32))


class Seen:
    """An engine whose map is the picture's first channel, always in the same memory; a GPU, with tensors, for some runs."""

    def __init__(self, runs_on_gpu: int = 0) -> None:
        self.picture: Array | None = None
        self.runs = 0
        self._runs_on_gpu = runs_on_gpu
        self._map = np.zeros((60, 80), np.float32)

    @property
    def info(self) -> EngineInfo:
        on_gpu = self.runs <= self._runs_on_gpu
        return EngineInfo("cuda" if on_gpu and self._runs_on_gpu else "torch", "test", "fp32", 32)

    def infer(self, pixels: np.ndarray) -> Array:
        self.runs += 1
        self.picture = pixels
        self._map[:] = pixels[..., 0] / np.float32(255)
        return torch.from_numpy(self._map) if self.info.name == "cuda" else self._map

    def close(self) -> None: ...


@pytest.fixture
def network() -> Engine:
    torch.manual_seed(0)
    return TorchEngine(
        Weights("small", Path("small.safetensors"), "U2NETN", 64, "person", U2NETN(mid=4, outer=8).eval(), {})
    )


@given(MAPS, MAPS)
def test_the_two_agree_between_them_whichever_comes_first(one: np.ndarray, other: np.ndarray) -> None:
    both = agreed(one, other)
    assert (both >= np.minimum(one, other) - 1e-3).all()
    assert (both <= np.maximum(one, other) + 1e-3).all()
    np.testing.assert_array_equal(both, agreed(other, one))
    np.testing.assert_allclose(agreed(torch.from_numpy(one), torch.from_numpy(other)).numpy(), both, atol=1e-6)


@given(MAPS)
def test_who_agrees_is_believed(alpha: np.ndarray) -> None:
    np.testing.assert_allclose(agreed(alpha, alpha), alpha, atol=1e-5)


def test_it_is_the_mean_of_the_logits() -> None:
    one, other = np.array([[0.9, 0.02]], np.float32), np.array([[0.6, 0.5]], np.float32)
    logits = (np.log(one / (1 - one)) + np.log(other / (1 - other))) / 2
    np.testing.assert_allclose(agreed(one, other), 1 / (1 + np.exp(-logits)), atol=1e-5)
    assert agreed(np.ones(1), np.zeros(1)) == pytest.approx(0.5), "a flat contradiction is doubt, not a division by nothing"


def test_mirrored_pictures_have_mirrored_maps(network: Engine) -> None:
    turned = np.ascontiguousarray(PICTURE[:, ::-1])
    twice = MirroredEngine(network)
    np.testing.assert_allclose(mirrored_back(twice.infer(turned)), twice.infer(PICTURE), atol=1e-5)
    assert np.abs(mirrored_back(network.infer(turned)) - np.asarray(network.infer(PICTURE))).max() > 1e-3
    assert twice.info is network.info
    twice.close()
    with pytest.raises(EngineError, match="closed"):
        twice.infer(PICTURE)


def test_an_engine_may_use_the_memory_of_its_map_again() -> None:
    np.testing.assert_allclose(MirroredEngine(Seen()).infer(PICTURE), PICTURE[..., 0] / 255, atol=1e-5)


def test_the_picture_is_the_one_that_was_asked_about() -> None:
    engine = Seen()
    twice = MirroredEngine(engine)
    twice.infer(PICTURE)
    assert twice.picture is PICTURE


@pytest.mark.parametrize("runs_on_gpu", [1, 2, 3])
def test_a_gpu_may_fail_at_any_time_and_pictures_are_seen_twice_all_the_same(runs_on_gpu: int) -> None:
    engine = Seen(runs_on_gpu)
    twice = MirroredEngine(engine)
    for _ in range(3):
        np.testing.assert_allclose(np.asarray(twice.infer(PICTURE)), PICTURE[..., 0] / 255, atol=1e-5)
    before = engine.runs
    assert isinstance(twice.infer(PICTURE), np.ndarray)
    assert engine.runs == before + 2
