"""Runs of `main.py train` that take a second: a tiny network, drawn pictures, and what a run leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import cv2
import numpy as np

from u2live.model.weights import read_weights

MAIN = Path(__file__).resolve().parents[2] / "main.py"
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


def draw_pictures(folder: Path, count: int, *, people: bool) -> Path:
    """Red discs on grey stand for people."""
    for part in ("image", "alpha") if people else ("image",):
        (folder / part).mkdir(parents=True)
    for number in range(count):
        rng = np.random.default_rng(number)
        image = rng.normal(110, 12, (48, 48, 3)).clip(0, 255).astype(np.uint8)
        if people:
            alpha = np.zeros((48, 48), np.uint8)
            cv2.circle(alpha, tuple(int(value) for value in rng.uniform(16, 32, 2)), 12, 255, -1)
            image[alpha > 0] = (20, 20, 220)
            cv2.imwrite(str(folder / "alpha" / f"{number}.png"), alpha)
        cv2.imwrite(str(folder / "image" / f"{number}.png"), image)
    return folder


def drawn_data(root: Path) -> tuple[Path, Path]:
    """A folder of people and one of nobody."""
    return draw_pictures(root / "people", 6, people=True), draw_pictures(root / "nobody", 2, people=False)


def command(data: tuple[Path, Path], output: Path, *more: str) -> list[str]:
    fixed = "--architecture U2NETN --input-size 32 --batch 2 --precision fp32 --batch-norm trained "
    fixed += "--rate 3e-3 --threads 1 --workers 0 --validate-every 1000"
    folders = [str(path) for path in data]
    return [
        sys.executable,
        str(MAIN),
        "train",
        "--data",
        *folders,
        "--output",
        str(output),
        *fixed.split(),
        *widths(2, 4),
        *more,
    ]


def widths(mid: int, outer: int) -> list[str]:
    """As wide in its first and last stages as in the others."""
    pairs = (("mid", mid), ("outer", outer))
    return [each for part in ("", "first-", "last-") for name, width in pairs for each in (f"--{part}{name}", str(width))]


def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, capture_output=True, text=True, timeout=300, env=ENVIRONMENT)


def log_of(output: Path) -> Path:
    return output.with_name(output.stem + ".log.jsonl")


def losses(output: Path) -> list[float]:
    lines = [json.loads(line) for line in log_of(output).read_text().splitlines()]
    steps = [line for line in lines if "loss" in line]
    assert [line["step"] for line in steps] == list(range(len(steps)))
    return [line["loss"] for line in steps]


def signal_after(steps: int, output: Path, number: signal.Signals, process_id: int) -> threading.Thread:
    """A thread that sends the signal once the log has so many lines."""

    def watch() -> None:
        for _ in range(20_000):
            if log_of(output).is_file() and log_of(output).read_text().count("\n") >= steps:
                os.kill(process_id, number)
                return
            time.sleep(0.005)

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


def same_networks(one: Path, two: Path, tolerance: float) -> None:
    ours, theirs = (read_weights(path).network.state_dict() for path in (one, two))
    for name, value in ours.items():
        np.testing.assert_allclose(value.float().numpy(), theirs[name].float().numpy(), atol=tolerance, err_msg=name)
