"""One core for every network: what OpenVINO does to a process is done once, and not undone while it runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from u2live.errors import EngineError
from u2live.matting import openvino_core
from u2live.matting.openvino_engine import OpenVinoEngine
from u2live.model.u2net import U2NETN
from u2live.model.weights import Weights

PROGRAM = """
import pathlib, signal, sys
from u2live.matting.openvino_engine import OpenVinoEngine
from u2live.model.weights import read_weights

heard = []
signal.signal(signal.SIGTERM, lambda *_: heard.append("SIGTERM"))
weights = read_weights(pathlib.Path(sys.argv[1]))
engines = [OpenVinoEngine(weights, side, device="CPU", precision="fp32") for side in (64, 96)]
while engines:
    engines.pop(0).close()
    signal.raise_signal(signal.SIGTERM)
print(*heard)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals there have no stack of their own")
def test_a_signal_is_heard_after_the_first_of_two_networks_went_first(tmp_path: Path) -> None:
    weights = tmp_path / "tiny.safetensors"
    torch.manual_seed(0)
    save_file(U2NETN(mid=4, outer=8).state_dict(), weights, {"input_size": "64"})
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(weights)], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["SIGTERM", "SIGTERM"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ImportError("no such library"), "cannot be loaded .no such library.; try: pip install openvino"),
        (RuntimeError("no plugin\nat core.cpp:7"), "cannot start: no plugin$"),
    ],
)
def test_without_a_core_there_is_one_line(monkeypatch: pytest.MonkeyPatch, error: Exception, told: str) -> None:
    def broken() -> None:
        raise error

    monkeypatch.setattr(openvino_core, "core", broken)
    weights = Weights("tiny", Path("tiny.safetensors"), "U2NETN", 64, "person", U2NETN(mid=4, outer=8), {})
    with pytest.raises(EngineError, match=told):
        OpenVinoEngine(weights, 64)
