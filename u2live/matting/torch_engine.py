"""Runs the network with torch: CPU, Apple's MPS, NVIDIA's CUDA."""

from __future__ import annotations

import copy
import platform
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from u2live.errors import EngineError
from u2live.matting.engine import EngineInfo, checked_picture, first_line, side_of
from u2live.matting.preprocess import (
    to_input,
    to_input_from_camera,
    to_input_from_camera_on_device,
    to_input_on_device,
)
from u2live.matting.processor import compute_threads, cpu_name
from u2live.model.u2net import NestedUNet, fold_batch_norm

if TYPE_CHECKING:
    from u2live.model.stored import StoredWeights
    from u2live.model.weights import Weights


class FusedMap(nn.Module):
    """The network as a live program needs it: the fused map alone, batch norm folded. Works on a copy of `network`."""

    def __init__(self, network: NestedUNet) -> None:
        super().__init__()
        self.network = fold_batch_norm(copy.deepcopy(network))
        self.requires_grad_(requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:  # [1, 3, S, S] → [S, S] float32 in [0, 1]
        return torch.sigmoid(self.network.logits(x)[0].float())[0, 0]


class FusedMapOfTwo(FusedMap):
    """The same of the picture and its mirror image, seen in one batch: what `mirrored.agreed` makes of the two maps."""

    def forward(self, x: Tensor) -> Tensor:  # [1, 3, S, S] → [S, S] float32 in [0, 1]
        plain, mirrored = self.network.logits(torch.cat([x, x.flip(3)]))[0].float()[:, 0]
        return torch.sigmoid((plain + mirrored.flip(1)) / 2)


class TorchEngine:
    """torch on the CPU, or on Apple's GPU (MPS). Maps are NumPy arrays. Raises EngineError when it cannot load."""

    def __init__(
        self, weights: Weights | StoredWeights, input_size: int = 0, *, device: str = "cpu", reason: str = ""
    ) -> None:
        self._side = side_of(weights, input_size)
        self._to_input = to_input_from_camera if weights.for_camera else to_input
        self._device = torch.device(device)
        self._network: FusedMap | None = None
        if device == "cpu":
            torch.set_num_threads(compute_threads())
        self._network = _load(FusedMap, weights, self._device, torch.float32)
        name = cpu_name() if device == "cpu" else f"{platform.machine()} GPU ({device})"
        self.info = EngineInfo("torch", name, "fp32", self._side, reason)
        self.picture = None
        self.infer(np.zeros((16, 16, 3), np.uint8))  # a device that cannot run the network says so now

    def infer(self, pixels: np.ndarray) -> np.ndarray:
        if self._network is None:
            raise EngineError("this engine is closed; open another")
        prepared = torch.from_numpy(self._to_input(pixels, self._side))
        try:
            with torch.inference_mode():
                x = prepared.to(self._device).contiguous(memory_format=torch.channels_last)
                result: np.ndarray = self._network(x).cpu().numpy()
                return result
        except RuntimeError as error:  # torch's own errors, out of memory included, derive from it
            raise EngineError(f"torch on {self.info.device} failed: {first_line(error)}") from error

    def close(self) -> None:
        self._network = None


class CudaEngine:
    """torch on an NVIDIA GPU: half precision, channels_last, one CUDA graph from the uint8 picture to the map.

    Maps are tensors on the device. A GPU whose half precision gives no finite map (GTX 16xx) runs in fp32 instead. With two
    `looks` each picture is seen mirrored as well. Raises EngineError when it cannot load.
    """

    def __init__(
        self,
        weights: Weights | StoredWeights,
        input_size: int = 0,
        *,
        device: str = "cuda",
        looks: int = 1,
        reason: str = "",
    ) -> None:
        self._side = side_of(weights, input_size)
        fused = FusedMapOfTwo if looks > 1 else FusedMap
        self._to_input = to_input_from_camera_on_device if weights.for_camera else to_input_on_device
        self._device = torch.device(device)
        self._network: FusedMap | None = None
        self._graph: torch.cuda.CUDAGraph | None = None
        self._pinned: Tensor | None = None  # [H, W, 3] uint8, host
        self._picture: Tensor | None = None  # [H, W, 3] uint8, device: the graph's input
        self._map: Tensor | None = None  # [S, S] float32, device: the graph's output
        self._uploaded: torch.cuda.Event | None = None
        probe = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
        precision = "fp16"
        try:
            name = torch.cuda.get_device_name(self._device)
            self._network = _load(fused, weights, self._device, torch.float16)
            self.info = EngineInfo("cuda", name, precision, self._side, reason)
            if not bool(torch.isfinite(self.infer(probe)).all()):
                self._forget_graph()
                self._network = _load(fused, weights, self._device, torch.float32)
                self.info = EngineInfo("cuda", name, "fp32", self._side, reason)
                self.infer(probe)
        except (RuntimeError, AssertionError) as error:  # AssertionError: torch was built without CUDA
            self.close()
            raise EngineError(f"the NVIDIA GPU cannot run the network: {first_line(error)}") from error

    @property
    def picture(self) -> Tensor | None:
        return self._picture

    def infer(self, pixels: np.ndarray) -> Tensor:
        if self._network is None:
            raise EngineError("this engine is closed; open another")
        checked_picture(pixels)
        try:
            with torch.inference_mode(), torch.cuda.device(self._device):
                if self._picture is None or tuple(self._picture.shape) != pixels.shape:
                    self._capture(pixels.shape)
                assert self._pinned is not None
                assert self._picture is not None
                assert self._graph is not None
                assert self._map is not None
                assert self._uploaded is not None
                self._uploaded.synchronize()  # the picture before has left the pinned buffer
                self._pinned.copy_(torch.from_numpy(np.ascontiguousarray(pixels)))
                self._picture.copy_(self._pinned, non_blocking=True)
                self._uploaded.record()
                self._graph.replay()
                return self._map.clone()  # the graph writes the next map into the same place
        except RuntimeError as error:
            raise EngineError(f"{self.info.device} failed: {first_line(error)}") from error

    def _capture(self, shape: tuple[int, ...]) -> None:
        """Record upload-to-map for pictures of this shape. Captured on a side stream, after warming up, as CUDA demands."""
        self._forget_graph()
        self._pinned = torch.empty(shape, dtype=torch.uint8, pin_memory=True)
        self._picture = torch.zeros(shape, dtype=torch.uint8, device=self._device)
        self._uploaded = torch.cuda.Event()  # type: ignore[no-untyped-call]
        side_stream = torch.cuda.Stream(self._device)  # type: ignore[no-untyped-call]
        side_stream.wait_stream(torch.cuda.current_stream(self._device))
        with torch.cuda.stream(side_stream):
            for _ in range(3):
                self._forward()
        torch.cuda.current_stream(self._device).wait_stream(side_stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self._map = self._forward()
        self._graph = graph

    def _forward(self) -> Tensor:
        assert self._network is not None
        assert self._picture is not None
        dtype = torch.float16 if self.info.precision == "fp16" else torch.float32
        result: Tensor = self._network(self._to_input(self._picture, self._side, dtype))
        return result

    def _forget_graph(self) -> None:
        self._graph = self._map = self._picture = self._pinned = None

    def close(self) -> None:
        self._network = None
        self._forget_graph()


def _load(fused: type[FusedMap], weights: Weights | StoredWeights, device: torch.device, dtype: torch.dtype) -> FusedMap:
    try:
        network = fused(weights.network)
        return network.to(device=device, dtype=dtype, memory_format=torch.channels_last).eval()  # type: ignore[call-overload,no-any-return]
    except (RuntimeError, AssertionError) as error:
        raise EngineError(f"torch cannot use {device}: {first_line(error)}") from error
