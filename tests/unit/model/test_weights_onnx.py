"""The .onnx importer on files written here, byte by byte, as torch's exporter writes them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from u2live.errors import WeightsError
from u2live.model.onnx_import import tensors_from_onnx
from u2live.model.u2net import U2NETN, NestedUNet, fold_batch_norm


def varint(value: int) -> bytes:
    low, high = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + varint(high) if high else bytes([low])


def chunk(number: int, payload: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def tensor(name: str, array: np.ndarray) -> bytes:
    dims = b"".join(varint(1 << 3) + varint(extent) for extent in array.shape)
    return dims + varint(2 << 3) + varint(1) + chunk(8, name.encode()) + chunk(9, array.astype("<f4").tobytes())


def node(kind: str, inputs: list[str], output: str) -> bytes:
    return b"".join(chunk(1, name.encode()) for name in inputs) + chunk(2, output.encode()) + chunk(4, kind.encode())


def exported(network: NestedUNet, path: Path) -> Path:
    """The convolutions and batch norms of `network` in the order in which they really run, under meaningless names."""
    nodes, initializers = [], []

    def hook(module: nn.Module, _inputs: object, _output: object) -> None:
        serial = len(nodes)
        if isinstance(module, nn.Conv2d):
            kind, values = "Conv", [module.weight, module.bias]
        else:
            assert isinstance(module, nn.BatchNorm2d)
            kind, values = "BatchNormalization", [module.weight, module.bias, module.running_mean, module.running_var]
        names = [f"{serial}.{position}" for position in range(len(values))]
        for name, value in zip(names, values, strict=True):
            assert value is not None
            initializers.append(tensor(name, value.detach().numpy()))
        nodes.append(node(kind, [f"out{serial - 1}", *names], f"out{serial}"))

    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.BatchNorm2d):
            module.register_forward_hook(hook)
    with torch.inference_mode():
        network(torch.zeros(1, 3, 64, 64))
    graph = b"".join(chunk(1, each) for each in nodes) + b"".join(chunk(5, each) for each in initializers)
    path.write_bytes(varint(1 << 3) + varint(6) + chunk(2, b"pytorch") + chunk(7, graph))
    return path


def lively(seed: int) -> NestedUNet:
    """A network whose batch norm does something."""
    torch.manual_seed(seed)
    network = U2NETN(mid=4, outer=8).eval()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert module.running_mean is not None
            assert module.running_var is not None
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.2)
            module.running_mean.normal_(std=0.2)
            module.running_var.uniform_(0.5, 2)
    return network


def test_a_file_gives_back_the_network_it_was_made_from(tmp_path: Path) -> None:
    picture = torch.rand(1, 3, 64, 96, generator=torch.Generator().manual_seed(0))
    for folded in (False, True):
        original = lively(4)
        with torch.inference_mode():
            expected = original(picture)
        path = exported(fold_batch_norm(original) if folded else original, tmp_path / "n.onnx")
        imported = U2NETN(mid=4, outer=8).eval()
        imported.load_state_dict(tensors_from_onnx(path, imported), strict=True)
        with torch.inference_mode():
            found = imported(picture)
        assert max(float((one - other).abs().max()) for one, other in zip(found, expected, strict=True)) < 2e-6


def test_another_network_and_damaged_files_are_refused(tmp_path: Path) -> None:
    whole = exported(lively(4), tmp_path / "n.onnx")
    with pytest.raises(WeightsError, match=r"holds another network: stage2\.rebnconvin"):
        tensors_from_onnx(whole, U2NETN(mid=4, outer=12))
    data = whole.read_bytes()
    for share in (0.0, 0.3, 0.7, 0.99):
        (tmp_path / "cut.onnx").write_bytes(data[: int(len(data) * share)])
        with pytest.raises(WeightsError, match=r"cut short|another network"):
            tensors_from_onnx(tmp_path / "cut.onnx", U2NETN(mid=4, outer=8))
    (tmp_path / "text.onnx").write_text("no protobuf at all, only words")
    with pytest.raises(WeightsError, match=r"cut short or no \.onnx"):
        tensors_from_onnx(tmp_path / "text.onnx", U2NETN(mid=4, outer=8))
    with pytest.raises(WeightsError, match="cannot be read"):
        tensors_from_onnx(tmp_path / "none.onnx", U2NETN(mid=4, outer=8))
