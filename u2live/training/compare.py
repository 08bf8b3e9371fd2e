"""Several networks on the same pictures: `python -m u2live.training.compare --models … --data …`.

Every model sees the same picture squeezed to its own input size by the same resize, and every matte is measured at the
picture's size, as it is. A model is a weights file (a U²-Net) or an ONNX file that takes RGB in [0, 1] (MediaPipe's selfie
segmentation). All run in float32 with OpenVINO on the CPU. Networks of this project's trainer see it in the light that the
program mends for them (`matting.exposure`); `--light` takes the pictures' light away first. `+mirrored` behind a file or its
size: it sees each picture twice, as in `process` (`matting.mirrored`), `+mirrored@SIZE`: once at that size where people
leave room in the picture.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
from tqdm import tqdm

from u2live.errors import U2LiveError, UsageError
from u2live.matting import openvino_core
from u2live.matting.exposure import exposed
from u2live.matting.mirrored import agreed, leaves_room, mirrored_back
from u2live.training.batches import MEAN, STD
from u2live.training.mattes import ClipSteadiness, matte_score
from u2live.training.pictures import alpha_file, find_folders, image_files, read_alpha, read_picture
from u2live.training.webcam import before_a_window, beside_a_lamp, in_the_dark

Matter: TypeAlias = Callable[[np.ndarray], np.ndarray]  # H×W×3 uint8 BGR → H×W float32 in [0, 1]
LIGHTS = {"dark": in_the_dark, "lamp": beside_a_lamp, "window": before_a_window}
MIRRORED = "+mirrored"
_ASKED = re.compile(rf"([^=]*)=([^@]+?)(?:@(\d+))?({re.escape(MIRRORED)}(?:@(\d+))?)?")
COLUMNS = ("iou", "worst_iou", "mad", "mse", "gradient", "boundary_f", "dtssd", "share", "worst_share")


def open_model(path: Path, input_size: int = 0) -> Matter:
    """A network as a function from pictures to mattes. `input_size` 0 takes the model's own. Raises U2LiveError."""
    if path.suffix == ".onnx":
        return _onnx_model(path)
    import openvino as ov
    import torch

    from u2live.model.weights import read_weights

    weights = read_weights(path)
    side = input_size or weights.input_size
    example = torch.zeros(1, 3, side, side)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # sizes become constants in the trace: meant, the input's size is fixed
        infer = _compiled(ov.convert_model(weights.network, example_input=example, input=[1, 3, side, side]))
    mean, std = np.array(MEAN, np.float32), np.array(STD, np.float32)
    scaled = exposed if weights.for_camera else _as_given
    return _resized(lambda square: infer(((scaled(square)[..., ::-1] - mean) / std).transpose(2, 0, 1)[None]), side)


def seeing_twice(matter: Matter, finer: Matter | None = None) -> Matter:
    """`matter`, and again on the mirrored picture; `finer` there, where people leave room in it."""

    def both(image: np.ndarray) -> np.ndarray:
        alpha = matter(image)
        second = finer if finer is not None and leaves_room(alpha) else matter
        seen: np.ndarray = agreed(alpha, mirrored_back(second(np.ascontiguousarray(image[:, ::-1]))))
        return seen

    return both


def _onnx_model(path: Path) -> Matter:
    try:
        model = openvino_core.core().read_model(path)
    except RuntimeError:
        raise U2LiveError(f"{path} cannot be read as an ONNX network: check the path") from None
    channels, height, width = (extent.get_length() for extent in list(model.input(0).partial_shape)[1:])
    if channels != 3 or height != width:
        raise U2LiveError(f"{path} takes {channels}×{height}×{width}, not a square of three channels")
    model.reshape([1, channels, height, width])
    infer = _compiled(model)
    return _resized(lambda square: infer(_as_given(square)[..., ::-1].transpose(2, 0, 1)[None]), width)


def _as_given(square: np.ndarray) -> np.ndarray:
    return square.astype(np.float32) / 255


def _compiled(model: Any) -> Callable[[np.ndarray], np.ndarray]:
    compiled = openvino_core.core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return lambda pixels: np.asarray(compiled(np.ascontiguousarray(pixels, np.float32))[0])[0, 0]


