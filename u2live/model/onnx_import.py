"""U²-Net's parameters out of a published .onnx file, without the onnx package.

An exported network is a list of nodes in the order in which they ran. Its convolutions therefore come in the order of our
own, and every shape is compared. The batch norm of such a file is usually folded into the convolutions; the names of ours
then get the identity, so that the network computes the same.

The format is protobuf: onnx.proto3 of the ONNX specification names the fields whose numbers stand below.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from u2live.errors import WeightsError
from u2live.model.u2net import NestedUNet

_DTYPES: dict[int, Any] = {1: np.dtype("<f4"), 7: np.dtype("<i8"), 10: np.dtype("<f2"), 11: np.dtype("<f8")}
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


@dataclass(slots=True)
class _Node:
    kind: str = ""
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    tensors: list[np.ndarray] = field(default_factory=list)


def tensors_from_onnx(path: Path, network: NestedUNet) -> dict[str, Tensor]:
    """A state dict for `network` (only its names and shapes are read, so it may lie on the meta device).

    Raises WeightsError when the file is damaged or holds another network.
    """
    try:
        nodes, tensors = _graph(path.read_bytes())
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror or error}") from None
    except (ValueError, IndexError, KeyError, struct.error, UnicodeDecodeError):
        raise WeightsError(f"{path} is cut short or no .onnx file: fetch or copy it again") from None
    convolutions = [node for node in nodes if node.kind == "Conv"]
    norms = {node.inputs[0]: node for node in nodes if node.kind == "BatchNormalization"}
    layers = list(_layers(network))
    if len(convolutions) != len(layers):
        raise WeightsError(f"{path} holds another network: {len(convolutions)} convolutions where U²-Net has {len(layers)}")
    state: dict[str, Tensor] = {}
    shapes = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    try:
        for name, node in zip(layers, convolutions, strict=True):
            weight = tensors[node.inputs[1]]
            bias = tensors[node.inputs[2]] if len(node.inputs) > 2 else np.zeros(weight.shape[:1])
            state[f"{name}.weight"], state[f"{name}.bias"] = _tensor(weight), _tensor(bias)
            if name.endswith("conv_s1"):
                norm = norms.get(node.outputs[0])
                bn = f"{name.removesuffix('conv_s1')}bn_s1."
                _add_norm(state, bn, norm, tensors, shapes[f"{bn}weight"])
    except (KeyError, IndexError):
        raise WeightsError(f"{path} lacks the values of its convolutions: it is not the published file") from None
    for name, shape in shapes.items():
        if tuple(state[name].shape) != shape:
            raise WeightsError(f"{path} holds another network: {name} is {tuple(state[name].shape)}, not {shape}")
    return state


def _layers(network: NestedUNet) -> Iterator[str]:
    """The names of all convolutions in the order in which a forward pass runs them."""
    stages = [*(f"stage{number}" for number in range(1, 7)), *(f"stage{number}d" for number in range(5, 0, -1))]
    for stage in stages:
        depth = network.get_submodule(stage).depth
        assert isinstance(depth, int)
        yield f"{stage}.rebnconvin.conv_s1"
        yield from (f"{stage}.rebnconv{level}.conv_s1" for level in range(1, depth + 1))
        yield from (f"{stage}.rebnconv{level}d.conv_s1" for level in range(depth - 1, 0, -1))
    yield from (f"side{number}" for number in range(1, 7))
    yield "outconv"


def _add_norm(
    state: dict[str, Tensor], prefix: str, norm: _Node | None, tensors: dict[str, np.ndarray], shape: tuple[int, ...]
) -> None:
    if norm is None:
        epsilon = torch.nn.BatchNorm2d(1).eps
        values = [np.ones(shape), np.zeros(shape), np.zeros(shape), np.full(shape, 1 - epsilon)]
    else:
        values = [tensors[name] for name in norm.inputs[1:5]]
    for name, value in zip(("weight", "bias", "running_mean", "running_var"), values, strict=True):
        state[f"{prefix}{name}"] = _tensor(value)
    state[f"{prefix}num_batches_tracked"] = torch.tensor(0)


def _tensor(array: np.ndarray) -> Tensor:
    return torch.from_numpy(array.astype(np.float32))


def _graph(data: bytes) -> tuple[list[_Node], dict[str, np.ndarray]]:
    """ModelProto.graph (7) → its nodes (1) in order, and its tensors by name: initializers (5) and Constant nodes."""
    nodes: list[_Node] = []
    tensors: dict[str, np.ndarray] = {}
    for number, graph in _fields(memoryview(data)):
        if number != 7 or isinstance(graph, int):
            continue
        for part, value in _fields(graph):
            if isinstance(value, int):
                continue
            if part == 1:
                nodes.append(_node(value))
            elif part == 5:
                name, array = _tensor_proto(value)
                tensors[name] = array
    for node in nodes:
        if node.kind == "Constant" and node.tensors:
            tensors[node.outputs[0]] = node.tensors[0]
        elif node.kind == "Identity" and node.inputs[0] in tensors:
            tensors[node.outputs[0]] = tensors[node.inputs[0]]
    return nodes, tensors


def _node(message: memoryview) -> _Node:
    """NodeProto: input (1), output (2), op_type (4), attribute (5), whose tensor is AttributeProto.t (5)."""
    node = _Node()
    for number, value in _fields(message):
        if isinstance(value, int):
            continue
        if number == 1:
            node.inputs.append(str(value, "utf-8"))
        elif number == 2:
            node.outputs.append(str(value, "utf-8"))
        elif number == 4:
            node.kind = str(value, "utf-8")
        elif number == 5:
            parts = [part for name, part in _fields(value) if name == 5 and not isinstance(part, int)]
            node.tensors.extend(array for _, array in map(_tensor_proto, parts) if array.size)
    return node


def _tensor_proto(message: memoryview) -> tuple[str, np.ndarray]:
    """TensorProto: dims (1), data_type (2), float_data (4), name (8), raw_data (9). Kinds not needed here are empty."""
    shape: list[int] = []
    kind, name, raw = 0, "", b""
    for number, value in _fields(message):
        if number == 1:
            shape.extend([value] if isinstance(value, int) else _varints(value))
        elif number == 2 and isinstance(value, int):
            kind = value
        elif isinstance(value, int):
            continue
        elif number == 8:
            name = str(value, "utf-8")
        elif number in (4, 9):
            raw += bytes(value)
    if kind not in _DTYPES or not raw:
        return name, np.empty(0, np.float32)
    return name, np.frombuffer(raw, _DTYPES[kind]).reshape(shape)


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Each field's number and value, numbers as int, everything else as bytes. Raises ValueError for what is no protobuf."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        if wire == _BYTES:
            length, at = _varint(message, at)
        elif wire in (_FIXED32, _FIXED64):
            length = 4 if wire == _FIXED32 else 8
        else:
            raise ValueError(f"wire type {wire}")
        if at + length > len(message):
            raise ValueError("cut short")
        yield number, message[at : at + length]
        at += length


def _varints(packed: memoryview) -> Iterator[int]:
    at = 0
    while at < len(packed):
        value, at = _varint(packed, at)
        yield value


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at += 1
        shift += 7
        if byte < 0x80:
            return value, at
        if shift > 63:
            raise ValueError("number too long")
