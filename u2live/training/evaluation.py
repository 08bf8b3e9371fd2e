"""`main.py evaluate`: one folder of maps or mattes against one of truths."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from tqdm import tqdm

from u2live.errors import U2LiveError, UsageError
from u2live.training.mattes import ClipSteadiness, MatteScore, matte_score
from u2live.training.pictures import image_files
from u2live.training.saliency import SaliencyMeasures

HEADINGS = {
    "max_f": "maxFβ",
    "max_f_of_pictures": "max of the pictures' mean Fβ",
    "mean_f": "mean Fβ",
    "weighted_f": "weighted Fβ",
    "mae": "MAE (maps scaled)",
    "s_measure": "Sα",
    "mean_e": "mean E",
    "max_e": "max E",
    "relaxed_boundary_f": "relaxed boundary F",
    "iou": "IoU at 0.5",
    "worst_iou": "IoU at 0.5, worst",
    "mad": "MAD",
    "mse": "MSE",
    "gradient": "gradient error (10³)",
    "boundary_f": "boundary F",
    "share": "pixels > 0.5 with nobody",
    "worst_share": "pixels > 0.5, worst",
    "dtssd": "dtSSD",
}


def evaluate(predictions: Path, truths: Path, *, clip: bool = False) -> dict[str, Any]:
    """Measure the pictures of `truths` with the files of the same names in `predictions`.

    With `clip` the files, by name, are the frames of one clip, and dtSSD is measured, too. A prediction of another size
    is resized to its truth. Returns {"pictures", "saliency", "matte", "empty", "clip"}; groups without pictures are
    left out. Raises UsageError and U2LiveError, each a line.
    """
    pairs = _pairs(predictions, truths)
    saliency, steadiness = SaliencyMeasures(), ClipSteadiness()
    scores: list[MatteScore] = []
    shares: list[float] = []
    resized = 0
    for prediction, truth in tqdm(pairs, unit="picture", disable=not sys.stderr.isatty()):
        theirs = _read(truth)
        ours = _read(prediction)
        if ours.shape != theirs.shape:
            ours = cv2.resize(ours, (theirs.shape[1], theirs.shape[0]), interpolation=cv2.INTER_LINEAR)
            resized += 1
        alpha, wanted = ours.astype(np.float32) / 255, theirs.astype(np.float32) / 255
        if theirs.max() > 128:
            saliency.add(ours, theirs)
            scores.append(matte_score(alpha, wanted))
        else:
            shares.append(float((alpha > 0.5).mean()))
        if clip:
            steadiness.add(alpha, wanted)
    report: dict[str, Any] = {"pictures": len(pairs), "resized": resized}
    if scores:
        table = [asdict(score) for score in scores]
        matte = {name: float(np.mean([row[name] for row in table])) for name in table[0]}
        report |= {"saliency": saliency.result(), "matte": {**matte, "worst_iou": min(row["iou"] for row in table)}}
    if shares:
        report["empty"] = {"pictures": len(shares), "share": float(np.mean(shares)), "worst_share": max(shares)}
    if clip:
        dtssd = steadiness.result()
        if dtssd is None:
            raise U2LiveError(f"{truths} holds one frame: --clip needs two or more of the same size")
        report["clip"] = {"dtssd": dtssd}
    return report


def _pairs(predictions: Path, truths: Path) -> list[tuple[Path, Path]]:
    for folder in (predictions, truths):
        if not folder.exists():
            raise UsageError(f"there is no folder {folder}: check the path")
        if not folder.is_dir():
            raise UsageError(f"{folder} is a file: name the folder that it lies in")
    truth_files = image_files(truths)
    if not truth_files:
        raise U2LiveError(f"{truths} holds no pictures: expected the truths as PNG")
    by_name = {path.stem: path for path in image_files(predictions)}
    missing = [path.name for path in truth_files if path.stem not in by_name]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise U2LiveError(f"{predictions} has no map for {missing[0]}{more}: run `main.py predict` over all pictures first")
    return [(by_name[path.stem], path) for path in truth_files]


def _read(path: Path) -> np.ndarray:
    pixels = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if pixels is None:
        raise U2LiveError(f"{path} cannot be read as a picture: make or copy it again")
    return pixels


def table_lines(report: dict[str, Any]) -> Iterator[str]:
    """The report for a terminal."""
    extra = f", {report['resized']} resized to their truth" if report["resized"] else ""
    yield f"{report['pictures']} pictures{extra}"
    titles = {"saliency": "Saliency, as in the paper", "matte": "Mattes", "empty": "Nobody there", "clip": "Clip"}
    for group, title in titles.items():
        if group not in report:
            continue
        yield ""
        yield title
        for name, value in report[group].items():
            if name in HEADINGS:
                yield f"  {HEADINGS[name]:<30}{value:8.4f}"


def report_json(report: dict[str, Any]) -> str:
    return json.dumps(report, indent=2)
