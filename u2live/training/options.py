"""The command line's options as a configuration."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Any

from u2live.errors import UsageError
from u2live.training.config import WIDTHS, TrainConfig, config_from_json

FIXED = ("architecture", *WIDTHS, "part", "last_rate", "batch_norm", "taught_on", "seed")
CHANGEABLE = ("minutes", "epochs", "input_size", "precision", "batch", "rate", "ema", "sharpness", "validate_every")


def new_config(args: argparse.Namespace) -> TrainConfig:
    """The configuration that the options describe; what they leave out keeps its default. Raises UsageError."""
    given = {name: getattr(args, name) for name in (*FIXED, *CHANGEABLE) if getattr(args, name) is not None}
    if given.get("architecture") == "U2NETN":
        given = {"input_size": 192, **given}
    if args.sizes:
        given["sizes"], given["size_shares"] = sizes_of(args.sizes)
    elif "input_size" in given:
        given["sizes"] = (given["input_size"],)
    return with_sets(TrainConfig(**given), args.set)


def resumed_config(stored: str, args: argparse.Namespace) -> TrainConfig:
    """The stored run's, with what is given anew: a new end makes a run longer. What the network is cannot change."""
    config = config_from_json(stored)
    for name in FIXED:
        wanted = getattr(args, name)
        if wanted is not None and wanted != getattr(config, name):
            option = name.replace("_", "-")
            raise UsageError(
                f"--{option} {wanted}: the run to resume has {getattr(config, name)}; start anew without --resume"
            )
    given: dict[str, Any] = {name: getattr(args, name) for name in CHANGEABLE if getattr(args, name) is not None}
    if args.minutes or args.epochs:
        given = {"minutes": 0.0, "epochs": 0.0, **given}
    if args.sizes:
        given["sizes"], given["size_shares"] = sizes_of(args.sizes)
    return with_sets(dataclasses.replace(config, **given), args.set)


def with_sets(config: TrainConfig, assignments: list[str]) -> TrainConfig:
    """`config` with `samples.NAME=VALUE` and `loss.NAME=VALUE` applied. Raises UsageError."""
    for assignment in assignments:
        name, _, value = assignment.partition("=")
        group, _, leaf = name.partition(".")
        if group not in ("samples", "loss"):
            raise UsageError(f"--set {assignment}: expected samples.NAME=VALUE or loss.NAME=VALUE")
        part = getattr(config, group)
        known = [field.name for field in dataclasses.fields(part)]
        if leaf not in known:
            raise UsageError(f"--set {assignment}: {group} has {', '.join(known)}")
        try:
            part = dataclasses.replace(part, **{leaf: type(getattr(part, leaf))(value)})
        except ValueError:
            raise UsageError(f"--set {assignment}: {value!r} is no number") from None
        config = dataclasses.replace(config, **{group: part})
    return config


def sizes_of(text: str) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """`--sizes` as sides and their shares. Raises UsageError."""
    try:
        parts = [part.split(":") for part in text.split(",")]
        return tuple(int(part[0]) for part in parts), tuple(float(part[1]) if len(part) > 1 else 1.0 for part in parts)
    except (ValueError, IndexError):
        raise UsageError(f"--sizes {text}: expected sides with shares, such as 256:3,320:1") from None
