"""The benchmark runs and reports; what it measures is not asserted."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from u2live.cli import main


@pytest.mark.shared
def test_engines_and_stages_are_reported(u2netp_weights: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        "bench",
        "--weights",
        str(u2netp_weights),
        "--engine",
        "torch",
        "--size",
        "320x240",
        "--rounds",
        "1",
        "--json",
    ]
    assert main(arguments) == 0
    report = json.loads(capsys.readouterr().out)
    assert [row["engine"] for row in report["engines"]] == ["cuda", "openvino", "torch"]
    assert all(row["error"] or row["p50_ms"] > 0 for row in report["engines"])
    assert {"network", "matte in all", "compositing: blur"} <= {row["stage"] for row in report["stages"]}


def test_rounds_are_counted_from_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--rounds", "0"]) == 2
    assert "--rounds" in capsys.readouterr().err


def test_a_start_needs_a_display(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main(["bench", "--startup"]) == 1
    assert "no display" in capsys.readouterr().err
    assert "u2live-demo.mp4" not in os.listdir()


@pytest.mark.slow
@pytest.mark.shared
def test_starts_are_timed(u2netp_weights: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--startup", "--json", "--weights", str(u2netp_weights)]) == 0
    starts = json.loads(capsys.readouterr().out)["starts"]
    assert len(starts) == 3
    assert all(0 < start["window_visible_s"] < start["first_matted_s"] for start in starts)
