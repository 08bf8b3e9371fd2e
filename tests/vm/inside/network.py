"""main.py as it is, its network and all: a person before a green background reaches a reader."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np

from tests.vm.inside.pictures import HEIGHT, WIDTH, Judge
from tests.vm.inside.stage import Stage

GREEN = (64, 177, 0)
"""BGR of the background."""
PICTURE, TRUTH = "person.png", "person-matte.png"
"""Lie in OUT, drawn by the host: somebody in a room at the pictures' size, and the exact matte."""
WEIGHTS, INPUT_SIZE = "u2netn-person", 128


class PersonJudge(Judge):
    """Knows a composite: the person where the person is, green where nobody is."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.picture = cv2.imread(str(folder / PICTURE))
        truth = cv2.imread(str(folder / TRUTH), cv2.IMREAD_GRAYSCALE)
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (17, 17))
        self.person = cv2.erode(truth, kernel) > 250  # well inside
        self.room = cv2.dilate(truth, kernel) < 5  # well outside
        self.truth = truth > 127
        self.found: list[dict[str, float]] = []

    def label(self, picture: np.ndarray) -> str:
        label = super().label(picture)
        if label != "other":
            return label
        away = np.abs(picture.astype(int) - GREEN).max(axis=2)
        shown = away > 40
        kept = np.abs(picture.astype(int) - self.picture).max(axis=2)[self.person]
        self.found.append(
            {
                "overlap with the truth": round(float((shown & self.truth).sum() / (shown | self.truth).sum()), 3),
                "green in the room": round(float((away[self.room] < 25).mean()), 3),
                "the person's own colours": round(float((kept < 25).mean()), 3),
            }
        )
        last = self.found[-1]
        good = (
            last["overlap with the truth"] > 0.75 and min(last["green in the room"], last["the person's own colours"]) > 0.8
        )
        return "person on green" if good else "other"


def the_network(stage: Stage) -> None:
    judge = PersonJudge(stage.out)
    reader = stage.reader(judge)
    began_s = time.monotonic()
    options = [
        *(
            "--source",
            str(stage.out / PICTURE),
            "--size",
            f"{WIDTH}x{HEIGHT}",
            "--fps",
            "2",
            "--background",
            "color:#00b140",
        ),
        *("--engine", "openvino", "--weights", WEIGHTS, "--set", f"model.input_size={INPUT_SIZE}"),
    ]
    program = stage.start_with_network("network", *options)
    took_s = reader.took_s("person on green", began_s, 4 * stage.patience_s)
    found = judge.found[-1:] or program.errors[-300:]
    stage.check(
        "with the network: the person on the background arrives", took_s < float("inf"), f"after {took_s:.1f} s, {found}"
    )
    time.sleep(5)
    seen = reader.stop()
    kinds = {one.label for one in seen}
    told = "not one picture of the room with the network"
    stage.check(told, kinds <= {"black", "placeholder", "person on green"}, f"{len(seen)} pictures: {sorted(kinds)}")
    code = program.end(2 * stage.patience_s)
    report = program.report() if code == 0 else {}
    engine = report.get("engine")
    stage.check("with the network: Ctrl-C ends it with exit code 0", code == 0, f"{code} {program.errors[-300:]}")
    ran = isinstance(engine, dict) and (engine["name"], engine["input_size"]) == ("openvino", INPUT_SIZE)
    stage.check("it was the network that ran, on OpenVINO", ran, engine)
