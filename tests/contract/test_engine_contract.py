"""What every engine promises, checked on every engine that this machine has."""

from __future__ import annotations

import copy
import dataclasses
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from u2live.errors import EngineError
from u2live.matting import openvino_engine, torch_engine
from u2live.matting.engine import Engine
from u2live.matting.mirrored import MirroredEngine, agreed
from u2live.matting.preprocess import shrunk, to_input, to_input_from_camera
from u2live.model.u2net import U2NETN
from u2live.model.weights import Weights, read_weights

TOLERANCE = {"fp32": 1e-4, "bf16": 0.004, "fp16": 0.004}
PICTURE = np.random.default_rng(7).integers(0, 256, (90, 120, 3), np.uint8)

# What OpenVINO makes of a network is made once; the tests that are about making it have a folder of their own.
pytestmark = pytest.mark.usefixtures("second_start")

OpenEngine = Callable[[Weights, int], Engine]


def _torch_cpu(weights: Weights, size: int) -> Engine:
    from u2live.matting.torch_engine import TorchEngine

    return TorchEngine(weights, size)


def _mps(weights: Weights, size: int) -> Engine:
    from u2live.matting.torch_engine import TorchEngine

    return TorchEngine(weights, size, device="mps")


def _cuda(weights: Weights, size: int) -> Engine:
    from u2live.matting.torch_engine import CudaEngine

    return CudaEngine(weights, size)


def _openvino(precision: str) -> OpenEngine:
    def opened(weights: Weights, size: int) -> Engine:
        from u2live.matting.openvino_engine import OpenVinoEngine

        return OpenVinoEngine(weights, size, device="CPU", precision=precision)

    return opened


def _openvino_auto(weights: Weights, size: int) -> Engine:
    from u2live.matting.openvino_engine import OpenVinoEngine

    return OpenVinoEngine(weights, size, device="AUTO")


no_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no NVIDIA GPU")
no_mps = pytest.mark.skipif(not torch.backends.mps.is_available(), reason="no Apple GPU")
ENGINES = [
    pytest.param(_torch_cpu, id="torch-cpu"),
    pytest.param(_openvino("fp32"), id="openvino-fp32", marks=pytest.mark.slow),
    pytest.param(_openvino(""), id="openvino"),
    pytest.param(_openvino_auto, id="openvino-auto", marks=pytest.mark.slow),
    pytest.param(_mps, id="torch-mps", marks=no_mps),
    pytest.param(_cuda, id="cuda", marks=[pytest.mark.gpu, no_gpu]),
]


@pytest.fixture(scope="module", params=["u2netp", pytest.param("u2netp-person-trial", marks=pytest.mark.slow)])
def weights(request: pytest.FixtureRequest, shared: Path) -> Weights:
    """The published network, which eight bits of mantissa are not enough for, and one for which they are."""
    return read_weights(shared / "weights" / f"{request.param}.safetensors")


@pytest.fixture(scope="module")
def pictures(shared: Path) -> list[np.ndarray]:
    folder = shared / "golden" / "official" / "test_images"
    loaded = [cv2.imread(str(path)) for path in sorted(folder.iterdir())[:2]]
    assert all(picture is not None for picture in loaded)
    return [np.asarray(picture) for picture in loaded]


@pytest.fixture(scope="module")
def reference(weights: Weights, pictures: list[np.ndarray], side: int) -> list[np.ndarray]:
    """The network itself in torch fp32, batch norm not folded, without any of the engines' code but the preprocessing."""
    if weights.for_camera:
        pictures = [shrunk(picture, side) for picture in pictures]
    with torch.inference_mode():
        return [weights.network(torch.from_numpy(to_input(picture, side)))[0][0, 0].numpy() for picture in pictures]


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, weights: Weights, side: int, networks: Path) -> Iterator[Engine]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("U2LIVE_CACHE_DIR", str(networks))
        opened = request.param(weights, side)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def tiny() -> Weights:
    """A network that loads in no time."""
    torch.manual_seed(0)
    return Weights("tiny", Path("tiny.safetensors"), "U2NETN", 64, "person", U2NETN(mid=4, outer=8).eval(), {})


