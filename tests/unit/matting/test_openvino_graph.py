"""The graph that suits a layout computes what the network does, without what is slow there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from u2live.matting import openvino_cache, openvino_core
from u2live.matting.openvino_engine import OpenVinoEngine, _converted, _layout
from u2live.matting.openvino_graph import SMALL, THICK, bilinear_matrix, fold_constants, suit_channels_last
from u2live.model.u2net import U2NETN
from u2live.model.weights import Weights

pytest.importorskip("openvino")
SIDE = 3 * SMALL


@pytest.fixture(scope="module")
def weights() -> Weights:
    """A network whose first side output reads enough channels to be taken apart, with contrast in what it says."""
    torch.manual_seed(0)
    network = U2NETN(mid=4, outer=THICK).eval()
    with torch.no_grad():
        for part in (network.side1, network.side2, network.side5):
            part.weight.mul_(20)
        network.judge_presence()
    return Weights("thick", Path("thick.safetensors"), "U2NETN", SIDE, "person", network, {})


@pytest.fixture(scope="module")
def suited(weights: Weights) -> Any:
    model = _converted(weights, SIDE)
    fold_constants(model)
    suit_channels_last(model)
    return model


def test_it_computes_the_same(weights: Weights, suited: Any) -> None:
    x = torch.randn(1, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        expected = weights.network(x)[0][0, 0].numpy()
    assert np.ptp(expected) > 0.1
    request = openvino_core.core().compile_model(suited, "CPU", {"INFERENCE_PRECISION_HINT": "f32"}).create_infer_request()
    np.testing.assert_allclose(request.infer([x.numpy()])[0], expected, atol=1e-5)


def test_nothing_large_is_copied_or_computed_in_vain(suited: Any) -> None:
    nodes = suited.get_ordered_ops()
    convolutions = [node for node in nodes if node.get_type_name() == "Convolution"]
    assert any(node.output(0).get_shape()[2] < SMALL for node in convolutions)
    large = [node for node in convolutions if node.output(0).get_shape()[2] >= SMALL]
    read = [node.input_value(0).get_node() for node in large]
    assert all(node.get_type_name() != "Concat" or node.get_input_size() == 6 for node in read)
    thin = [node for node in large if node.output(0).get_shape()[1] == 1]
    assert thin
    assert all(node.input_value(0).get_shape()[1] < THICK for node in thin)
    enlarged = [node for node in nodes if node.get_type_name() == "Interpolate"]
    assert enlarged
    assert all(node.output(0).get_shape()[1] > 1 for node in enlarged)


def test_no_constant_is_left_to_compute(suited: Any) -> None:
    computed = [node for node in suited.get_ordered_ops() if node.get_type_name() not in ("Constant", "Parameter")]
    inputs = [[value.get_node().get_type_name() for value in node.input_values()] for node in computed]
    assert computed
    assert all(set(types) != {"Constant"} for types in inputs)


@given(size=st.integers(1, 40), larger=st.integers(1, 90), seed=st.integers(0, 99))
def test_the_matrix_is_torchs_bilinear(size: int, larger: int, seed: int) -> None:
    """In double precision: in single, torch's own positions are off by a hundred thousandth in wide maps."""
    column = torch.randn(1, 1, size, generator=torch.Generator().manual_seed(seed)).double()
    expected = F.interpolate(column, larger, mode="linear", align_corners=False)
    np.testing.assert_allclose(bilinear_matrix(size, larger) @ column[0, 0].numpy(), expected[0, 0].numpy(), atol=1e-6)


class _Core:
    def __init__(self, *capabilities: str) -> None:
        self._capabilities = capabilities

    def get_property(self, _device: str, _name: str) -> tuple[str, ...]:
        return self._capabilities


@pytest.mark.parametrize(
    ("capabilities", "device", "layout"),
    [
        (("BF16", "WINOGRAD", "FP32"), "CPU", "channels-last"),
        (("WINOGRAD", "FP32"), "CPU", "channels-last"),
        (("BF16", "FP32"), "CPU", ""),  # AVX2 with VNNI
        (("WINOGRAD", "FP32"), "GPU.0", ""),
        (("WINOGRAD", "FP32"), "AUTO", ""),
    ],
)
def test_channels_come_last_with_avx512_alone(capabilities: tuple[str, ...], device: str, layout: str) -> None:
    assert _layout(_Core(*capabilities), device) == layout


def test_a_network_for_another_layout_is_not_taken(weights: Weights, tmp_path: Path) -> None:
    names = {openvino_cache.network_file(tmp_path, weights, SIDE, layout).name for layout in ("", "channels-last")}
    assert len(names) == 2


def test_the_engine_answers_alike_in_either_layout(
    weights: Weights, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    picture = np.random.default_rng(3).integers(0, 256, (90, 120, 3), np.uint8)
    maps = []
    for layout in ("", "channels-last"):
        monkeypatch.setenv("U2LIVE_CACHE_DIR", str(tmp_path / f"cache{layout}"))
        monkeypatch.setattr("u2live.matting.openvino_engine._layout", lambda _core, _device, layout=layout: layout)
        maps.append(OpenVinoEngine(weights, precision="fp32").infer(picture))
    np.testing.assert_allclose(maps[0], maps[1], atol=1e-5)
