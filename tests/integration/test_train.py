"""`main.py train` from the command line: learns, is stopped and goes on exactly there, and refuses nonsense in a line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.integration.training_runs import (
    ENVIRONMENT,
    command,
    drawn_data,
    losses,
    run,
    same_networks,
    signal_after,
    widths,
)
from u2live.cli import main
from u2live.errors import U2LiveError
from u2live.model.weights import read_weights
from u2live.training.state import RunFiles, read_state, write_state


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return drawn_data(tmp_path_factory.mktemp("data"))


def test_stopped_and_resumed_is_as_unbroken(
    tmp_path: Path, data: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """SIGTERM in the middle, then --resume: the same losses within 1e-5, and the same weights in the end."""
    more = ["--epochs", "5", "--set", "samples.composite=0.4"]
    whole, broken = tmp_path / "whole.safetensors", tmp_path / "broken.safetensors"
    assert main(command(data, whole, *more)[2:]) == 0
    watcher = signal_after(7, broken, signal.SIGTERM, os.getpid())
    assert main(command(data, broken, *more)[2:]) == 1
    watcher.join()
    assert "go on with --resume" in capsys.readouterr().err
    assert 7 <= len(losses(broken)) < 20
    assert main(command(data, broken, "--resume")[2:]) == 0
    assert len(losses(whole)) == 20
    np.testing.assert_allclose(losses(broken), losses(whole), atol=1e-5, rtol=0)
    same_networks(broken, whole, 1e-3)


def test_a_run_at_its_end_says_how_to_go_on(
    tmp_path: Path, data: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "x.safetensors"
    assert main(command(data, output, "--epochs", "1")[2:]) == 0
    assert main(command(data, output, "--resume")[2:]) == 2
    assert "reached its end" in capsys.readouterr().err
    assert main(command(data, output, "--resume", "--epochs", "2")[2:]) == 0
    assert len(losses(output)) == 8


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_a_full_disk_is_one_line_and_keeps_the_state_before(tmp_path: Path) -> None:
    files = RunFiles(tmp_path / "x.safetensors")
    write_state(files.state, {"step": 1})
    files.state.with_name(f"{files.state.name}.partial").symlink_to("/dev/full")
    with pytest.raises(U2LiveError, match=r"cannot be written .*free some space"):
        write_state(files.state, {"step": 2, "much": torch.zeros(100_000)})
    assert read_state(files.state)["step"] == 1
    assert [path.name for path in tmp_path.iterdir()] == [files.state.name]


def test_ctrl_c_saves_too(tmp_path: Path, data: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "x.safetensors"
    watcher = signal_after(2, output, signal.SIGINT, os.getpid())
    assert main(command(data, output, "--minutes", "5")[2:]) == 1
    watcher.join()
    assert output.with_name("x.state.pt").is_file()
    assert "saved" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_process_with_workers_is_stopped_and_goes_on(tmp_path: Path, data: tuple[Path, Path]) -> None:
    """The same through a shell's eyes: another process, samples made ahead by a worker, one line on stderr."""
    more = ["--epochs", "10", "--workers", "1"]
    whole, broken = tmp_path / "whole.safetensors", tmp_path / "broken.safetensors"
    assert run(command(data, whole, *more)).returncode == 0
    process = subprocess.Popen(command(data, broken, *more), stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
    signal_after(9, broken, signal.SIGTERM, process.pid)
    said = process.communicate(timeout=300)[1]
    assert process.returncode == 1, said
    assert "Traceback" not in said
    assert run([*command(data, broken, "--resume"), "--workers", "1"]).returncode == 0
    np.testing.assert_allclose(losses(broken), losses(whole), atol=1e-5, rtol=0)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_it_learns_and_says_what_it_is(tmp_path: Path, data: tuple[Path, Path]) -> None:
    """A red disc is found after a minute's worth of steps: IoU well above chance, nothing in the empty pictures."""
    output = tmp_path / "disc.safetensors"
    more = ["--epochs", "80", "--validate", str(data[0]), str(data[1]), "--batch", "4", *widths(4, 8)]
    done = run([*command(data, output), *more])
    assert done.returncode == 0, done.stderr
    curve = losses(output)
    assert np.mean(curve[-10:]) < 0.5 * np.mean(curve[:10])
    weights = read_weights(output)
    assert (weights.architecture, weights.meaning, weights.input_size) == ("U2NETN", "person", 32)
    assert json.loads(weights.metadata["validation"])["iou"] > 0.7
    assert json.loads(weights.metadata["config"])["epochs"] == 80
    assert str(data[0].parent.parent) not in json.dumps(dict(weights.metadata)), "no paths of this machine in the file"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_processes_are_one_run(tmp_path: Path, data: tuple[Path, Path]) -> None:
    """torchrun with two processes of batch 2 sees the samples of one process with batch 4, and learns the same at first."""
    one, two = tmp_path / "one.safetensors", tmp_path / "two.safetensors"
    more = ["--epochs", "3", "--batch-norm", "frozen", "--rate", "1e-3"]
    single = run([*command(data, one, *more), "--batch", "4"])
    assert single.returncode == 0, single.stderr
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    double = run([*launch, *command(data, two, *more)[1:]])
    assert double.returncode == 0, double.stderr
    assert len(losses(two)) == len(losses(one)) == 6
    same_networks(two, one, 4e-3)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (["--minutes", "1", "--epochs", "1"], "either --minutes or --epochs"),
        ([], "either --minutes or --epochs"),
        (["--epochs", "1", "--data", "/nowhere"], "there is no folder /nowhere"),
        (["--epochs", "1", "--output", "x.txt"], "written as .safetensors"),
        (["--epochs", "1", "--resume"], "nothing to resume"),
        (["--epochs", "1", "--sizes", "wide"], "--sizes wide"),
        (["--epochs", "1", "--set", "loss.speed=1"], "--set"),
        (["--epochs", "1", "--set", "samples.natural=much"], "no number"),
        (["--epochs", "1", "--init", "/nowhere.safetensors"], "/nowhere.safetensors"),
        (["--epochs", "1", "--data", "{nobody}"], "no pictures of people"),
        (["--epochs", "1", "--teacher", "/nowhere.safetensors"], "--teacher /nowhere.safetensors"),
        (["--epochs", "1", "--taught-on", "samples"], "needs a --teacher"),
        (["--epochs", "1", "--set", "loss.hint=1"], "needs a --teacher"),
        (["--epochs", "1", "--set", "loss.hint_side=100"], "multiple of 32"),
        (["--epochs", "1", "--set", "loss.hint_side=64"], "set loss.hint, too"),
        (["--epochs", "1", "--set", "loss.hint_presence=1"], "set loss.hint, too"),
        (["--epochs", "1", "--set", "loss.hint_side=1.5"], "no number"),
        (["--epochs", "1", "--set", "loss.l1=-1"], "from 0 on"),
        (["--epochs", "1", "--set", "loss.gradient=nan"], "from 0 on"),
        (["--epochs", "1", "--workers", "-1"], "--workers"),
        (["--epochs", "1", "--threads", "0"], "--threads"),
        (["--epochs", "1", "--validate-every", "0"], "--validate-every"),
        (["--epochs", "1", "--output", "/proc/no/x.safetensors"], "cannot be made"),
    ],
)
def test_nonsense_is_one_line(
    tmp_path: Path, data: tuple[Path, Path], wrong: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [*command(data, tmp_path / "x.safetensors")[2:], *(text.format(nobody=data[1]) for text in wrong)]
    assert main(arguments) in (1, 2)
    error = capsys.readouterr().err
    assert says in error
    assert len([line for line in error.splitlines() if line.startswith("u2live: ")]) == 1
    assert "Traceback" not in error
