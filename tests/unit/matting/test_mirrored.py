"""A picture seen twice: what the two looks agree on, and that the second is the first one's mirror image."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from u2live.errors import EngineError
from u2live.matting.engine import Engine, EngineInfo
from u2live.matting.mirrored import MirroredEngine, agreed, mirrored_back
from u2live.matting.preprocess import to_input
from u2live.matting.torch_engine import FusedMapOfTwo, TorchEngine
from u2live.model.u2net import U2NETN
from u2live.model.weights import Weights
from u2live.types import Array

PICTURE = np.random.default_rng(3).integers(0, 256, (64, 64, 3), np.uint8)
MAPS = arrays(np.float32, (4, 5), elements=st.floats(0, 1, width=32))


class Seen:
    """An engine whose map is the picture's first channel, always in the same memory; a GPU, with tensors, for some runs."""

    def __init__(self, runs_on_gpu: int = 0) -> None:
        self.picture: Array | None = None
        self.runs = 0
        self._runs_on_gpu = runs_on_gpu
        self._map = np.zeros((64, 64), np.float32)

    @property
    def info(self) -> EngineInfo:
        on_gpu = self.runs <= self._runs_on_gpu
        return EngineInfo("cuda" if on_gpu and self._runs_on_gpu else "torch", "test", "fp32", 64)

    def infer(self, pixels: np.ndarray) -> Array:
        self.runs += 1
        self.picture = pixels
        self._map[:] = pixels[..., 0] / np.float32(255)
        return torch.from_numpy(self._map) if self.info.name == "cuda" else self._map

    def close(self) -> None: ...


class Square:
    """An engine as wide as its network says, whose map is the picture's first channel; it writes its side into `runs`."""

    def __init__(self, side: int, runs: list[int], on_gpu: bool = False) -> None:
        self.info = EngineInfo("test", "test", "fp32", side)
        self.picture: Array | None = None
        self.closed = False
        self._runs, self._on_gpu = runs, on_gpu

    def infer(self, pixels: np.ndarray) -> Array:
        side = self.info.input_size
        self._runs.append(side)
        self.picture = torch.from_numpy(pixels) if self._on_gpu else None
        seen = cv2.resize(pixels[..., 0] / np.float32(255), (side, side), interpolation=cv2.INTER_AREA)
        return torch.from_numpy(seen) if self._on_gpu else seen

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def weights() -> Weights:
    torch.manual_seed(0)
    network = U2NETN(mid=4, outer=8).eval()
    network.judge_presence()
    return Weights("small", Path("small.safetensors"), "U2NETN", 64, "saliency", network, {})


@pytest.fixture
def network(weights: Weights) -> Engine:
    return TorchEngine(weights)


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


def test_both_looks_in_one_batch_agree_as_two_runs_do(weights: Weights, network: Engine) -> None:
    """Each by its own judgement of who is there."""
    with torch.inference_mode():
        seen = FusedMapOfTwo(weights.network)(torch.from_numpy(to_input(PICTURE, 64))).numpy()
    np.testing.assert_allclose(seen, MirroredEngine(network).infer(PICTURE), atol=1e-5)
    assert np.abs(seen - np.asarray(network.infer(PICTURE))).max() > 1e-3


def test_an_engine_may_use_the_memory_of_its_map_again() -> None:
    np.testing.assert_allclose(MirroredEngine(Seen()).infer(PICTURE), PICTURE[..., 0] / 255, atol=1e-5)


def test_the_picture_is_the_one_that_was_asked_about() -> None:
    engine = Seen()
    twice = MirroredEngine(engine)
    twice.infer(PICTURE)
    assert twice.picture is not None
    np.testing.assert_array_equal(np.asarray(twice.picture), PICTURE)


def person_of(share: float) -> np.ndarray:
    """A picture whose first channel is bright in so large a part of it."""
    picture = np.zeros((64, 80, 3), np.uint8)
    picture[: round(64 * share), :, 0] = 240
    return picture


@pytest.mark.parametrize(("share", "sides"), [(0.1, [32, 64]), (0.3, [32, 64]), (0.5, [32, 32]), (0.9, [32, 32])])
def test_who_does_not_fill_the_picture_gets_a_finer_second_look(share: float, sides: list[int]) -> None:
    runs: list[int] = []
    twice = MirroredEngine(Square(32, runs), Square(64, runs))
    seen = np.asarray(twice.infer(person_of(share)))
    assert runs == sides
    assert twice.info.input_size == 64
    assert seen.shape == (64, 64), "whichever engine looked"
    assert (seen > 0.5).mean() == pytest.approx(share, abs=0.02)


def test_near_the_bound_the_size_stays_what_it_was() -> None:
    runs: list[int] = []
    twice = MirroredEngine(Square(32, runs), Square(64, runs))
    for share in (0.3, 0.43, 0.6, 0.38, 0.3):
        twice.infer(person_of(share))
    assert runs[1::2] == [64, 64, 32, 32, 64]


def test_both_engines_are_closed() -> None:
    engines = Square(32, []), Square(64, [])
    twice = MirroredEngine(*engines)
    twice.close()
    twice.close()
    assert all(engine.closed for engine in engines)


@pytest.mark.parametrize("gpus", [(True, False), (False, True)])
def test_where_one_of_two_engines_lost_its_gpu_its_map_is_taken(gpus: tuple[bool, bool]) -> None:
    twice = MirroredEngine(Square(32, [], gpus[0]), Square(64, [], gpus[1]))
    seen = twice.infer(person_of(0.25))
    assert isinstance(seen, np.ndarray)
    assert seen.shape == (64, 64)
    assert (seen > 0.5).mean() == pytest.approx(0.25, abs=0.02)
    assert twice.picture is None, "it would lie where the map does not"


@pytest.mark.parametrize("runs_on_gpu", [1, 2, 3])
def test_a_gpu_may_fail_at_any_time_and_pictures_are_seen_twice_all_the_same(runs_on_gpu: int) -> None:
    engine = Seen(runs_on_gpu)
    twice = MirroredEngine(engine)
    for _ in range(3):
        np.testing.assert_allclose(np.asarray(twice.infer(PICTURE)), PICTURE[..., 0] / 255, atol=1e-5)
    before = engine.runs
    assert isinstance(twice.infer(PICTURE), np.ndarray)
    assert engine.runs == before + 2
