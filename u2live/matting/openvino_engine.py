"""Runs the network with OpenVINO: Intel and AMD processors, Intel's GPUs and NPUs."""

from __future__ import annotations

import hashlib
import logging
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from u2live import paths
from u2live.errors import EngineError
from u2live.matting.engine import EngineInfo
from u2live.matting.preprocess import to_input
from u2live.matting.torch_engine import FusedMap, compute_threads, first_line, side_of

if TYPE_CHECKING:
    from u2live.model.weights import Weights

log = logging.getLogger(__name__)

HALF_TOLERANCE = 0.003  # below the 0.004 that an engine promises on real pictures
PROBES = 6

_PRECISIONS = {"float32": "fp32", "f32": "fp32", "bfloat16": "bf16", "bf16": "bf16", "float16": "fp16", "f16": "fp16"}


class OpenVinoEngine:
    """OpenVINO on `device`: one of its names (CPU, GPU, NPU, AUTO), or "" for a GPU where there is one, else the CPU.

    `precision` is bf16, fp32, or "" for the half precision that the device is fastest in where the network bears it (see
    `bears`), else fp32; AUTO, which does not say which device will compute, always gets fp32. The converted network and
    what OpenVINO compiled from it stay in the user's cache folder, so a second start neither traces nor compiles.
    Maps are NumPy arrays. Raises EngineError when it cannot load.
    """

    def __init__(
        self, weights: Weights, input_size: int = 0, *, device: str = "", precision: str = "", reason: str = ""
    ) -> None:
        self._side = side_of(weights, input_size)
        self._request: Any = None
        self.picture = None
        try:
            import openvino as ov
        except ImportError as error:
            raise EngineError(f"OpenVINO cannot be loaded ({first_line(error)}); try: pip install openvino") from error
        try:
            core = ov.Core()
            device = device or _best_device(core)
            compiled = _compiled(core, weights, self._side, device, precision)
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
        prepared = to_input(pixels, self._side)
        try:
            maps = self._request.infer({0: prepared}, share_inputs=True, share_outputs=True)
            return np.array(maps[0], np.float32)  # a copy: the request writes the next map into the same place
        except RuntimeError as error:
            raise EngineError(f"OpenVINO on {self.info.device} failed: {first_line(error)}") from error

    def close(self) -> None:
        self._request = None


def _compiled(core: Any, weights: Weights, side: int, device: str, precision: str) -> Any:
    options: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY"}
    cache = paths.user_cache_dir() / "openvino"
    try:
        cache.mkdir(parents=True, exist_ok=True)
        options["CACHE_DIR"] = str(cache)
    except OSError as error:
        log.info("no cache for compiled networks at %s: %s", cache, error)
    network_file = cache / f"{_fingerprint(weights, side)}.xml"
    network = _cached(core, network_file) or _converted_and_saved(core, weights, side, network_file)
    if device == "CPU":
        options |= _cpu_options()
    options["INFERENCE_PRECISION_HINT"] = {"bf16": "bf16", "fp32": "f32"}.get(precision) or _precision_for(
        core, network, network_file, side, device
    )
    return core.compile_model(network, device, options)


def _best_device(core: Any) -> str:
    """Intel's GPU before the CPU; the NPU only when it is asked for."""
    return next((name for name in core.available_devices if name.startswith("GPU")), "CPU")


def _cpu_options() -> dict[str, Any]:
    # The other stages run on these cores too: no pinning.
    return {"INFERENCE_NUM_THREADS": compute_threads(), "ENABLE_CPU_PINNING": False}


def _precision_for(core: Any, network: Any, network_file: Path, side: int, device: str) -> str:
    """OpenVINO's name of the precision to compute in."""
    if device == "CPU":
        half = "bf16" if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") else ""
    else:
        half = "f16" if device.startswith(("GPU", "NPU")) else ""
    if half and _remembered(network_file.with_suffix(f".{half}"), lambda: bears(half, core, network, side, device)):
        return half
    return "f32"


def bears(half: str, core: Any, network: Any, side: int, device: str) -> bool:
    """Whether `half` (bf16, f16) changes the maps of some drawn people by no more than `HALF_TOLERANCE` in the mean.

    Not every network bears it: the published U2NETP has a channel near 1400 that a bias takes away again, and eight bits
    of it are not enough.
    """
    maps: list[list[np.ndarray]] = []
    for hint in ("f32", half):
        options = {"INFERENCE_PRECISION_HINT": hint} | (_cpu_options() if device == "CPU" else {})
        request = core.compile_model(network, device, options).create_infer_request()
        maps.append([np.array(request.infer({0: to_input(_drawn_person(seed), side)})[0]) for seed in range(PROBES)])
    return all(float(np.abs(exact - rounded).mean()) <= HALF_TOLERANCE for exact, rounded in zip(*maps, strict=True))


def _drawn_person(seed: int) -> np.ndarray:
    """A head and shoulders of some colour before a blurred background: something to find, different for each seed."""
    rng = np.random.default_rng(seed)
    picture = cv2.resize(rng.integers(60, 220, (5, 7, 3), np.uint8), (160, 160), interpolation=cv2.INTER_CUBIC)
    for center, axes in (((80, 170), (55, 70)), ((80, 70), (26, 34))):
        color = tuple(int(value) for value in rng.integers(0, 256, 3))
        cv2.ellipse(picture, center, axes, 0, 0, 360, color, -1, cv2.LINE_AA)
    return cv2.add(picture, rng.integers(0, 8, picture.shape, np.uint8))


def _remembered(file: Path, find_out: Callable[[], bool]) -> bool:
    """`find_out()`, or what it said the last time."""
    try:
        known = file.read_text(encoding="ascii")
        if known in ("yes", "no"):
            return known == "yes"
    except (OSError, ValueError):
        pass
    answer = find_out()
    try:
        file.write_text("yes" if answer else "no", encoding="ascii")
    except OSError as error:
        log.info("not remembered in %s: %s", file, error)
    return answer


def _cached(core: Any, network_file: Path) -> Any:
    """The network converted at an earlier start, or None."""
    if not network_file.is_file():
        return None
    try:
        return core.read_model(network_file)
    except RuntimeError as error:  # damaged, or from another version
        log.info("cached network %s cannot be used: %s", network_file, first_line(error))
        return None


def _converted_and_saved(core: Any, weights: Weights, side: int, network_file: Path) -> Any:
    network = _converted(weights, side)
    try:
        _save(network, network_file)
        return core.read_model(network_file)  # what a second start reads, so that its compiled form is found again
    except (OSError, RuntimeError) as error:
        log.info("the converted network was not cached: %s", first_line(error))
        return network


def _converted(weights: Weights, side: int) -> Any:
    """The torch module as an OpenVINO model.

    Through the frontend itself: `openvino.convert_model` reports each conversion to its maker's telemetry.
    """
    import torch
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

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


def _save(model: Any, network_file: Path) -> None:
    """Write the model so that a reader never finds half of it: the .xml, which is looked for, comes last."""
    import openvino as ov

    draft = network_file.with_name(f".{os.getpid()}-{network_file.name}")
    ov.save_model(model, draft, compress_to_fp16=False)
    draft.with_suffix(".bin").replace(network_file.with_suffix(".bin"))
    draft.replace(network_file)


def _fingerprint(weights: Weights, side: int) -> str:
    """Names the converted network by everything it was made from."""
    import openvino as ov

    digest = hashlib.sha256(f"1 {ov.__version__} {weights.architecture} {side}".encode())
    for name, tensor in weights.network.state_dict().items():
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return f"{weights.architecture.lower()}-{side}-{digest.hexdigest()[:16]}"


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
