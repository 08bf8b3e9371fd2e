"""Several files at once: what goes wrong with one must not cost the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from u2live.cli import main
from u2live.pipeline import process
from u2live.pipeline.process_plan import Job


def test_a_fault_of_ours_with_one_file_does_not_cost_the_others(
    tmp_path: Path, student_weights: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.png", "b.png"):
        cv2.imwrite(str(tmp_path / name), np.full((24, 32, 3), 90, np.uint8))
    real = process.process_file

    def faulty(job: Job, *rest: Any, **named: Any) -> Any:
        if job.source.name == "a.png":
            raise RuntimeError("ours")
        return real(job, *rest, **named)

    monkeypatch.setattr(process, "process_file", faulty)
    inputs = [str(tmp_path / name) for name in ("a.png", "b.png")]
    options = ["--background", "original", "--weights", str(student_weights), "--engine", "torch"]
    assert main(["process", *inputs, "--output", str(tmp_path / "out"), *options]) == 1
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["b.png"]
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("u2live:")]
    assert len(lines) == 1
    assert "a.png: a fault in u2live itself (RuntimeError: ours)" in lines[0]
