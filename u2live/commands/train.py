"""`main.py train`: makes weights out of folders of pictures and mattes."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "train",
        help="train a network on folders of pictures and mattes",
        description="Train U²-Net on folders with image/ and alpha/ (people) or image/ alone (nobody there). "
        "Ctrl-C or SIGTERM saves; --resume goes on exactly there. Several GPUs: torchrun --nproc-per-node N main.py train …",
    )
    add_arguments(parser)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--data", type=Path, nargs="+", required=True, metavar="DIR", help="folders to train on; or a folder of such folders"
    )
    add("--validate", type=Path, nargs="+", default=[], metavar="DIR", help="folders to measure on in between")
    add("--teacher", type=Path, metavar="WEIGHTS", help="learn from these weights' mattes, too")
    add(
        "--taught-on",
        choices=("pictures", "samples"),
        help="its mattes of the pictures as they are (default), made once; or of every sample, as the student sees it",
    )
    add("--output", type=Path, required=True, metavar="FILE", help="the best network, .safetensors; the rest goes beside it")
    add("--init", type=Path, nargs="+", metavar="FILE", help="start from these weights; from the mean of several")
    add("--resume", action="store_true", help="go on where the run of this --output stopped")
    add("--minutes", type=float, help="train for so long")
    add("--epochs", type=float, help="or see every picture so often")
    add("--architecture", choices=("U2NETP", "U2NETN", "U2NET"), help="default U2NETP")
    add("--mid", type=int, help="inner channels of a U2NETN")
    add("--outer", type=int, help="outer channels of a U2NETN")
    add("--first-mid", type=int, help="inner channels of its first stage")
    add("--first-outer", type=int, help="outer channels of its first stage")
    add("--last-mid", type=int, help="inner channels of its last stage, 1d")
    add("--last-outer", type=int, help="outer channels of its last stage, 1d")
    add(
        "--part",
        choices=("all", "last", "deep", "shallow"),
        help="what learns: all (default), what lies behind stage 3d, stages 3 to 3d, or all but these",
    )
    add("--last-rate", type=float, metavar="TIMES", help="the rate behind stage 3d, as a factor of --rate (default: 1)")
    add("--input-size", type=int, help="side of the square that the network will be used at")
    add("--sizes", metavar="N[:SHARE],…", help="sides to train at, with their shares")
    add("--batch", type=int)
    add("--rate", type=float, help="highest learning rate")
    add("--ema", type=float, help="decay of the weights' moving average")
    add("--sharpness", type=float, help="factor of the fused map's logits in the saved file (default: 1)")
    add("--batch-norm", choices=("frozen", "trained"))
    add("--precision", choices=("bf16", "fp16", "fp32"))
    add("--validate-every", type=int, metavar="STEPS")
    add("--seed", type=int)
    add(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="samples.NAME=… or loss.NAME=…: see training/config.py",
    )
    add("--workers", type=int, default=1, help="processes that make samples (default 1)")
    add("--threads", type=int, help="threads of the network on a CPU")


def execute(args: argparse.Namespace) -> int:
    from u2live.training.run import train

    return train(args)
