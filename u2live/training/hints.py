"""A student that speaks its teacher's language: `python -m u2live.training.hints --teacher WEIGHTS --data … --output FILE`.

A U2NETN as wide as its teacher from stage 2 on takes those stages over as they are. Its narrow first stage cannot be taken
over: here it and stage 2 learn to hand on the same 64 channels as the teacher's, so that the teacher's own stages 3 to 6
make the same of them. That says more than a matte does (Romero et al., "FitNets: Hints for thin deep nets", ICLR 2015).
`main.py train --init FILE` goes on from there; with `--set loss.hint=0.3` it keeps listening.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import torch
from torch import Tensor, nn
from tqdm import tqdm

from u2live.errors import UsageError
from u2live.model.rsu import halved
from u2live.model.u2net import NestedUNet, fold_batch_norm
from u2live.training.arithmetic import autocast, fastest_precision, keep_memory, memory_format
from u2live.training.batches import Batches, batches_from, normalized
from u2live.training.config import WIDTHS, TrainConfig
from u2live.training.ema import MovingAverage
from u2live.training.hint_loss import hint_loss
from u2live.training.narrow import narrow_from, settle
from u2live.training.networks import FIRST, LAST, new_network, prepared, save_network
from u2live.training.options import sizes_of, with_sets
from u2live.training.pictures import find_folders, load_folder
from u2live.training.processes import Processes, processes
from u2live.training.samples import SampleMaker
from u2live.training.schedule import learning_rate
from u2live.training.tools import exit_code
from u2live.training.widen import widen

FIRST_IMAGES = 24
LEARNS = ("stage1", "stage2")
JUDGES = ("stage3", "stage4", "stage5", "stage6")


def listen(
    student: NestedUNet,
    teacher: NestedUNet,
    batches: Iterator[tuple[Tensor, Tensor]],
    config: TrainConfig,
    group: Processes | None = None,
) -> Iterator[float]:
    """Trains the first two stages of `student` in place until `config.minutes` are over; gives the loss of every step.

    At the end they are their moving average.
    """
    cpu = torch.device("cpu")
    group = group or Processes(0, 1, cpu)
    order = memory_format(cpu, config.precision)
    fold_batch_norm(teacher).requires_grad_(requires_grad=False)
    heads = {name: _Chain(network, LEARNS) for name, network in (("student", student), ("teacher", teacher))}
    judges = _Chain(teacher, JUDGES)
    for module in (*heads.values(), judges):
        module.to(memory_format=order)  # type: ignore[call-overload]
    student.train()
    ours, learner = heads["student"], group.wrap(heads["student"])
    average = MovingAverage(ours, config.ema)
    optimizer = torch.optim.AdamW(ours.parameters(), lr=config.rate, weight_decay=config.weight_decay)
    began = time.monotonic()
    step = 0
    while (done := group.agreed((time.monotonic() - began) / (60 * config.minutes))[0]) < 1:
        x = normalized(next(batches)[0], order)
        for settings in optimizer.param_groups:
            settings["lr"] = learning_rate(config, step, done)
        with autocast(cpu, config.precision):
            with torch.no_grad():
                spoken = heads["teacher"](x)[-1]
                theirs = (spoken, *judges(halved(spoken)))
            heard = learner(x)[-1]
            loss = hint_loss((heard, *judges(halved(heard))), theirs)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(ours.parameters(), config.clip)
        optimizer.step()
        average.update(ours)
        step += 1
        yield float(loss.detach())
    ours.load_state_dict(average.state)


class _Chain(nn.Module):
    """Some stages of a network, one after the other: [B, C, h, w] → what each of them hands on."""

    def __init__(self, network: NestedUNet, names: Sequence[str]) -> None:
        super().__init__()
        self.links = nn.ModuleList(network.get_submodule(name) for name in names)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        features: list[Tensor] = []
        for link in self.links:
            features.append(link(halved(features[-1]) if features else x))
        return tuple(features)


def _student(args: argparse.Namespace) -> None:
    from u2live.model.weights import read_weights

    for option, path in (("--teacher", args.teacher), ("--init", args.init)):
        if path is not None and not path.is_file():
            raise UsageError(f"{option} {path}: there is no such weights file")
    if args.output.suffix != ".safetensors":
        raise UsageError(f"--output {args.output}: weights are written as .safetensors, name such a file")
    sizes, shares = sizes_of(args.sizes or str(args.input_size))
    config = TrainConfig(
        architecture="U2NETN",
        **{name: getattr(args, name) for name in WIDTHS if hasattr(args, name)},
        input_size=args.input_size,
        sizes=sizes,
        size_shares=shares,
        minutes=args.minutes,
        batch=args.batch,
        rate=args.rate,
        batch_norm="frozen" if args.init else "trained",
        precision=fastest_precision(torch.device("cpu")),
    )
    config = with_sets(config, args.set)
    teacher = read_weights(args.teacher)
    if teacher.architecture != "U2NETP":
        raise UsageError(f"--teacher {args.teacher} holds a {teacher.architecture}: a U2NETP is needed")
    maker = SampleMaker([load_folder(path) for path in find_folders(args.data, "train")], config.samples)
    with processes() as group:
        batches = batches_from(Batches(maker, config, group.rank, group.world), 0, args.workers)
        student = new_network(config)
        if args.init:
            _go_on_from(student, args.init, teacher.network)
            student = prepared(student, config.batch_norm)
        else:
            images = _first_images(maker, config)
            narrow_from(student, teacher.network, images)
        mean = None
        with tqdm(unit="step", mininterval=15, disable=None if group.first else True) as bar:
            for loss in listen(student, teacher.network, batches, config, group):
                mean = loss if mean is None else 0.98 * mean + 0.02 * loss
                bar.set_postfix_str(f"loss {mean:.4f}", refresh=False)
                bar.update()
        if group.first:
            print(f"the five features differ by {mean:.4f} of their variance in all", file=sys.stderr)
            if not args.init:
                settle(student, images)  # the later stages now read what they were made for
            save_network(args.output, student.state_dict(), config, {"teacher": args.teacher.name})


def _first_images(maker: SampleMaker, config: TrainConfig) -> Tensor:
    """[B, 3, S, S], normalised, which say what channels matter."""
    of_one_size = replace(config, sizes=(config.input_size,), size_shares=(1.0,), batch=FIRST_IMAGES)
    return normalized(Batches(maker, of_one_size)[0][0])


def _go_on_from(student: NestedUNet, init: Path, teacher: NestedUNet) -> None:
    """`init`'s first and last stages, wider where the student is, and the teacher's between them."""
    from u2live.model.weights import read_weights

    weights = read_weights(init)
    if weights.architecture != "U2NETN":
        raise UsageError(f"--init {init} holds a {weights.architecture}: a U2NETN is needed")
    weights.network.presence = None
    widen(student, weights.network)
    kept = (*FIRST, *LAST, "presence")
    between = {name: value for name, value in teacher.state_dict().items() if not name.startswith(kept)}
    student.load_state_dict({**student.state_dict(), **between})


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m u2live.training.hints", description=__doc__)
    parser.add_argument("--teacher", required=True, type=Path, metavar="WEIGHTS", help="a U2NETP")
    parser.add_argument("--data", nargs="+", required=True, type=Path, metavar="DIR", help="as for main.py train")
    parser.add_argument("--output", required=True, type=Path, metavar="FILE")
    parser.add_argument("--init", type=Path, metavar="WEIGHTS", help="a U2NETN, no wider: its first and last stages go on")
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--first-mid", type=int, default=8)
    parser.add_argument("--first-outer", type=int, default=16)
    parser.add_argument("--last-mid", type=int, default=8)
    parser.add_argument("--last-outer", type=int, default=16)
    parser.add_argument("--input-size", type=int, default=192)
    parser.add_argument(
        "--sizes", metavar="N[:SHARE],…", help="sides to learn at, with their shares (default: --input-size)"
    )
    parser.add_argument("--set", action="append", default=[], metavar="samples.NAME=VALUE", help="as for main.py train")
    parser.add_argument("--batch", type=int, default=12)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--workers", type=int, default=1)
    args = parser.parse_args(arguments)
    cv2.setNumThreads(0)
    keep_memory()
    return exit_code(lambda: _student(args))


if __name__ == "__main__":
    sys.exit(main())
