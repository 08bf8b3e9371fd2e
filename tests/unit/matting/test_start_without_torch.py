"""Weights that OpenVINO has had before start without torch, and without being read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from u2live import paths
from u2live.errors import WeightsError
from u2live.matting import ladder, openvino_engine
from u2live.matting.openvino_engine import OpenVinoEngine
from u2live.model.stored import StoredWeights
from u2live.model.u2net import U2NETN

PICTURE = np.random.default_rng(3).integers(0, 256, (90, 120, 3), np.uint8)
pytestmark = [
    pytest.mark.skipif(torch.cuda.is_available(), reason="with an NVIDIA GPU torch is what runs"),
    pytest.mark.usefixtures("started_before"),
]


@pytest.fixture
def weights_file(tmp_path: Path) -> Path:
    return save(tmp_path / "small.safetensors", seed=0)


def save(path: Path, seed: int) -> Path:
    from safetensors.torch import save_file

    torch.manual_seed(seed)
    state = {name: tensor.contiguous() for name, tensor in U2NETN(mid=4, outer=8).state_dict().items()}
    save_file(state, path, {"input_size": "64", "meaning": "person"})
    return path


def refuse(*_: object) -> None:
    raise AssertionError("done again")


def test_the_second_start_imports_no_torch_and_gives_the_same_map(weights_file: Path) -> None:
    expected = OpenVinoEngine(StoredWeights(str(weights_file))).infer(PICTURE)
    program = (
        "import json, sys, numpy as np\n"
        "from u2live.matting.ladder import open_engine\n"
        "from u2live.model.stored import StoredWeights\n"
        "from u2live.matting import openvino_engine; openvino_engine.compute_threads = lambda: 1\n"
        "engine = open_engine('auto', StoredWeights(sys.argv[1]), notify=print)\n"
        "picture = np.random.default_rng(3).integers(0, 256, (90, 120, 3), np.uint8)\n"
        "map = engine.infer(picture).tolist()\n"
        "print(json.dumps({'map': map, 'name': engine.info.name, 'side': engine.info.input_size,"
        " 'torch': 'torch' in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", program, weights_file], capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    assert (said["name"], said["side"], said["torch"]) == ("openvino", 64, False)
    np.testing.assert_array_equal(np.array(said["map"], np.float32), expected)


def test_other_weights_under_the_same_name_are_read(weights_file: Path) -> None:
    before = OpenVinoEngine(StoredWeights(str(weights_file)), precision="fp32").infer(PICTURE)
    save(weights_file, seed=1)
    after = OpenVinoEngine(StoredWeights(str(weights_file)), precision="fp32").infer(PICTURE)
    assert np.abs(before - after).max() > 1e-3


@pytest.mark.slow
def test_another_input_size_is_another_network(weights_file: Path) -> None:
    assert OpenVinoEngine(StoredWeights(str(weights_file))).info.input_size == 64
    assert OpenVinoEngine(StoredWeights(str(weights_file)), 96).info.input_size == 96
    assert OpenVinoEngine(StoredWeights(str(weights_file))).info.input_size == 64


@pytest.mark.parametrize(
    "damage", [b"../other.xml", *(pytest.param(each, marks=pytest.mark.slow) for each in (b"", b"\xff\xfe", b"gone.xml"))]
)
def test_a_damaged_note_is_written_again(weights_file: Path, damage: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    OpenVinoEngine(StoredWeights(str(weights_file))).close()
    [note] = (paths.user_cache_dir() / "openvino").glob("*.note")
    note.write_bytes(damage)
    assert OpenVinoEngine(StoredWeights(str(weights_file))).infer(PICTURE).shape == (64, 64)
    monkeypatch.setattr("u2live.model.weights.load_weights", refuse)
    assert OpenVinoEngine(StoredWeights(str(weights_file))).infer(PICTURE).shape == (64, 64)


@pytest.mark.slow
def test_a_network_missing_from_the_cache_is_converted_again(weights_file: Path) -> None:
    OpenVinoEngine(StoredWeights(str(weights_file))).close()
    for file in (paths.user_cache_dir() / "openvino").glob("*.xml"):
        file.write_bytes(b"<net")
    assert OpenVinoEngine(StoredWeights(str(weights_file))).infer(PICTURE).shape == (64, 64)


@pytest.mark.slow
def test_damaged_weights_are_still_one_line(weights_file: Path) -> None:
    OpenVinoEngine(StoredWeights(str(weights_file))).close()
    weights_file.write_bytes(weights_file.read_bytes()[:1000])
    with pytest.raises(WeightsError, match="cut short"):
        ladder.open_engine("auto", StoredWeights(str(weights_file)), notify=refuse)


def test_a_rung_below_reads_the_weights_when_it_is_needed(weights_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    OpenVinoEngine(StoredWeights(str(weights_file))).close()
    engine = ladder.open_engine("auto", StoredWeights(str(weights_file)), notify=lambda _: None)
    monkeypatch.setattr(openvino_engine.OpenVinoEngine, "infer", failing)
    assert engine.infer(PICTURE).shape == (64, 64)
    assert engine.info.name == "torch"


def failing(*_: object) -> None:
    from u2live.errors import EngineError

    raise EngineError("OpenVINO failed")
