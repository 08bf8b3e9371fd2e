"""`main.py train --teacher`: what a student hears besides the truth."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from tests.integration.training_runs import command, drawn_data, losses
from u2live.cli import main
from u2live.model.weights import read_weights
from u2live.training.hint_loss import Hints
from u2live.training.shrinking import shrunk


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return drawn_data(tmp_path_factory.mktemp("data"))


def test_a_teacher_that_sees_the_samples(tmp_path: Path, data: tuple[Path, Path]) -> None:
    """It looks at 64 pixels where the student gets 32, says something else than the truth, and is named in the result."""
    teacher, deaf, taught = (tmp_path / f"{name}.safetensors" for name in ("teacher", "deaf", "taught"))
    assert main([*command(data, teacher, "--epochs", "1")[2:], "--input-size", "64", "--sizes", "32"]) == 0
    more = ["--epochs", "1", "--set", "samples.empty=0", "--teacher", str(teacher), "--taught-on", "samples"]
    assert main(command(data, deaf, *more, "--set", "loss.teacher=0")[2:]) == 0
    assert main(command(data, taught, *more, "--set", "loss.teacher=0.5")[2:]) == 0
    assert all(abs(ours - theirs) > 1e-4 for ours, theirs in zip(losses(taught), losses(deaf), strict=True))
    metadata = read_weights(taught).metadata
    assert metadata["teacher"] == "teacher.safetensors"
    assert json.loads(metadata["config"])["taught_on"] == "samples"


@pytest.mark.parametrize(("part", "hint_side"), [("shallow", 0), ("all", 64)])
def test_a_student_that_keeps_listening_stays_closer_to_its_teacher(
    tmp_path: Path, data: tuple[Path, Path], part: str, hint_side: int
) -> None:
    teacher, deaf, listening = (tmp_path / f"{name}.safetensors" for name in ("teacher", "deaf", "listening"))
    assert main(command(data, teacher, "--epochs", "1")[2:]) == 0
    more = [
        "--epochs",
        "5",
        "--batch-norm",
        "frozen",
        "--part",
        part,
        "--teacher",
        str(teacher),
        "--init",
        str(teacher),
    ]
    hinted = ["--set", "loss.hint=3", "--set", f"loss.hint_side={hint_side}"]
    for output, sets in ((deaf, []), (listening, hinted)):
        assert main(command(data, output, *more, *sets)[2:]) == 0
    soft = torch.randn(4, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    x = F.interpolate(soft, [hint_side or 32] * 2, mode="bilinear")
    hints = Hints(teacher, torch.device("cpu"), "fp32")
    with torch.inference_mode():
        students = (read_weights(file).network for file in (deaf, listening))
        far, near = (float(hints.loss(x, student.stages(shrunk(x, 32)))) for student in students)
    assert 0 < near < 0.7 * far


def test_a_teacher_that_judges_no_presence_cannot_be_asked_to(
    tmp_path: Path, data: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    teacher, student = tmp_path / "teacher.safetensors", tmp_path / "student.safetensors"
    assert main(command(data, teacher, "--epochs", "1")[2:]) == 0
    capsys.readouterr()
    asked = ["--teacher", str(teacher), "--set", "loss.hint=1", "--set", "loss.hint_presence=1"]
    assert main(command(data, student, "--epochs", "1", *asked)[2:]) == 2
    assert "loss.hint_presence" in capsys.readouterr().err.splitlines()[-1]
    assert not student.exists()
