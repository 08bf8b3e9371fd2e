"""From the command line's words to a finished run."""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from u2live.errors import U2LiveError, UsageError
from u2live.matting.exposure import in_good_light
from u2live.pipeline.stopping import told_to_stop
from u2live.training.arithmetic import fastest_precision, keep_memory, try_convolutions
from u2live.training.batches import normalized
from u2live.training.config import TrainConfig
from u2live.training.hint_loss import Hints
from u2live.training.networks import new_network, start_from
from u2live.training.options import new_config, resumed_config
from u2live.training.pictures import Folder, find_folders, load_folder
from u2live.training.processes import Processes, processes
from u2live.training.samples import SampleMaker
from u2live.training.state import RunFiles, read_state
from u2live.training.trainer import Step, Trainer
from u2live.training.tutor import Tutor


def train(args: argparse.Namespace) -> int:
    """Run `main.py train`. Raises UsageError for what cannot be trained, U2LiveError when it was stopped before its end."""
    cv2.setNumThreads(0)  # a forked worker would wait for OpenCV's threads, which a fork leaves behind
    keep_memory()
    try_convolutions()
    _check_counts(args)
    if args.threads:
        torch.set_num_threads(args.threads)
    files = RunFiles(_checked_output(args.output))
    state = read_state(files.state) if args.resume else None
    if state is None and args.precision is None:
        args.precision = fastest_precision(torch.device("cuda" if torch.cuda.is_available() else "cpu"))
    config = new_config(args) if state is None else resumed_config(state["config"], args)
    train_paths, validation_paths = find_folders(args.data, "train"), []
    if args.validate:
        validation_paths = find_folders(args.validate, "validation")
    if config.taught_on == "samples" and args.teacher is None:
        raise UsageError("--taught-on samples needs a --teacher")
    if config.loss.hint > 0 and args.teacher is None:
        raise UsageError("--set loss.hint needs a --teacher")
    if args.teacher is not None and not args.teacher.is_file():
        raise UsageError(f"--teacher {args.teacher}: there is no such weights file")
    with processes() as group, told_to_stop() as told:
        if config.precision == "fp16" and group.device.type == "cpu":
            raise UsageError("--precision fp16 needs an NVIDIA GPU: take bf16 or fp32")
        tutor = Tutor(args.teacher, group.device, config.precision) if config.taught_on == "samples" else None
        hints = None
        if config.loss.hint > 0:
            hints = Hints(args.teacher, group.device, config.precision, config.loss.hint_presence)
        train_folders = _read(train_paths, group, None if tutor else args.teacher, config)
        validation_folders = _read(validation_paths, group, None, config) if group.first else []
        network = new_network(config)
        if args.init and state is None:
            start_from(network, args.init, _some_images(train_folders, config))
        if hints is not None:
            hints.check(network)
        about = {"trained_on": ", ".join(_short(path) for path in train_paths), "commit": _commit()}
        if args.init:
            about["started_from"] = ", ".join(path.name for path in args.init)
        if args.teacher is not None:
            about["teacher"] = args.teacher.name
        trainer = Trainer(
            config,
            network,
            train_folders,
            validation_folders,
            files,
            group,
            workers=args.workers,
            tutor=tutor,
            hints=hints,
            about=about,
            stop=told.is_set,
        )
        if state is not None:
            trainer.restore(state)
            if trainer.done >= 1:
                raise UsageError(f"the run of {files.state} has reached its end: a larger --minutes or --epochs goes on")
        elif group.first:
            files.log.unlink(missing_ok=True)
        bar = _Bar(config, group)
        trainer.report = bar.show
        try:
            finished = trainer.run()
        finally:
            bar.close()
    if not finished:
        raise U2LiveError(f"stopped at step {trainer.step} and saved in {files.state}: go on with --resume")
    if group.first:
        print(f"{trainer.step} steps; the best network is {files.best}", file=sys.stderr)
    return 0


def _some_images(folders: Sequence[Folder], config: TrainConfig) -> Tensor:
    """Samples [B, 3, S, S] that show what a network will be fed with."""
    maker = SampleMaker(folders, config.samples)
    images = [maker.sample(np.random.default_rng([config.seed, 7, n]), config.sizes[0]).image for n in range(24)]
    return normalized(torch.from_numpy(np.stack([in_good_light(image) for image in images])))


def _checked_output(path: Path) -> Path:
    if path.suffix != ".safetensors":
        raise UsageError(f"--output {path}: weights are written as .safetensors, name such a file")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--output {path}: its folder cannot be made ({error.strerror or error})") from None
    return path


def _check_counts(args: argparse.Namespace) -> None:
    if args.workers < 0:
        raise UsageError(f"--workers is 0 or more, not {args.workers}")
    if args.threads is not None and args.threads < 1:
        raise UsageError(f"--threads is 1 or more, not {args.threads}")


def _read(paths: Sequence[Path], group: Processes, teacher: Path | None, config: TrainConfig) -> list[Folder]:
    folders = []
    for path in paths:
        mattes = None
        if teacher is not None:
            from u2live.training.teacher import taught_mattes

            mattes = taught_mattes(path, teacher, group)
        folder = load_folder(path, teacher=mattes)
        if group.first:
            kind = "people" if folder.people else "nobody"
            print(f"{_short(path)}: {len(folder.pictures)} pictures, {kind}", file=sys.stderr)
        folders.append(folder)
    return folders


def _short(path: Path) -> str:
    """A folder's name without the machine it lies on."""
    path = path.resolve()
    return f"{path.parent.name}/{path.name}"


def _commit() -> str:
    """The commit of this program, where it runs from a checkout."""
    here = Path(__file__).resolve().parent
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        answer = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=here, capture_output=True, text=True, timeout=5, check=True
        )
        return answer.stdout.strip()
    return "unknown"


class _Bar:
    """Loss, rate and time left on stderr."""

    def __init__(self, config: TrainConfig, group: Processes) -> None:
        quiet = not sys.stderr.isatty()
        self._bar: Any = tqdm(
            total=100.0,
            disable=not group.first,
            mininterval=15 if quiet else 0.5,
            bar_format="{percentage:5.1f} %|{bar}| {postfix}",
        )
        self._loss: float | None = None

    def show(self, step: Step) -> None:
        self._loss = step.loss if self._loss is None else 0.98 * self._loss + 0.02 * step.loss
        left = f"{int(step.left_s // 60)}:{int(step.left_s % 60):02d}"
        text = f"step {step.number}, loss {self._loss:.4f}, rate {step.rate:.1e}, {left} left"
        self._bar.set_postfix_str(text, refresh=False)
        self._bar.update(100 * step.done - self._bar.n)
        if step.score is not None:
            score = step.score
            named = ", ".join(f"{name} {value:.4f}" for name, value in score.folders.items())
            self._bar.write(
                f"step {step.number}: IoU {score.iou:.4f}, MAD {score.mad:.4f}, empty {score.empty:.4%} "
                f"(worst {score.worst_empty:.2%}); {named}",
                file=sys.stderr,
            )

    def close(self) -> None:
        self._bar.close()
