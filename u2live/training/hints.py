"""A student that speaks its teacher's language: `python -m u2live.training.hints --teacher WEIGHTS --data … --output FILE`.

A U2NETN as wide as its teacher from stage 2 on takes those stages over as they are. Its narrow first stage cannot be taken
over: here it and stage 2 learn to hand on the same 64 channels as the teacher's, which costs half a training step
and says more than a matte does (Romero et al., "FitNets: Hints for thin deep nets", ICLR 2015). `main.py train --init FILE`
goes on from there.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import torch
from torch import Tensor, nn
from tqdm import tqdm

from u2live.errors import UsageError
from u2live.model.u2net import NestedUNet, fold_batch_norm, halved
from u2live.training.arithmetic import autocast, fastest_precision, keep_memory, memory_format
from u2live.training.batches import Batches, batches_from, normalized
from u2live.training.config import TrainConfig
from u2live.training.narrow import narrow_from, settle
from u2live.training.networks import new_network, save_network
from u2live.training.pictures import find_folders, load_folder
from u2live.training.samples import SampleMaker
from u2live.training.schedule import learning_rate
from u2live.training.tools import exit_code

FIRST_IMAGES = 24
LISTENED = ("stage1", "stage2")


def hint_loss(ours: Tensor, theirs: Tensor) -> Tensor:
    """Mean squared difference of two features [B, C, h, w], each of `theirs`' channels measured in its own deviations."""
    scale = theirs.var((0, 2, 3), keepdim=True) + 1e-4
    return ((ours - theirs).square() / scale).mean()


def listen(
    student: NestedUNet, teacher: NestedUNet, batches: Iterator[tuple[Tensor, Tensor]], config: TrainConfig
) -> Iterator[float]:
    """Trains the first two stages of `student` in place until `config.minutes` are over; gives the loss of every step."""
    cpu = torch.device("cpu")
    order = memory_format(cpu, config.precision)
    teacher_head, student_head = _head(fold_batch_norm(teacher)), _head(student)
    for head in (teacher_head, student_head):
        head.to(memory_format=order)  # type: ignore[call-overload]
    student.train()
    optimizer = torch.optim.AdamW(student_head.parameters(), lr=config.rate, weight_decay=config.weight_decay)
    began = time.monotonic()
    step = 0
    while (done := (time.monotonic() - began) / (60 * config.minutes)) < 1:
        images = normalized(next(batches)[0], order)
        with torch.no_grad(), autocast(cpu, config.precision):
            theirs = teacher_head(images).float()
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(config, step, done)
        with autocast(cpu, config.precision):
            ours = student_head(images)
        loss = hint_loss(ours.float(), theirs)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        step += 1
        yield float(loss.detach())


class _Head(nn.Module):
    """What of a network lies before stage 3."""

    def __init__(self, first: nn.Module, second: nn.Module) -> None:
        super().__init__()
        self.first = first
        self.second = second

    def forward(self, x: Tensor) -> Tensor:  # [B, 3, H, W] → [B, C, H/2, W/2]
        out: Tensor = self.second(halved(self.first(x)))
        return out


def _head(network: NestedUNet) -> _Head:
    return _Head(*(network.get_submodule(name) for name in LISTENED))


def _student(args: argparse.Namespace) -> None:
    from u2live.model.weights import read_weights

    if not args.teacher.is_file():
        raise UsageError(f"--teacher {args.teacher}: there is no such weights file")
    if args.output.suffix != ".safetensors":
        raise UsageError(f"--output {args.output}: weights are written as .safetensors, name such a file")
    config = TrainConfig(
        architecture="U2NETN",
        first_mid=args.first_mid,
        first_outer=args.first_outer,
        input_size=args.input_size,
        sizes=(args.input_size,),
        minutes=args.minutes,
        batch=args.batch,
        rate=args.rate,
        batch_norm="trained",
        precision=fastest_precision(torch.device("cpu")),
    )
    teacher = read_weights(args.teacher)
    if teacher.architecture != "U2NETP":
        raise UsageError(f"--teacher {args.teacher} holds a {teacher.architecture}: a U2NETP is needed")
    maker = SampleMaker([load_folder(path) for path in find_folders(args.data, "train")], config.samples)
    batches = batches_from(Batches(maker, config), 0, args.workers)
    student = new_network(config)
    some = torch.cat([next(batches)[0] for _ in range(-(-FIRST_IMAGES // config.batch))])
    images = normalized(some)
    narrow_from(student, teacher.network, images)
    mean = None
    with tqdm(unit="step", mininterval=15, disable=None) as bar:
        for loss in listen(student, teacher.network, batches, config):
            mean = loss if mean is None else 0.98 * mean + 0.02 * loss
            bar.set_postfix_str(f"loss {mean:.4f}", refresh=False)
            bar.update()
    print(f"the features differ by {mean:.4f} of their variance", file=sys.stderr)
    settle(student, images)  # the later stages now read what they were made for
    save_network(args.output, student.state_dict(), config, {"teacher": args.teacher.name})


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m u2live.training.hints", description=__doc__)
    parser.add_argument("--teacher", required=True, type=Path, metavar="WEIGHTS", help="a U2NETP")
    parser.add_argument("--data", nargs="+", required=True, type=Path, metavar="DIR", help="as for main.py train")
    parser.add_argument("--output", required=True, type=Path, metavar="FILE")
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--first-mid", type=int, default=8)
    parser.add_argument("--first-outer", type=int, default=16)
    parser.add_argument("--input-size", type=int, default=192)
    parser.add_argument("--batch", type=int, default=12)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--workers", type=int, default=1)
    args = parser.parse_args(arguments)
    cv2.setNumThreads(0)
    keep_memory()
    return exit_code(lambda: _student(args))


if __name__ == "__main__":
    sys.exit(main())
