"""Frame → MattedFrame: the network, smoothing over time, refinement, foreground colours, in this order."""

from __future__ import annotations

import numpy as np

from u2live.matting.engine import Engine, EngineInfo
from u2live.matting.foreground import estimate_foreground
from u2live.matting.refine import refine
from u2live.matting.temporal import Smoother
from u2live.matting.working import luma_at, working_picture
from u2live.settings import MatteSettings
from u2live.types import Frame, MattedFrame


class Matter:
    """Mattes one stream of frames on one engine, which it owns. One thread uses it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._smoother = Smoother()

    @property
    def info(self) -> EngineInfo:
        """Which engine runs now; it changes when one failed and the next took over."""
        return self._engine.info

    def matte(self, frame: Frame, settings: MatteSettings) -> MattedFrame:
        """The matte of this very frame. Raises EngineError when no engine works any more."""
        saliency = np.asarray(self._engine.infer(frame.pixels))
        picture = working_picture(frame.pixels)
        luma = luma_at(picture, saliency.shape[0])
        steady = self._smoother.steady(saliency, luma, frame.timestamp_ns, settings.steadiness)
        alpha = refine(steady, picture, frame.pixels, settings)
        foreground = estimate_foreground(frame.pixels, picture, alpha, settings.spill)
        return MattedFrame(frame, alpha, foreground)

    def reset(self) -> None:
        """Forget the frames before: the next one comes from somewhere else."""
        self._smoother.reset()

    def close(self) -> None:
        """Release the engine. Harmless when called twice."""
        self._engine.close()
