"""The training loop: steps, average, validation, files. Stops by clock, by epochs, or when told to, and goes on later."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from u2live.errors import U2LiveError
from u2live.training.arithmetic import autocast, memory_format
from u2live.training.batches import Batches, batches_from, normalized
from u2live.training.config import TrainConfig
from u2live.training.ema import MovingAverage
from u2live.training.hint_loss import Hints
from u2live.training.losses import matte_loss
from u2live.training.networks import evaluation_network, prepared, rate_groups, save_network, train_only
from u2live.training.pictures import Folder
from u2live.training.processes import LogitsOf, Processes
from u2live.training.samples import SampleMaker
from u2live.training.schedule import learning_rate, progress, total_steps
from u2live.training.shrinking import shrunk
from u2live.training.state import RunFiles, write_state
from u2live.training.tutor import Tutor
from u2live.training.validation import Score, validate

SAVE_EVERY_S = 120.0


@dataclass(frozen=True, slots=True)
class Step:
    """What is reported after every step. `left_s` is a guess; `score` is there after a validation."""

    number: int
    loss: float
    rate: float
    done: float
    left_s: float
    score: Score | None = None


class Trainer:
    """One run. `about` goes into the saved file's metadata; `stop` is asked before every step; `tutor` about its samples,
    `hints` about what the stages hand on.
    """

    def __init__(
        self,
        config: TrainConfig,
        network: nn.Module,
        train: Sequence[Folder],
        validation: Sequence[Folder],
        files: RunFiles,
        processes: Processes,
        *,
        workers: int = 1,
        tutor: Tutor | None = None,
        hints: Hints | None = None,
        about: dict[str, str] | None = None,
        report: Callable[[Step], None] = lambda step: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self.config = config
        self.files = files
        self.processes = processes
        self.workers = workers
        self.about = about or {}
        self.report = report
        self.stop = stop
        self.validation = validation
        maker = SampleMaker(train, config.samples)
        self.tutor = tutor
        self.hints = hints
        looked_at = max(0 if tutor is None else tutor.side, 0 if hints is None else config.loss.hint_side)
        self.batches = Batches(maker, config, processes.rank, processes.world, at_least=looked_at)
        pictures = sum(len(folder.pictures) for folder in train)
        self.steps_per_epoch = math.ceil(pictures / (config.batch * processes.world))
        self._format = memory_format(processes.device, config.precision)
        self.network = prepared(network, config.batch_norm).to(processes.device)  # type: ignore[arg-type]
        self.network.to(memory_format=self._format)  # type: ignore[call-overload]
        train_only(self.network, config.part)
        self.module = processes.wrap(LogitsOf(self.network))
        self.average = MovingAverage(self.network, config.ema)
        self.optimizer = torch.optim.AdamW(rate_groups(self.network, config), lr=config.rate)
        self.scaler = torch.amp.GradScaler(enabled=config.precision == "fp16")
        self.step = 0
        self.elapsed_s = 0.0
        self.best = -math.inf

    @property
    def done(self) -> float:
        """0 at the start, 1 at the end."""
        return progress(self.config, self.step, self.elapsed_s, self.steps_per_epoch)

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`, as `save_state` wrote it."""
        self.network.load_state_dict(state["network"])
        self.average.load(state["average"], state["average_steps"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.scaler.load_state_dict(state["scaler"])
        self.step, self.elapsed_s, self.best = state["step"], state["elapsed_s"], state["best"]
        if self.processes.first:
            _forget_after(self.files.log, self.step)

    def save_state(self) -> None:
        if not self.processes.first:
            return
        write_state(
            self.files.state,
            {
                "config": self.config.to_json(),
                "network": self.network.state_dict(),
                "average": self.average.state,
                "average_steps": self.average.steps,
                "optimizer": self.optimizer.state_dict(),
                "scaler": self.scaler.state_dict(),
                "step": self.step,
                "elapsed_s": self.elapsed_s,
                "best": self.best,
            },
        )

    def run(self) -> bool:
        """Train to the end. True when it was reached, False when `stop` said so before; the state is saved either way."""
        if self.processes.first:
            self.files.best.parent.mkdir(parents=True, exist_ok=True)
        batches = batches_from(self.batches, self.step, self.workers)
        began = saved = time.monotonic()
        before_s = self.elapsed_s
        try:
            while True:
                now = before_s + time.monotonic() - began
                stopped, self.elapsed_s = self.processes.agreed(float(self.stop()), now)
                done = self.done
                if stopped or done >= 1:
                    break
                loss, rate = self._step(batches, done)
                self._log({"step": self.step, "loss": loss, "rate": rate, "elapsed_s": round(self.elapsed_s, 2)})
                self.step += 1
                score = self._validated() if self.step % self.config.validate_every == 0 else None
                self.report(Step(self.step, loss, rate, done, self._left_s(done, before_s), score))
                if score is not None or time.monotonic() - saved > SAVE_EVERY_S:
                    self.save_state()
                    saved = time.monotonic()
        finally:
            del batches  # ends the workers
        if not stopped and self.step % self.config.validate_every:
            score = self._validated()
            self.report(Step(self.step, loss, rate, 1.0, 0.0, score))
        self.save_state()
        if stopped and self.processes.first:
            save_network(self.files.last, self.average.state, self.config, self._about())
        return not stopped

    def _step(self, batches: Iterator[tuple[Tensor, Tensor]], done: float) -> tuple[float, float]:
        images, mattes = next(batches)
        device = self.processes.device
        images, mattes = images.to(device, non_blocking=True), mattes.to(device, non_blocking=True)
        if self.tutor is not None:
            mattes = self.tutor.beside(mattes, images)
        side = self.batches.side(self.step)
        rate = learning_rate(self.config, self.step, done)
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group.get("times", 1.0)  # files of earlier versions have no times
        pictures = normalized(images, self._format)
        seen = shrunk(pictures, side)
        with autocast(device, self.config.precision):
            logits, stages = self.module(seen)
        loss = matte_loss(logits, shrunk(mattes, side), self.config.loss)
        if self.hints is not None:
            heard = shrunk(pictures, max(side, self.config.loss.hint_side))
            loss = loss + self.config.loss.hint * self.hints.loss(heard, stages)
        value = float(loss.detach())
        if not math.isfinite(value):
            raise U2LiveError(f"the loss is {value} at step {self.step}: resume with a smaller --rate")
        self.optimizer.zero_grad(set_to_none=True)
        self.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        self.scaler.unscale_(self.optimizer)
        nn.utils.clip_grad_norm_(self.network.parameters(), self.config.clip)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.average.update(self.network)
        return value, rate

    def _validated(self) -> Score | None:
        """Measure the averaged network, keep it as the last, and as the best when it is. Only the first process does."""
        if not self.processes.first:
            return None
        network = evaluation_network(self.average.state, self.config)
        about = self._about()
        score = validate(network.to(self.processes.device), self.validation, self.config) if self.validation else None
        if score is not None:
            about["validation"] = json.dumps(score.as_dict())
            self._log({"step": self.step - 1, "validation": score.as_dict()})
        save_network(self.files.last, self.average.state, self.config, about)
        if score is None or score.value > self.best:
            self.best = score.value if score is not None else self.best
            save_network(self.files.best, self.average.state, self.config, about)
        return score

    def _about(self) -> dict[str, str]:
        samples = self.step * self.config.batch * self.processes.world
        return {**self.about, "step": str(self.step), "samples": str(samples)}

    def _left_s(self, done: float, before_s: float) -> float:
        if self.config.minutes > 0:
            return max(0.0, 60 * self.config.minutes - self.elapsed_s)
        steps = total_steps(self.config, self.steps_per_epoch) - self.step
        return steps * self.elapsed_s / max(1, self.step)

    def _log(self, line: dict[str, Any]) -> None:
        if self.processes.first:
            with self.files.log.open("a") as log:
                log.write(json.dumps(line) + "\n")


def _forget_after(log: Path, step: int) -> None:
    """Lines of steps that a killed run had done but not saved would stand twice."""
    if log.is_file():
        lines = [line for line in log.read_text().splitlines() if json.loads(line)["step"] < step]
        log.write_text("".join(line + "\n" for line in lines))
