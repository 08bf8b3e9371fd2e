"""`main.py evaluate`: the measures of the paper, of mattes, and of clips."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "evaluate",
        help="measure maps or mattes against the truth",
        description="Measure every picture of GT_DIR with the file of the same name in PRED_DIR: the U²-Net paper's "
        "measures (maps min–max scaled) and those of mattes (as they are).",
    )
    parser.add_argument(
        "predictions", type=Path, metavar="PRED_DIR", help="maps or mattes, as `predict` and `process` write"
    )
    parser.add_argument("truths", type=Path, metavar="GT_DIR", help="the truths, same names")
    parser.add_argument("--clip", action="store_true", help="the files are the frames of a clip: dtSSD, too")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def execute(args: argparse.Namespace) -> int:
    from u2live.training.evaluation import evaluate, report_json, table_lines

    report = evaluate(args.predictions, args.truths, clip=args.clip)
    print(report_json(report) if args.json else "\n".join(table_lines(report)))
    return 0
