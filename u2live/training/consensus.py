"""Truths that several opinions agree on: `python -m u2live.training.consensus --models … --data … --output DIR`.

Binary truths drawn by hand leave out a raised arm or keep a piece of wall now and then, and a network learns that arms are
nobody. Here every pixel becomes the median of what the truth and the networks say, so that one of three is outvoted by two
that agree; a folder without truths becomes one with, if the networks alone are an odd number.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from u2live.errors import UsageError
from u2live.training.compare import Matter, open_model
from u2live.training.pictures import alpha_file, image_files, read_alpha, read_picture
from u2live.training.tools import exit_code


def consensus(opinions: Sequence[np.ndarray]) -> np.ndarray:
    """The median of an odd number of H×W mattes, all uint8. Raises UsageError where there is no middle one."""
    if len(opinions) % 2 == 0:
        raise UsageError(f"{len(opinions)} opinions have no middle one: name one network more, or one fewer")
    middle: np.ndarray = np.median(np.stack(opinions), axis=0)
    return middle.astype(np.uint8)


def agree(folder: Path, models: Iterable[Matter], target: Path) -> None:
    """`target/image` and `target/alpha` from `folder`. Pictures that are there already stay. Raises UsageError, for what is
    no folder of pictures before it asks for the first model.
    """
    if not (folder / "image").is_dir():
        raise UsageError(f"{folder} has no image/ folder")
    models = list(models)
    for name in ("image", "alpha"):
        (target / name).mkdir(parents=True, exist_ok=True)
    for file in tqdm(image_files(folder / "image"), desc=folder.name, unit="picture", disable=not sys.stderr.isatty()):
        made = target / "alpha" / f"{file.stem}.png"
        if made.is_file():
            continue
        image = read_picture(file)
        opinions = [np.round(model(image) * 255).astype(np.uint8) for model in models]
        truth = alpha_file(file)
        if truth is not None:
            opinions.append(read_alpha(truth))
        shutil.copyfile(file, target / "image" / file.name)
        part = made.with_suffix(".part")
        part.write_bytes(cv2.imencode(".png", consensus(opinions))[1].tobytes())
        part.replace(made)  # the last thing: what has its name is whole, and so is its picture


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m u2live.training.consensus", description=__doc__)
    parser.add_argument("--models", nargs="+", required=True, type=Path, metavar="FILE", help="weights, or ONNX files")
    parser.add_argument("--data", required=True, type=Path, metavar="DIR", help="with image/, and alpha/ or not")
    parser.add_argument("--output", required=True, type=Path, metavar="DIR")
    args = parser.parse_args(arguments)
    return exit_code(lambda: agree(args.data, map(open_model, args.models), args.output))


if __name__ == "__main__":
    sys.exit(main())
