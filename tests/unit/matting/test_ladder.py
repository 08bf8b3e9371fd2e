"""Which rung is taken, what is said about it, and what happens when it breaks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from u2live.errors import EngineError
from u2live.matting import ladder
from u2live.matting.engine import Engine
from u2live.matting.ladder import LadderEngine, Rung, open_engine
from u2live.matting.torch_engine import TorchEngine
from u2live.model.u2net import U2NETN
from u2live.model.weights import Weights
from u2live.types import Level, Notice

PICTURE = np.random.default_rng(5).integers(0, 256, (60, 80, 3), np.uint8)


@pytest.fixture
def weights() -> Weights:
    torch.manual_seed(0)
    return Weights("small", Path("small.safetensors"), "U2NETN", 64, "person", U2NETN(mid=4, outer=8).eval(), {})


@pytest.fixture
def told() -> list[Notice]:
    return []


class LosesItsDevice(torch.nn.Module):
    """A network on a device that is taken away after some pictures, as torch reports it."""

    def __init__(self, network: torch.nn.Module, pictures: int) -> None:
        super().__init__()
        self.inner = network
        self.left = pictures

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.left -= 1
        if self.left < 0:
            return x.to("meta").cpu()  # really raises: there is no data to copy
        result: torch.Tensor = self.inner(x)
        return result


def failing_torch(weights: Weights, pictures: int, reason: str) -> Engine:
    engine = TorchEngine(weights, reason=reason)
    assert engine._network is not None
    engine._network = LosesItsDevice(engine._network, pictures)  # type: ignore[assignment]
    return engine


def rung(name: str, engine: object, missing: str = "") -> Rung:
    def opened(reason: str) -> Engine:
        if isinstance(engine, Exception):
            raise engine
        return engine(reason)  # type: ignore[operator,no-any-return]

    return Rung(name, name, lambda: missing, opened)


def test_auto_on_this_machine_says_why(weights: Weights, told: list[Notice]) -> None:
    engine = open_engine("auto", weights, notify=told.append)
    assert engine.info.name == ("cuda" if torch.cuda.is_available() else "openvino")
    assert engine.info.reason
    assert engine.info.input_size == 64
    assert told == []
    engine.close()


def test_input_size_can_be_chosen(weights: Weights, told: list[Notice]) -> None:
    assert open_engine("torch", weights, 96, notify=told.append).info.input_size == 96


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is an NVIDIA GPU")
def test_chosen_but_missing_is_one_line(weights: Weights, told: list[Notice]) -> None:
    with pytest.raises(EngineError, match=r"engine cuda cannot run: .*; use --engine auto$"):
        open_engine("cuda", weights, notify=told.append)


def test_unknown_engine(weights: Weights, told: list[Notice]) -> None:
    with pytest.raises(EngineError, match="no engine 'tpu'; engines: auto, cuda, openvino, torch"):
        open_engine("tpu", weights, notify=told.append)


def test_missing_rungs_are_passed_quietly_and_broken_ones_loudly(weights: Weights, told: list[Notice]) -> None:
    engine = LadderEngine(
        [
            rung("cuda", None, missing="no NVIDIA GPU"),
            rung("openvino", EngineError("OpenVINO cannot run the network on CPU: broken")),
            rung("torch", lambda reason: TorchEngine(weights, reason=reason)),
        ],
        notify=told.append,
    )
    assert engine.info.name == "torch"
    assert engine.info.reason == "no NVIDIA GPU; OpenVINO cannot run the network on CPU: broken"
    assert [(notice.level, notice.topic) for notice in told] == [(Level.WARNING, "engine")]
    assert "trying the next engine" in told[0].message
    engine.close()


def test_a_rung_that_fails_while_running_loses_no_picture(weights: Weights, told: list[Notice]) -> None:
    expected = TorchEngine(weights).infer(PICTURE)
    engine = LadderEngine(
        [
            rung("first", lambda reason: failing_torch(weights, 2, reason)),
            rung("second", lambda reason: TorchEngine(weights, reason=reason)),
        ],
        notify=told.append,
    )
    maps = [engine.infer(PICTURE) for _ in range(4)]
    for saliency in maps:
        np.testing.assert_array_equal(saliency, expected)
    assert len(told) == 1
    assert told[0].level is Level.WARNING
    assert "\n" not in told[0].message
    assert "failed" in told[0].message
    assert "the matte now comes from torch" in told[0].message
    assert "failed" in engine.info.reason
    engine.close()


def test_two_rungs_fail_at_the_same_picture(weights: Weights, told: list[Notice]) -> None:
    engine = LadderEngine(
        [
            rung("first", lambda reason: failing_torch(weights, 1, reason)),
            rung("second", lambda reason: failing_torch(weights, 0, reason)),
            rung("third", lambda reason: TorchEngine(weights, reason=reason)),
        ],
        notify=told.append,
    )
    engine.infer(PICTURE)
    np.testing.assert_array_equal(engine.infer(PICTURE), TorchEngine(weights).infer(PICTURE))
    assert len(told) == 2


def test_none_left_is_one_line(weights: Weights, told: list[Notice]) -> None:
    engine = LadderEngine([rung("only", lambda reason: failing_torch(weights, 0, reason))], notify=told.append)
    with pytest.raises(EngineError, match=r"no engine can run the network: .*failed.*main.py doctor") as failure:
        engine.infer(PICTURE)
    assert "\n" not in str(failure.value)
    with pytest.raises(EngineError):
        engine.infer(PICTURE)
    engine.close()
    engine.close()


def test_a_callers_mistake_is_no_reason_to_step_down(weights: Weights, told: list[Notice]) -> None:
    engine = open_engine("torch", weights, notify=told.append)
    with pytest.raises(ValueError, match="H×W×3"):
        engine.infer(PICTURE[:, :, 0])
    assert engine.infer(PICTURE).shape == (64, 64)
    assert told == []


def test_chosen_engine_steps_down_too(weights: Weights, told: list[Notice], monkeypatch: pytest.MonkeyPatch) -> None:
    rungs = ladder.rungs_for(weights)
    broken = Rung("openvino", "OpenVINO", lambda: "", lambda reason: failing_torch(weights, 1, reason))
    monkeypatch.setattr(ladder, "rungs_for", lambda *_: (rungs[0], broken, *rungs[2:]))
    engine = open_engine("openvino", weights, notify=told.append)
    assert engine.info.reason == "as chosen"
    engine.infer(PICTURE)
    engine.infer(PICTURE)
    assert engine.info.name == "torch"
    assert len(told) == 1
