"""Which engine runs the network: CUDA, then OpenVINO, then torch on Apple's GPU or the CPU."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from u2live.errors import EngineError
from u2live.matting.engine import Engine, EngineInfo
from u2live.types import Array, Level, Notice, Notify

if TYPE_CHECKING:
    from u2live.model.stored import StoredWeights
    from u2live.model.weights import Weights

ENGINE_CHOICES = ("auto", "cuda", "openvino", "torch")


@dataclass(frozen=True, slots=True)
class Rung:
    """One way to run the network. `missing` says in plain words why this machine cannot, or is empty; `opened` loads it
    and hands the reason on to its info."""

    name: str
    label: str
    missing: Callable[[], str]
    opened: Callable[[str], Engine]


def open_engine(
    choice: str, weights: Weights | StoredWeights, input_size: int = 0, *, looks: int = 1, notify: Notify
) -> Engine:
    """The engine of `choice`; `auto` takes the first rung of the ladder that works here. `input_size` 0: the weights' own.

    With two `looks` an NVIDIA GPU sees each picture mirrored as well; the other rungs see it once all the same.
    The engine steps down, with a warning to `notify`, when its rung fails while running, and answers for the same picture.
    Raises EngineError: an unknown choice, one that this machine cannot run, or none left.
    """
    rungs = rungs_for(weights, input_size, looks)
    if choice == "auto":
        return LadderEngine(rungs, notify=notify)
    position = next((number for number, rung in enumerate(rungs) if choice in (rung.name, rung.label)), None)
    if position is None:
        raise EngineError(f"there is no engine {choice!r}; engines: {', '.join(ENGINE_CHOICES)}")
    missing = rungs[position].missing()
    if missing:
        if choice == "torch":  # Apple's GPU is missing: the CPU is torch too
            return open_engine("torch CPU", weights, input_size, notify=notify)
        raise EngineError(f"engine {choice} cannot run: {missing}; use --engine auto")
    try:
        first = rungs[position].opened("as chosen")
    except EngineError as error:
        if choice == "torch":
            return open_engine("torch CPU", weights, input_size, notify=notify)
        raise EngineError(f"{error}; use --engine auto") from error
    return LadderEngine(rungs[position + 1 :], notify=notify, first=first)


def rungs_for(weights: Weights | StoredWeights, input_size: int = 0, looks: int = 1) -> tuple[Rung, ...]:
    """The ladder from the fastest rung down. Nothing is imported or loaded before a rung is tried."""

    def cuda(reason: str) -> Engine:
        from u2live.matting.torch_engine import CudaEngine

        return CudaEngine(weights, input_size, looks=looks, reason=reason)

    def openvino(reason: str) -> Engine:
        from u2live.matting.openvino_engine import OpenVinoEngine

        return OpenVinoEngine(weights, input_size, reason=reason)

    def torch_on(device: str) -> Callable[[str], Engine]:
        def opened(reason: str) -> Engine:
            from u2live.matting.torch_engine import TorchEngine

            return TorchEngine(weights, input_size, device=device, reason=reason)

        return opened

    return (
        Rung("cuda", "CUDA", _cuda_missing, cuda),
        Rung("openvino", "OpenVINO", _openvino_missing, openvino),
        Rung("torch", "torch MPS", _mps_missing, torch_on("mps")),
        Rung("torch", "torch CPU", lambda: "", torch_on("cpu")),
    )


class LadderEngine:
    """The first rung that works, and the next one when it stops working. `first` is an engine already open above `rungs`."""

    def __init__(self, rungs: Sequence[Rung], *, notify: Notify, first: Engine | None = None) -> None:
        self._left = list(rungs)
        self._notify = notify
        self._passed: list[str] = []  # why the rungs above were not taken
        self._engine: Engine | None = first or self._next()

    @property
    def info(self) -> EngineInfo:
        return self._running().info

    @property
    def picture(self) -> Array | None:
        return self._running().picture

    def infer(self, pixels: np.ndarray) -> Array:
        while True:
            engine = self._running()
            try:
                return engine.infer(pixels)
            except EngineError as error:
                self._step_down(engine, error)

    def close(self) -> None:
        if self._engine is not None:
            self._engine.close()
        self._engine = None
        self._left.clear()

    def _running(self) -> Engine:
        if self._engine is None:
            raise EngineError("this engine is closed; open another")
        return self._engine

    def _step_down(self, failed: Engine, error: EngineError) -> None:
        failed.close()
        self._passed = [str(error)]
        self._engine = None  # stays so when nothing is left: _next raises
        self._engine = self._next()
        self._warn(f"{error}; the matte now comes from {_described(self._engine.info)}")

    def _next(self) -> Engine:
        while self._left:
            rung = self._left.pop(0)
            missing = rung.missing()
            if missing:
                self._passed.append(missing)
                continue
            try:
                return rung.opened("; ".join(self._passed) or "the fastest this machine has")
            except EngineError as error:
                self._passed.append(str(error))
                if self._left:
                    self._warn(f"{error}; trying the next engine")
        raise EngineError(f"no engine can run the network: {'; '.join(self._passed) or 'none is left'}; try main.py doctor")

    def _warn(self, message: str) -> None:
        self._notify(Notice(Level.WARNING, "engine", message))


def _described(info: EngineInfo) -> str:
    return f"{info.name} on {info.device} ({info.precision})"


def _cuda_missing() -> str:
    if "torch" not in sys.modules and not _gpu_driver():
        return "no NVIDIA GPU"
    import torch

    if torch.cuda.is_available():
        return ""
    return "no NVIDIA GPU" if torch.version.cuda else "this torch was built without CUDA"


def _gpu_driver() -> bool:
    """Whether a driver is there that torch's CUDA could run on: NVIDIA's, or AMD's, which torch calls by the same name.

    Importing torch to hear that there is none is the longest part of starting on a laptop.
    """
    import ctypes

    if sys.platform == "darwin":
        return False
    if any(Path(node).exists() for node in ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")):
        return True
    libraries = ("nvcuda.dll", "amdhip64.dll") if sys.platform == "win32" else ("libcuda.so.1",)
    for name in libraries:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


def _openvino_missing() -> str:
    import importlib.util

    return "" if importlib.util.find_spec("openvino") else "OpenVINO is not installed"


def _mps_missing() -> str:
    import torch

    return "" if torch.backends.mps.is_available() else "no Apple GPU"
