"""The benchmark runs and reports; what it measures is not asserted."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from u2live.bench.stages import StageTiming, live_estimate
from u2live.cli import main


@pytest.mark.slow
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
    stages = {row["stage"]: row for row in report["stages"]}
    assert {"network", "smoothing, refinement, colours", "matte in all", "compositing: blur"} <= set(stages)
    assert all(row["p50_ms"] >= 0 and row["cpu_ms"] >= 0 for row in stages.values())
    assert report["live"]["cores"] == pytest.approx(report["live"]["cpu_ms"] * 0.03, abs=0.02)
    assert report["live_choice"] == [], "nothing was left to choose"


@pytest.mark.slow
def test_what_runs_live_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--size", "320x240", "--rounds", "1"]) == 0
    live = capsys.readouterr().out.partition("\nlive: ")[2].splitlines()
    assert re.search(r"runs on (every frame|one frame in \d): it takes \d+ ms", live[1])


@pytest.mark.parametrize(("network_ms", "interval"), [(15.0, 1), (21.0, 2), (95.0, 5), (140.0, 0)])
def test_what_the_stages_mean_for_a_live_picture(network_ms: float, interval: int) -> None:
    """20 ms a frame is there for the network at 30 fps; its processor time is shared by the frames of an interval."""
    timings = {
        "network": (network_ms, 30.0),
        "matte in all": (network_ms + 5, 36.0),
        "matte propagated, no network": (6.0, 6.0),
        "compositing: blur": (3.0, 4.0),
    }
    stages = {name: StageTiming(name, wall, wall, wall / 33, cpu) for name, (wall, cpu) in timings.items()}
    live = live_estimate(stages)
    assert live.keyframe_interval == interval
    if interval:
        assert live.cpu_ms == pytest.approx((36 + 6 * (interval - 1)) / interval + 4, abs=0.1)


def test_rounds_are_counted_from_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--rounds", "0"]) == 2
    assert "--rounds" in capsys.readouterr().err


def test_a_start_needs_a_display(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And renders no demo instead. In a folder of its own: where the README's first command ran, one may lie."""
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main(["bench", "--startup"]) == 1
    assert "no display" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.shared
def test_starts_are_timed(u2netp_weights: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--startup", "--json", "--weights", str(u2netp_weights)]) == 0
    starts = json.loads(capsys.readouterr().out)["starts"]
    assert len(starts) == 3
    assert all(0 < start["window_visible_s"] < start["first_matted_s"] for start in starts)
