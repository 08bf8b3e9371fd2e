"""The network's graph in the form that OpenVINO runs fastest: the same sums, in another order."""

from __future__ import annotations

from typing import Any

import numpy as np

SMALL = 40
"""Pixels a side: on smaller maps another layer costs more than it saves."""
THICK = 24
"""Channels from which nine products of each pixel are worth a layer of their own."""


def fold_constants(model: Any) -> None:
    """Once, where the network is converted, instead of at every start: an OpenVINO model is read in half the time."""
    from openvino.passes import ConstantFolding, Manager

    passes = Manager()
    passes.register_pass(ConstantFolding())
    passes.run_passes(model)


def suit_channels_last(model: Any) -> None:
    """For convolutions that read channels last, as oneDNN's do with AVX-512. The constants have to be folded.

    Joining two maps by their channels copies both there, a convolution to one channel computes sixteen, and enlarging a map
    of one channel goes pixel by pixel. So a convolution of joined maps becomes the sum of each one's, which the second
    adds to the first in place; a side output's takes its nine products of a pixel at once and adds them up in a second
    one; and two small matrix products enlarge it. Other layouts join without copying.
    """
    for node in model.get_ordered_ops():
        if node.get_type_name() == "Convolution" and not _is_small(node):
            if _joins_two(node.input_value(0).get_node()):
                _convolve_apart(node)
            elif _is_thin(node):
                _multiply_first(node)
        elif node.get_type_name() == "Interpolate" and _is_bilinear_of_one_channel(node):
            _enlarge_by_products(node)
    model.validate_nodes_and_infer_types()


def _is_small(node: Any) -> bool:
    return bool(node.output(0).get_shape()[2] < SMALL)


def _joins_two(node: Any) -> bool:
    """By their channels."""
    return bool(node.get_type_name() == "Concat" and node.get_attributes()["axis"] == 1 and node.get_input_size() == 2)


def _convolve_apart(node: Any) -> None:
    from openvino import opset13 as ops

    join = node.input_value(0).get_node()
    weights = _weights(node)
    first = join.input_value(0)
    channels = first.get_shape()[1]
    last = ops.convolution(join.input_value(1), _constant(weights[:, channels:]), **_settings(node))
    replaced, bias = _with_bias(node)
    if bias is not None:  # to one of the two, which takes it along
        last = ops.add(last, bias)
    apart = ops.add(last, ops.convolution(first, _constant(weights[:, :channels]), **_settings(node)))
    replaced.output(0).replace(apart.output(0))


def _is_thin(node: Any) -> bool:
    """From many channels to one."""
    out_channels, in_channels, *kernel = _weights(node).shape
    return out_channels == 1 and in_channels >= THICK and kernel == [3, 3]


def _multiply_first(node: Any) -> None:
    """Each place of the kernel by itself, which needs no neighbours, and then the sum of what all nine say of a pixel."""
    from openvino import opset13 as ops

    places = _weights(node)[0].transpose(1, 2, 0).reshape(9, -1, 1, 1)
    flat = ops.convolution(node.input_value(0), _constant(places), [1, 1], [0, 0], [0, 0], [1, 1])
    gathered = np.eye(9, dtype=np.float32).reshape(1, 9, 3, 3)
    node.output(0).replace(ops.convolution(flat, _constant(gathered), **_settings(node)).output(0))


def _weights(node: Any) -> np.ndarray:  # [out, in, 3, 3]
    weights: np.ndarray = node.input_value(1).get_node().data
    return weights


def _settings(node: Any) -> dict[str, Any]:
    return {name: node.get_attributes()[name] for name in ("strides", "pads_begin", "pads_end", "dilations")}


def _constant(values: np.ndarray) -> Any:
    from openvino import opset13 as ops

    return ops.constant(np.ascontiguousarray(values))


def _with_bias(node: Any) -> tuple[Any, Any]:
    """What adds a bias to the convolution, and the bias; the convolution itself and None where nothing does."""
    targets = list(node.output(0).get_target_inputs())
    add = targets[0].get_node()
    if len(targets) == 1 and add.get_type_name() == "Add" and add.input_value(1).get_node().get_type_name() == "Constant":
        return add, add.input_value(1)
    return node, None


def _is_bilinear_of_one_channel(node: Any) -> bool:
    how = node.get_attributes()
    half_pixel = str(how["coordinate_transformation_mode"]).endswith("half_pixel")  # align_corners=False
    return bool(node.input_value(0).get_shape()[1] == 1 and str(how["mode"]).startswith("linear") and half_pixel)


def _enlarge_by_products(node: Any) -> None:
    from openvino import opset13 as ops

    small = node.input_value(0)
    (*_, height, width), (*_, rows, columns) = small.get_shape(), node.output(0).get_shape()
    tall = ops.matmul(_constant(bilinear_matrix(height, rows)), small, transpose_a=False, transpose_b=False)
    large = ops.matmul(tall, _constant(bilinear_matrix(width, columns)), transpose_a=False, transpose_b=True)
    node.output(0).replace(large.output(0))


def bilinear_matrix(size: int, larger: int) -> np.ndarray:
    """[larger, size] float32: times a column of `size` values, that column enlarged as with align_corners=False."""
    place = np.clip((np.arange(larger) + 0.5) * size / larger - 0.5, 0, size - 1)
    before = np.minimum(place.astype(int), max(size - 2, 0))
    rest = place - before
    matrix = np.zeros((larger, size), np.float32)
    matrix[np.arange(larger), before] = 1 - rest
    matrix[np.arange(larger), np.minimum(before + 1, size - 1)] += rest
    return matrix
