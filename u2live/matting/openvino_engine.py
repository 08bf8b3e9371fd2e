"""Runs the network with OpenVINO: Intel and AMD processors, Intel's GPUs and NPUs."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from u2live.errors import EngineError
from u2live.matting import openvino_cache as cache
from u2live.matting import openvino_core
from u2live.matting.engine import EngineInfo, first_line, side_of
from u2live.matting.half_precision import bears_half
from u2live.matting.openvino_graph import fold_constants, suit_channels_last
from u2live.matting.preprocess import to_input, to_input_from_camera
from u2live.matting.processor import compute_threads

if TYPE_CHECKING:
    from u2live.model.stored import StoredWeights
    from u2live.model.weights import Weights

_PRECISIONS = {"float32": "fp32", "f32": "fp32", "bfloat16": "bf16", "bf16": "bf16", "float16": "fp16", "f16": "fp16"}


class OpenVinoEngine:
    """OpenVINO on `device`: one of its names (CPU, GPU, NPU, AUTO), or "" for a GPU where there is one, else the CPU.

    `precision` is bf16, fp32, or "" for the half precision that the device is fastest in where the network bears it (see
    `bears`), else fp32; AUTO, which does not say which device will compute, always gets fp32. The converted network and
    what OpenVINO compiled from it stay in the user's cache folder, so a second start neither traces nor compiles, and with
    `StoredWeights` neither reads the weights nor imports torch.
    Maps are NumPy arrays. Raises EngineError when it cannot load.
    """

    def __init__(
        self,
        weights: Weights | StoredWeights,
        input_size: int = 0,
        *,
        device: str = "",
        precision: str = "",
        reason: str = "",
    ) -> None:
        if input_size:
            side_of(weights, input_size)
        self._request: Any = None
        self.picture = None
        try:
            core = openvino_core.core()
        except ImportError as error:
            raise EngineError(f"OpenVINO cannot be loaded ({first_line(error)}); try: pip install openvino") from error
        except RuntimeError as error:
            raise EngineError(f"OpenVINO cannot start: {first_line(error)}") from error
        try:
            device = device or _best_device(core)
            compiled = _compiled(core, weights, input_size, device, precision)
            self._side = _side(compiled)
            self._to_input = to_input_from_camera if weights.for_camera else to_input
            self._request = compiled.create_infer_request()
            used = str(_property(compiled, "INFERENCE_PRECISION_HINT", "f32"))
            name = _device_name(core, compiled, device)
            self.info = EngineInfo("openvino", name, _precision_name(used), self._side, reason)
            self.infer(np.zeros((16, 16, 3), np.uint8))  # a device that cannot run the network says so now
        except RuntimeError as error:
            raise EngineError(f"OpenVINO cannot run the network on {device}: {first_line(error)}") from error

    def infer(self, pixels: np.ndarray) -> np.ndarray:
        if self._request is None:
            raise EngineError("this engine is closed; open another")
        prepared = self._to_input(pixels, self._side)
        try:
            maps = self._request.infer({0: prepared}, share_inputs=True, share_outputs=True)
            return np.array(maps[0], np.float32)  # a copy: the request writes the next map into the same place
        except RuntimeError as error:
            raise EngineError(f"OpenVINO on {self.info.device} failed: {first_line(error)}") from error

    def close(self) -> None:
        self._request = None


def _compiled(core: Any, weights: Weights | StoredWeights, input_size: int, device: str, precision: str) -> Any:
    options: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY"}
    folder = cache.cache_dir()
    if folder is not None:
        options["CACHE_DIR"] = str(folder)
    network, network_file = _network(core, weights, input_size, folder, _layout(core, device))
    if device == "CPU":
        options |= _cpu_options()
    options["INFERENCE_PRECISION_HINT"] = {"bf16": "bf16", "fp32": "f32"}.get(precision) or _precision_for(
        core, network, network_file, device
    )
    return core.compile_model(network, device, options)


def _network(
    core: Any, weights: Weights | StoredWeights, input_size: int, folder: Path | None, layout: str
) -> tuple[Any, Path | None]:
    """The network converted for `layout`, and the file it lies in, if any. Weights converted before are not even read."""
    if folder is None:
        return _suited(_converted(weights, side_of(weights, input_size)), layout), None
    known = cache.known_network_file(folder, weights, input_size, layout)
    network = known and cache.read_network(core, known)
    if network:
        return network, known
    side = side_of(weights, input_size)
    file = cache.network_file(folder, weights, side, layout)
    network = cache.read_network(core, file)
    if not network:
        network = cache.save_network(core, _suited(_converted(weights, side), layout), file)
    cache.note_network_file(folder, weights, input_size, layout, file)
    return network, file


def _layout(core: Any, device: str) -> str:
    """How convolutions read their maps there: "channels-last", or "" for any other layout."""
    return "channels-last" if device == "CPU" and _has_avx512(core) else ""


def _has_avx512(core: Any) -> bool:
    return "WINOGRAD" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")  # listed with AVX-512 and never without


def _suited(network: Any, layout: str) -> Any:
    fold_constants(network)
    if layout == "channels-last":
        suit_channels_last(network)
    return network


def _best_device(core: Any) -> str:
    """Intel's GPU before the CPU; the NPU only when it is asked for."""
    return next((name for name in core.available_devices if name.startswith("GPU")), "CPU")