def _resized(infer: Callable[[np.ndarray], np.ndarray], side: int) -> Matter:
    def matter(image: np.ndarray) -> np.ndarray:
        square = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
        return cv2.resize(infer(square), (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)

    return matter


def compare(
    models: dict[str, Matter], folders: Sequence[Path], *, clips: bool = False, most: int = 0, light: str = ""
) -> dict[str, Any]:
    """{folder: {model: {measure: value}}}. `clips`: a folder's pictures are frames; `most`: only so many, evenly spread;
    `light`: one of LIGHTS, which all pictures are seen in, the same in every run.
    """
    report: dict[str, Any] = {}
    for folder in folders:
        files = image_files(folder / "image")
        if most and most < len(files) and not clips:
            files = [files[i] for i in np.linspace(0, len(files) - 1, most).astype(int)]
        rows: dict[str, list[dict[str, float]]] = {name: [] for name in models}
        steadiness = {name: ClipSteadiness() for name in models}
        name_of_folder = f"{folder.resolve().parent.name}/{folder.name}"
        for number, file in enumerate(tqdm(files, desc=name_of_folder, unit="picture", disable=not sys.stderr.isatty())):
            image = read_picture(file)
            truth_file = alpha_file(file)
            truth = None if truth_file is None else read_alpha(truth_file).astype(np.float32) / 255
            if light:
                matte = np.zeros(image.shape[:2], np.float32) if truth is None else truth
                image = LIGHTS[light](image, matte, np.random.default_rng(number))
            for name, matter in models.items():
                alpha = matter(image)
                if truth is None:
                    rows[name].append({"share": float((alpha > 0.5).mean())})
                    continue
                rows[name].append(asdict(matte_score(alpha, truth)))
                if clips:
                    steadiness[name].add(alpha, truth)
        report[name_of_folder] = {
            name: {"pictures": len(rows[name]), **_summary(rows[name], steadiness[name].result())} for name in models
        }
    return report


def _summary(rows: list[dict[str, float]], dtssd: float | None) -> dict[str, float]:
    summary = {measure: float(np.mean([row[measure] for row in rows])) for measure in rows[0]}
    if "iou" in summary:
        summary["worst_iou"] = min(row["iou"] for row in rows)
    if "share" in summary:
        summary["worst_share"] = max(row["share"] for row in rows)
    return summary if dtssd is None else {**summary, "dtssd": dtssd}


def table(report: dict[str, Any]) -> str:
    lines = []
    for folder, models in report.items():
        first = next(iter(models.values()))
        columns = [column for column in COLUMNS if column in first]
        lines += ["", f"{folder} ({first['pictures']})", " " * 22 + "".join(f"{column:>12}" for column in columns)]
        lines += [f"  {name:<20}" + "".join(f"{row[column]:12.4f}" for column in columns) for name, row in models.items()]
    return "\n".join(lines)


def _named_model(text: str) -> tuple[str, Matter]:
    """What one of `--models` asks for. Raises U2LiveError."""
    asked = _ASKED.fullmatch(text)
    if asked is None:
        raise UsageError(f"--models {text}: expected NAME=FILE or NAME=FILE@SIZE, and perhaps {MIRRORED} or {MIRRORED}@SIZE")
    name, file, size, twice, second_size = asked.groups()
    model = open_model(Path(file), int(size or 0))
    if not twice:
        return name, model
    return name, seeing_twice(model, open_model(Path(file), int(second_size)) if second_size else None)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m u2live.training.compare", description=__doc__)
    parser.add_argument("--models", nargs="+", required=True, metavar="NAME=FILE[@SIZE][+mirrored[@SIZE]]")
    parser.add_argument("--data", nargs="+", type=Path, required=True, metavar="DIR", help="with image/, and alpha/ or not")
    parser.add_argument("--clips", action="store_true", help="the pictures of a folder are frames: dtSSD, too")
    parser.add_argument("--most", type=int, default=0, metavar="N", help="so many pictures of each folder")
    parser.add_argument("--light", choices=LIGHTS, default="", help="see every picture in poor light (default: as it is)")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(arguments)
    try:
        if args.light and args.clips:
            raise UsageError("--light: each picture gets a light of its own, which makes no clip; leave out --clips")
        models = dict(map(_named_model, args.models))
        report = compare(models, find_folders(args.data, "validation"), clips=args.clips, most=args.most, light=args.light)
    except U2LiveError as error:
        print(f"u2live: {error}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    print(json.dumps(report, indent=2) if args.json else table(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
