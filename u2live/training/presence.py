"""Is anybody there at all? `python -m u2live.training.presence --weights FILE … --data … --output DIR`.

A network trained pixel by pixel takes now and then a thing in an empty room for a person: each pixel of it looks right. What
its deepest stages see of the whole picture says more. Here that is taught to say whether somebody is there: logistic
regression on their pooled features (Alain and Bengio, "Understanding intermediate layers using linear classifier probes",
ICLR workshop 2017), which leaves everything else in the network as it is. The result is `NestedUNet.presence`.
"""

from __future__ import annotations

import argparse
import copy
import json
import sys
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import cv2
import torch
import torch.nn.functional as F
from torch import Tensor
from tqdm import tqdm

from u2live.errors import UsageError
from u2live.model.u2net import NestedUNet, fold_batch_norm
from u2live.training.arithmetic import keep_memory
from u2live.training.batches import Batches, batches_from, normalized
from u2live.training.config import SampleConfig, TrainConfig
from u2live.training.networks import save_again
from u2live.training.pictures import find_folders, load_folder
from u2live.training.samples import SampleMaker
from u2live.training.tools import exit_code

NOBODY, SOMEBODY = 0.0, 0.01
"""Shares of a picture that people take. What lies between, a hand at the edge perhaps, teaches neither."""

ORDINARY = SampleConfig(
    natural=0.3, composite=0.3, empty=0.4, whole=0.5, smallest_person=0.1, degraded=0.6, dressed=0.3, poor_light=0.0
)
HARD = SampleConfig(natural=0.4, composite=0.25, empty=0.35, smallest_person=0.1, largest_person=2.2, poor_light=0.3)
"""Samples are of the two in turn. The first alone forgets people in the dark or with half a face in the frame; the second
alone, garments.
"""

RIDGE = 0.01


def overviews(
    networks: Sequence[NestedUNet], batches: Iterator[tuple[Tensor, Tensor]], count: int
) -> tuple[list[Tensor], Tensor]:
    """What each network sees of the whole of `count` samples or a few more, [n, overview_channels], and whether somebody is
    in them, [n] float32, 1 or 0.
    """
    seen: list[list[Tensor]] = [[] for _ in networks]
    there: list[Tensor] = []
    with torch.inference_mode(), tqdm(total=count, unit="sample", mininterval=15, disable=None) as bar:
        while sum(map(len, there)) < count:
            images, mattes = next(batches)
            share = mattes[:, 0].mean((1, 2))
            sure = (share == NOBODY) | (share > SOMEBODY)
            x = normalized(images[sure])
            for network, rows in zip(networks, seen, strict=True):
                rows.append(network.overview(x))
            there.append((share[sure] > SOMEBODY).float())
            bar.update(len(x))
    return [torch.cat(rows) for rows in seen], torch.cat(there)


def logistic_regression(features: Tensor, labels: Tensor, ridge: float = RIDGE) -> tuple[Tensor, float]:
    """Weights [C] and bias that tell labels 1 from 0 by features [N, C]; `ridge` is the penalty on the weights of
    standardised features. Deterministic.
    """
    mean, deviation = features.mean(0), features.std(0) + 1e-3
    scaled = (features - mean) / deviation
    weight = torch.zeros(features.shape[1], requires_grad=True)
    bias = torch.zeros((), requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=500, line_search_fn="strong_wolfe")

    def loss() -> float:
        optimizer.zero_grad()
        value = F.binary_cross_entropy_with_logits(scaled @ weight + bias, labels) + ridge * weight.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return float(value.detach())

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    unscaled = weight.detach() / deviation
    return unscaled, float(bias.detach() - unscaled @ mean)


def teach(network: NestedUNet, weight: Tensor, bias: float, margin: float, gain: float) -> None:
    """Make the regression the network's `presence`: below a logit of `margin` it begins to doubt, `gain` times as fast."""
    presence = network.judge_presence()
    with torch.no_grad():
        presence.weight.copy_(gain * weight[None])
        presence.bias.fill_(gain * (bias - margin))


def _check(args: argparse.Namespace) -> None:
    """What would else be found out after minutes of work."""
    if args.samples < 2:
        raise UsageError(f"--samples {args.samples}: a few thousand are needed to learn from")
    if args.gain <= 0:
        raise UsageError(f"--gain {args.gain:g}: it lies above zero")
    if args.output.exists() and not args.output.is_dir():
        raise UsageError(f"--output {args.output} is a file: name a folder")
    if len({path.name for path in args.weights}) < len(args.weights):
        raise UsageError("--weights names two files of one name: each is written under its name, so take them one by one")
    for path in args.weights:
        if not path.is_file():
            raise UsageError(f"--weights {path}: there is no such weights file")
        if (args.output / path.name).exists():
            raise UsageError(f"--output {args.output}: {path.name} is there already; name another folder")


def _presences(args: argparse.Namespace) -> None:
    from u2live.model.weights import read_weights

    _check(args)
    sizes = tuple(args.sizes)
    config = TrainConfig(epochs=1, input_size=sizes[0], sizes=sizes, size_shares=(1.0,) * len(sizes), seed=args.seed)
    read = [read_weights(path) for path in args.weights]
    folders = [load_folder(path) for path in find_folders(args.data, "train")]
    kinds = [batches_from(Batches(SampleMaker(folders, kind), config), 0, args.workers) for kind in (ORDINARY, HARD)]
    networks = [fold_batch_norm(copy.deepcopy(weights.network)) for weights in read]
    seen, there = overviews(networks, chain.from_iterable(zip(*kinds, strict=True)), args.samples)
    for weights, features in zip(read, seen, strict=True):
        weight, bias = logistic_regression(features, there)
        right = ((features @ weight + bias > 0) == (there > 0)).float().mean()
        print(f"{weights.name}: {100 * float(right):.1f} % of the samples judged rightly", file=sys.stderr)
        teach(weights.network, weight, bias, args.margin, args.gain)
        about = {"samples": args.samples, "sizes": sizes, "seed": args.seed, "margin": args.margin, "gain": args.gain}
        save_again(args.output / weights.path.name, weights, {"presence": json.dumps(about)})


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m u2live.training.presence", description=__doc__)
    parser.add_argument("--weights", nargs="+", required=True, type=Path, metavar="FILE", help="networks that find people")
    parser.add_argument("--data", nargs="+", required=True, type=Path, metavar="DIR", help="as for main.py train")
    parser.add_argument("--output", required=True, type=Path, metavar="DIR", help="each is written here under its name")
    parser.add_argument("--samples", type=int, default=8000)
    parser.add_argument("--sizes", nargs="+", type=int, default=[192, 256], help="input sides to see them at")
    parser.add_argument("--margin", type=float, default=1.5, help="the logit below which somebody's presence is in doubt")
    parser.add_argument("--gain", type=float, default=6.0, help="how fast the doubt grows")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    args = parser.parse_args(arguments)
    cv2.setNumThreads(0)
    keep_memory()
    return exit_code(lambda: _presences(args))


if __name__ == "__main__":
    sys.exit(main())
