"""The real program with one part put in: in the place of the network, a matte that finds nobody.

Running the network takes the emulated processor seconds a frame. What most acts are about (devices, clocks, readers, sleep)
does not ask it; one act runs it.

It takes a window's part too: every line on its standard input is `section.key=value`, tab-separated, to be applied.

usage: python -m tests.vm.inside.nobody run ...      as main.py
"""

from __future__ import annotations

import sys
import threading
from typing import Any

import numpy as np

from u2live.cli import main
from u2live.matting.engine import EngineInfo
from u2live.pipeline.pipeline import Pipeline
from u2live.settings import MatteSettings, Settings, with_text
from u2live.types import Frame, MattedFrame, Notify


class Nobody:
    """A matter whose every matte is empty."""

    info = EngineInfo("none", "none", "fp32", 32, "a test without a network")

    def matte(self, frame: Frame, settings: MatteSettings) -> MattedFrame:
        height, width = frame.pixels.shape[:2]
        return MattedFrame(frame, np.zeros((height, width), np.float32), frame.pixels)

    def reset(self) -> None:
        """Nothing is remembered."""

    def close(self) -> None:
        """Nothing is open."""


def load(settings: Settings, notify: Notify) -> Any:
    return Nobody()


def listen(pipeline: Pipeline) -> None:
    for line in sys.stdin:
        settings = pipeline.settings
        for assignment in line.strip("\n").split("\t"):
            settings = with_text(settings, assignment)
        pipeline.apply(settings)


def start(pipeline: Pipeline, *, _start: Any = Pipeline.start) -> None:
    _start(pipeline)
    threading.Thread(target=listen, args=(pipeline,), daemon=True).start()


if __name__ == "__main__":
    defaults = Pipeline.__init__.__kwdefaults__
    assert defaults is not None
    defaults["load_matter"] = load
    Pipeline.start = start  # type: ignore[method-assign]
    sys.exit(main())