@pytest.fixture(scope="module", params=ENGINES)
def tiny_engine(request: pytest.FixtureRequest, tiny: Weights, networks: Path) -> Iterator[Engine]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("U2LIVE_CACHE_DIR", str(networks))
        opened = request.param(tiny, 64)
    yield opened
    opened.close()


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """On a busy machine every hand-over between threads waits its turn."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        for module in (torch_engine, openvino_engine):
            patch.setattr(module, "compute_threads", lambda: 1)
        yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module", params=[160, pytest.param(320, marks=pytest.mark.slow)])
def side(request: pytest.FixtureRequest) -> int:
    """The network's input: the weights' own is 320, a quarter of the work shows the same."""
    return int(request.param)


def as_numpy(saliency: object) -> np.ndarray:
    return saliency.cpu().numpy() if isinstance(saliency, torch.Tensor) else np.asarray(saliency)


@pytest.mark.shared
def test_map_equals_torch_fp32(engine: Engine, side: int, pictures: list[np.ndarray], reference: list[np.ndarray]) -> None:
    for picture, expected in zip(pictures, reference, strict=True):
        saliency = as_numpy(engine.infer(picture))
        assert saliency.shape == (side, side)
        assert saliency.dtype == np.float32
        assert np.abs(saliency - expected).mean() <= TOLERANCE[engine.info.precision]
        assert expected.max() > 0.9  # there was something to find


@pytest.mark.parametrize(("metadata", "for_camera"), [({}, False), ({"meaning": "person"}, True)])
@pytest.mark.parametrize("opened", ENGINES)
def test_pictures_are_shrunk_as_the_network_was_trained(
    opened: OpenEngine, tiny: Weights, metadata: dict[str, str], for_camera: bool
) -> None:
    engine = opened(dataclasses.replace(tiny, metadata=metadata), 64)
    stripes = np.zeros((256, 512, 3), np.uint8)
    stripes[1::4] = stripes[2::4] = 200  # bilinear samples see these rows alone
    gray = np.full_like(stripes, 100)
    stripes[:, :128] = gray[:, :128] = 255
    maps = [as_numpy(engine.infer(picture)) for picture in (stripes, gray)]
    engine.close()
    assert np.array_equal(*maps) is for_camera


@pytest.mark.parametrize(("metadata", "prepare"), [({}, to_input), ({"meaning": "person"}, to_input_from_camera)])
@pytest.mark.parametrize("opened", ENGINES)
def test_poor_light_is_mended_for_networks_that_know_cameras(
    opened: OpenEngine, tiny: Weights, metadata: dict[str, str], prepare: Callable[[np.ndarray, int], np.ndarray]
) -> None:
    dark = np.random.default_rng(6).integers(0, 40, (64, 64, 3), np.uint8)
    dark[:12, :12] = 255
    engine = opened(dataclasses.replace(tiny, metadata=metadata), 64)
    seen = as_numpy(engine.infer(dark))
    tolerance = TOLERANCE[engine.info.precision]
    engine.close()
    with torch.inference_mode():
        right, wrong = (
            tiny.network(torch.from_numpy(made(dark, 64)))[0][0, 0].numpy()
            for made in (prepare, to_input_from_camera if prepare is to_input else to_input)
        )
    assert np.abs(seen - right).mean() <= tolerance
    assert np.abs(seen - wrong).mean() > 2 * np.abs(seen - right).mean()


@pytest.mark.parametrize("size", [(1, 1), (1, 640), (481, 1), (37, 53), (333, 777), (1080, 1920)])
def test_any_size_of_picture(tiny_engine: Engine, size: tuple[int, int]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    saliency = as_numpy(tiny_engine.infer(picture))
    assert saliency.shape == (64, 64)
    assert np.isfinite(saliency).all()
    assert saliency.min() >= 0
    assert saliency.max() <= 1


@pytest.mark.parametrize("value", [0, 255])
def test_black_and_white(tiny_engine: Engine, value: int) -> None:
    assert np.isfinite(as_numpy(tiny_engine.infer(np.full((720, 1280, 3), value, np.uint8)))).all()


def test_a_map_stays_when_the_next_one_comes(tiny_engine: Engine) -> None:
    first = tiny_engine.infer(PICTURE)
    before = as_numpy(first).copy()
    tiny_engine.infer(255 - PICTURE)
    np.testing.assert_array_equal(as_numpy(first), before)


@pytest.mark.parametrize(
    "wrong", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((0, 4, 3), np.uint8), np.zeros((4, 4, 3))]
)
def test_a_wrong_picture_is_the_callers_mistake_and_no_failure(tiny_engine: Engine, wrong: np.ndarray) -> None:
    before = as_numpy(tiny_engine.infer(PICTURE)).copy()
    with pytest.raises(ValueError, match="H×W×3 uint8"):
        tiny_engine.infer(wrong)
    after = as_numpy(tiny_engine.infer(PICTURE))
    np.testing.assert_array_equal(after, before)


def test_a_view_with_strides_is_a_picture(tiny_engine: Engine) -> None:
    mirrored = PICTURE[:, ::-1]
    expected = as_numpy(tiny_engine.infer(np.ascontiguousarray(mirrored)))
    np.testing.assert_array_equal(as_numpy(tiny_engine.infer(mirrored)), expected)


@pytest.mark.parametrize("opened", ENGINES)
def test_close_twice_and_infer_afterwards(opened: OpenEngine, tiny: Weights) -> None:
    engine = opened(tiny, 64)
    assert engine.info.input_size == 64
    assert as_numpy(engine.infer(np.zeros((48, 64, 3), np.uint8))).shape == (64, 64)
    engine.close()
    engine.close()
    with pytest.raises(EngineError, match="closed"):
        engine.infer(np.zeros((48, 64, 3), np.uint8))


@pytest.mark.parametrize("opened", ENGINES)
def test_every_engine_can_look_twice(opened: OpenEngine, tiny: Weights) -> None:
    engine = opened(tiny, 64)
    plain = as_numpy(engine.infer(PICTURE))
    turned = np.ascontiguousarray(PICTURE[:, ::-1])
    turned_plain = as_numpy(engine.infer(turned))[:, ::-1]
    twice = MirroredEngine(engine)
    seen = as_numpy(twice.infer(PICTURE))
    assert np.abs(seen - agreed(plain, turned_plain)).max() <= TOLERANCE[engine.info.precision]
    if engine.picture is not None:
        np.testing.assert_array_equal(as_numpy(engine.picture), PICTURE)
    assert np.abs(as_numpy(twice.infer(turned))[:, ::-1] - seen).max() <= TOLERANCE[engine.info.precision]
    twice.close()


@pytest.mark.gpu
@no_gpu
def test_a_gpu_looks_twice_at_once(tiny: Weights) -> None:
    """What live pictures get, where it is fast enough, is what two runs agree on."""
    from u2live.matting.torch_engine import CudaEngine

    at_once, in_turn = CudaEngine(tiny, 64, looks=2), MirroredEngine(CudaEngine(tiny, 64))
    for picture in (PICTURE, np.ascontiguousarray(PICTURE[:, ::-1])):
        seen = as_numpy(at_once.infer(picture))
        assert np.abs(seen - as_numpy(in_turn.infer(picture))).max() <= TOLERANCE[at_once.info.precision]
        np.testing.assert_array_equal(as_numpy(at_once.picture), picture)
    at_once.close()
    in_turn.close()


@pytest.mark.parametrize("opened", ENGINES)
def test_weights_are_not_changed(opened: OpenEngine, tiny: Weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("U2LIVE_CACHE_DIR", str(tmp_path))
    before = copy.deepcopy(tiny.network.state_dict())
    opened(tiny, 64).close()
    after = tiny.network.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize("opened", ENGINES)
def test_too_small_an_input_is_one_clear_line(opened: OpenEngine, tiny: Weights) -> None:
    with pytest.raises(EngineError, match="at least 32 pixels"):
        opened(tiny, 16)


def test_openvino_telephones_nobody(tiny: Weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("U2LIVE_CACHE_DIR", str(tmp_path))

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was attempted")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    _openvino("fp32")(tiny, 64).close()
