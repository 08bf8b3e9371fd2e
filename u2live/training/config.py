"""Everything that decides a training run, as one frozen record. It is written into the result's metadata."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

from u2live.errors import UsageError

ARCHITECTURES = ("U2NETP", "U2NETN", "U2NET")
PARTS = ("all", "last", "deep", "shallow")
WIDTHS = ("mid", "outer", "first_mid", "first_outer", "last_mid", "last_outer")
"""A U2NETN's channels, as `TrainConfig` and the network name them."""


@dataclass(frozen=True, slots=True)
class SampleConfig:
    """What the network is shown.

    `natural`, `composite` and `empty` are the shares of untouched pictures, of people pasted elsewhere, and of
    pictures with nobody in them. `drawn` and `surroundings` are the backgrounds that are drawn clutter or the street
    beside a person; the rest comes from the folders without people. Some `things` are drawn into backgrounds.
    `dressed` people wear a pattern out of those folders, `reaching` ones hold out an arm or raise a hand, and `beside`
    some of them stands a thing that touches them, or the back of a chair behind. In `poor_light` it is dark, or a
    window is behind them. The other shares are of the pictures they apply to; sizes are fractions of the frame.
    """

    natural: float = 0.55
    composite: float = 0.25
    empty: float = 0.2
    whole: float = 0.35
    wide: float = 0.25
    second_person: float = 0.25
    occluded: float = 0.12
    dressed: float = 0.25
    reaching: float = 0.2
    beside: float = 0.15
    smallest_person: float = 0.18
    largest_person: float = 1.7
    degraded: float = 0.8
    poor_light: float = 0.1
    drawn: float = 0.08
    surroundings: float = 0.16
    things: float = 0.3