def _cpu_options() -> dict[str, Any]:
    # The other stages run on these cores too: no pinning.
    return {"INFERENCE_NUM_THREADS": compute_threads(), "ENABLE_CPU_PINNING": False}


def _precision_for(core: Any, network: Any, network_file: Path | None, device: str) -> str:
    """OpenVINO's name of the precision to compute in."""
    if device == "CPU":
        half = "bf16" if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") else ""
    else:
        half = "f16" if device.startswith(("GPU", "NPU")) else ""
    if not half:
        return "f32"

    def borne() -> bool:
        return _bears(half, core, network, device)

    return half if (cache.remembered(network_file.with_suffix(f".{half}"), borne) if network_file else borne()) else "f32"


def _side(network: Any) -> int:
    return int(network.inputs[0].shape[2])


def _bears(half: str, core: Any, network: Any, device: str) -> bool:
    side = _side(network)

    def maps(hint: str, pictures: Sequence[np.ndarray]) -> list[np.ndarray]:
        options = {"INFERENCE_PRECISION_HINT": hint} | (_cpu_options() if device == "CPU" else {})
        request = core.compile_model(network, device, options).create_infer_request()
        return [np.array(request.infer({0: to_input(picture, side)})[0]) for picture in pictures]

    return bears_half(maps, half)


def _converted(weights: Weights | StoredWeights, side: int) -> Any:
    """The torch module as an OpenVINO model.

    Through the frontend itself: `openvino.convert_model` reports each conversion to its maker's telemetry.
    """
    import torch
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    from u2live.matting.torch_engine import FusedMap

    example = torch.zeros(1, 3, side, side)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # sizes become constants in the trace: meant, the input's size is fixed
        traced = torch.jit.freeze(
            torch.jit.trace(FusedMap(weights.network).eval(), example, check_trace=False)  # type: ignore[no-untyped-call]
        )
    decoder = TorchScriptPythonDecoder(traced)  # the frontend does not keep it alive, and asks it until it has converted
    frontend = FrontEndManager().load_by_framework("pytorch")
    model = frontend.convert(frontend.load(decoder))
    model.reshape([1, 3, side, side])
    return model


def _property(compiled: Any, name: str, otherwise: object) -> object:
    try:
        return compiled.get_property(name)
    except RuntimeError:
        return otherwise


def _precision_name(hint: str) -> str:
    # "<Type: 'bfloat16'>" in some versions, "bf16" in others; AUTO without a hint leaves it to the device
    return next((ours for theirs, ours in _PRECISIONS.items() if theirs in hint), "fp32")


def _device_name(core: Any, compiled: Any, device: str) -> str:
    if device == "AUTO":
        device = str(next(iter(_property(compiled, "EXECUTION_DEVICES", ["CPU"])), "CPU"))  # type: ignore[call-overload]
    try:
        return str(core.get_property(device, "FULL_DEVICE_NAME"))
    except RuntimeError:
        return device
