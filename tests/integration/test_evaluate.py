"""`main.py evaluate` on folders made here, and the paper's figures where the shared data lies."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from u2live.cli import main


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Three truths and maps that find them a little too large; the fourth truth is empty and its map nearly."""
    predictions, truths = tmp_path / "predictions", tmp_path / "truths"
    predictions.mkdir()
    truths.mkdir()
    for number in range(4):
        truth = np.zeros((60, 80), np.uint8)
        found = np.zeros((60, 80), np.uint8)
        if number < 3:
            truth[20:40, 10 + 5 * number : 40 + 5 * number] = 255
            found[18:42, 10 + 5 * number : 40 + 5 * number] = 255
        else:
            found[:6, :8] = 200
        cv2.imwrite(str(truths / f"{number}.png"), truth)
        cv2.imwrite(str(predictions / f"{number}.png"), found)
    return predictions, truths


def test_figures_by_hand(folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", *map(str, folders), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["pictures"] == 4
    assert report["matte"]["iou"] == pytest.approx(20 / 24)
    assert report["matte"]["mad"] == pytest.approx(4 * 30 / 4800)
    assert report["saliency"]["max_f"] == pytest.approx(1.3 * (20 / 24) / (0.3 * 20 / 24 + 1), abs=1e-6)
    assert report["saliency"]["mae"] == pytest.approx(4 * 30 / 4800)
    assert report["empty"] == {"pictures": 1, "share": pytest.approx(48 / 4800), "worst_share": pytest.approx(48 / 4800)}
    assert "clip" not in report


def test_a_clip_has_a_steadiness(folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", *map(str, folders), "--json", "--clip"]) == 0
    assert json.loads(capsys.readouterr().out)["clip"]["dtssd"] > 1


def test_the_table_names_every_measure(folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", *map(str, folders)]) == 0
    out = capsys.readouterr().out
    for title in (
        "maxFβ",
        "mean Fβ",
        "weighted Fβ",
        "MAE",
        "Sα",
        "mean E",
        "relaxed boundary F",
        "IoU",
        "MAD",
        "MSE",
        "gradient",
    ):
        assert title in out


def test_another_size_is_resized_and_said(folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    small = cv2.resize(cv2.imread(str(folders[0] / "0.png"), cv2.IMREAD_GRAYSCALE), (40, 30))
    cv2.imwrite(str(folders[0] / "0.png"), small)
    assert main(["evaluate", *map(str, folders)]) == 0
    assert "1 resized" in capsys.readouterr().out


@pytest.mark.parametrize("what", ["no predictions", "no truths", "a file", "empty", "missing map", "no picture"])
def test_bad_input_is_one_line(folders: tuple[Path, Path], what: str, capsys: pytest.CaptureFixture[str]) -> None:
    predictions, truths = folders
    if what == "no predictions":
        predictions = predictions / "nowhere"
    if what == "no truths":
        truths = truths / "nowhere"
    if what == "a file":
        truths = truths / "0.png"
    if what == "empty":
        truths = truths.parent
    if what == "missing map":
        (predictions / "1.png").unlink()
    if what == "no picture":
        (predictions / "1.png").write_text("text")
    assert main(["evaluate", str(predictions), str(truths), "--json"]) in (1, 2)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("u2live: ")
    assert captured.err.count("\n") == 1


@pytest.mark.slow
@pytest.mark.shared
def test_the_papers_figures(shared: Path, u2netp_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every 20th picture of ECSSD, published U2NETP. They are easier than all 1000, which give .943 and .041."""
    images, truths = tmp_path / "image", tmp_path / "alpha"
    images.mkdir()
    truths.mkdir()
    for number in range(1, 1001, 20):
        (images / f"{number:04}.jpg").symlink_to(shared / "datasets/ecssd/image" / f"{number:04}.jpg")
        (truths / f"{number:04}.png").symlink_to(shared / "datasets/ecssd/alpha" / f"{number:04}.png")
    maps = tmp_path / "maps"
    assert main(["predict", str(images), str(maps), "--weights", str(u2netp_weights), "--engine", "torch"]) == 0
    capsys.readouterr()
    assert main(["evaluate", str(maps), str(truths), "--json"]) == 0
    saliency = json.loads(capsys.readouterr().out)["saliency"]
    assert saliency["max_f"] == pytest.approx(0.9586, abs=0.003)
    assert saliency["mae"] == pytest.approx(0.0291, abs=0.001)