@dataclass(frozen=True, slots=True)
class LossConfig:
    """Weights of the terms: BCE of the six sides (the fused map's is 1), L1, gradient and soft IoU of the fused map.

    `teacher` is the share of a teacher's mattes, where there are some, against the truth; `hint` the weight of how far what
    stages 2 to 3d hand on is from the teacher's, in its own variance. For that the teacher looks at the picture `hint_side`
    pixels wide where the student sees it smaller, 0: as the student does. `hint_presence` is the weight among hints of how
    differently the teacher's `presence` judges the two.
    """

    side: float = 0.5
    l1: float = 1.0
    gradient: float = 1.0
    iou: float = 0.5
    teacher: float = 0.5
    hint: float = 0.0
    hint_side: int = 0
    hint_presence: float = 0.0


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """One run. Exactly one of `minutes` and `epochs` is above zero and ends it; the learning rate follows a cosine to there.

    `mid` to `last_outer` are a U2NETN's channels. `part` is what learns: "all"; "last", what lies behind stage 3d, whose
    rate is `last_rate` times `rate`; "deep", stages 3 to 3d, which knows what is there and leaves the edges to the rest; or
    "shallow", that rest.
    `sizes` are the input sides, drawn per step by `size_shares`.
    `taught_on`: a teacher gives its mattes of "pictures", once and for all, or of the very "samples", in every step.
    `batch_norm`: "frozen" folds it into the convolutions and leaves it out, "trained" lets it learn.
    `precision`: "bf16", "fp16" (CUDA only) or "fp32"; the command line takes the faster of bf16 and fp32 where none is
    named. `seed` and the step number alone decide the samples, so a resumed run sees exactly what an unbroken one would
    have seen. `sharpness` multiplies the fused map's logits in what is saved, the inverse of a temperature (Guo et al., "On
    calibration of modern neural networks", ICML 2017): augmented samples teach a network more doubt than untouched pictures
    ask for.
    """

    architecture: str = "U2NETP"
    mid: int = 16
    outer: int = 64
    first_mid: int = 8
    first_outer: int = 16
    last_mid: int = 8
    last_outer: int = 16
    part: str = "all"
    input_size: int = 320
    sizes: tuple[int, ...] = (256,)
    size_shares: tuple[float, ...] = (1.0,)
    batch: int = 8
    minutes: float = 0.0
    epochs: float = 0.0
    rate: float = 1e-4
    last_rate: float = 1.0
    final_rate: float = 0.02
    warm_up_steps: int = 50
    weight_decay: float = 1e-4
    ema: float = 0.998
    sharpness: float = 1.0
    clip: float = 1.0
    batch_norm: str = "frozen"
    taught_on: str = "pictures"
    precision: str = "bf16"
    seed: int = 1
    validate_every: int = 400
    samples: SampleConfig = dataclasses.field(default_factory=SampleConfig)
    loss: LossConfig = dataclasses.field(default_factory=LossConfig)

    def __post_init__(self) -> None:
        if (self.minutes > 0) == (self.epochs > 0):
            raise UsageError("say how long to train: either --minutes or --epochs, above zero")
        if self.architecture not in ARCHITECTURES:
            raise UsageError(f"there is no architecture {self.architecture!r}: take one of {', '.join(ARCHITECTURES)}")
        if len(self.sizes) != len(self.size_shares) or not self.sizes:
            raise UsageError("give as many size shares as sizes")
        if min(self.size_shares) <= 0:
            raise UsageError("the sizes' shares are above zero")
        if any(size % 32 or not 32 <= size <= 1024 for size in (*self.sizes, self.input_size)):
            raise UsageError("input sizes are multiples of 32 between 32 and 1024")
        if self.loss.hint_side % 32 or not 0 <= self.loss.hint_side <= 1024:
            raise UsageError(f"loss.hint_side is a multiple of 32 up to 1024, or 0, not {self.loss.hint_side}")
        if not all(weight >= 0 for weight in dataclasses.astuple(self.loss)):
            raise UsageError("the loss's weights are numbers from 0 on: none below, and none that is no number")
        if (self.loss.hint_side or self.loss.hint_presence) and not self.loss.hint:
            raise UsageError("loss.hint_side and loss.hint_presence say how a teacher hints: set loss.hint, too")
        for name in ("batch", "validate_every", *WIDTHS):
            if getattr(self, name) < 1:
                raise UsageError(f"--{name.replace('_', '-')} is at least 1, not {getattr(self, name)}")
        if not 0 < self.rate < 1:
            raise UsageError(f"--rate lies between 0 and 1, not at {self.rate:g}")
        if not 0.01 <= self.last_rate <= 100:
            raise UsageError(f"--last-rate lies from 0.01 to 100, not at {self.last_rate:g}")
        if not 0 <= self.ema < 1:
            raise UsageError(f"--ema lies from 0 to below 1, not at {self.ema:g}")
        if not 0.1 <= self.sharpness <= 10:
            raise UsageError(f"--sharpness lies from 0.1 to 10, not at {self.sharpness:g}")
        if self.batch_norm not in ("frozen", "trained"):
            raise UsageError(f"batch norm is frozen or trained, not {self.batch_norm!r}")
        if self.taught_on not in ("pictures", "samples"):
            raise UsageError(f"a teacher is asked about pictures or samples, not {self.taught_on!r}")
        if self.part not in PARTS:
            raise UsageError(f"what learns is one of {', '.join(PARTS)}, not {self.part!r}")
        if self.part != "all" and self.batch_norm != "frozen":
            raise UsageError(f"--part {self.part} goes with --batch-norm frozen: what is kept as it is keeps its statistics")
        if self.precision not in ("bf16", "fp16", "fp32"):
            raise UsageError(f"precision is bf16, fp16 or fp32, not {self.precision!r}")

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), separators=(",", ":"))


def config_from_json(text: str) -> TrainConfig:
    """The inverse of `TrainConfig.to_json`. Raises UsageError for unknown fields."""
    try:
        tree: dict[str, Any] = json.loads(text)
        tree["samples"] = SampleConfig(**tree["samples"])
        tree["loss"] = LossConfig(**tree["loss"])
        tree["sizes"] = tuple(tree["sizes"])
        tree["size_shares"] = tuple(tree["size_shares"])
        return TrainConfig(**tree)
    except (TypeError, KeyError, ValueError) as error:
        raise UsageError(
            f"this is no training configuration of this version ({error}): start anew without --resume"
        ) from None
