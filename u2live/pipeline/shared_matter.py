"""One network for many files, lent to one matter after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from u2live.pipeline.loading import load_best_matter, load_finer_engine
from u2live.pipeline.look_ahead import LookAheadMatter, LookAheadSource
from u2live.pipeline.matte_stage import LoadMatter
from u2live.settings import ModelSettings, Settings
from u2live.types import Frame, MattedFrame, Notify

if TYPE_CHECKING:
    from u2live.matting.engine import Engine, EngineInfo
    from u2live.matting.matter import Matter
    from u2live.settings import MatteSettings


class SharedMatter:
    """Loads a matter once and lends it to one pipeline after another."""

    def __init__(self) -> None:
        self._loaded: Matter | None = None
        self._model: ModelSettings | None = None
        self._finer: Engine | None = None  # opened when somebody looks twice

    def __call__(self, settings: Settings, notify: Notify) -> Matter:
        """Raises WeightsError, EngineError, UsageError."""
        if self._loaded is None or settings.model != self._model:
            self.close()
            self._loaded, self._model = load_best_matter(settings, notify), settings.model
        return cast("Matter", _Lent(self._loaded))

    def looking_ahead(self, source: LookAheadSource) -> LoadMatter:
        """A loader that lends the same engine to a matter which sees what follows in `source`, and every frame twice."""

        def load(settings: Settings, notify: Notify) -> Matter:
            return cast("Matter", LookAheadMatter(self._looking_twice(settings, notify), source, settings.camera))

        return load

    def for_a_still(self, settings: Settings, notify: Notify) -> Matter:
        """Lends the same engine to a matter which sees its picture twice. Raises as the call."""
        from u2live.matting.matter import Matter

        return cast("Matter", _Lent(Matter(self._looking_twice(settings, notify))))

    def _looking_twice(self, settings: Settings, notify: Notify) -> Engine:
        """The engines that this keeps: no matter that they are lent to closes them."""
        from u2live.matting.mirrored import MirroredEngine

        self(settings, notify)
        assert self._loaded is not None
        if self._finer is None:
            self._finer = load_finer_engine(settings, notify)
        return MirroredEngine(self._loaded.engine, self._finer)

    def close(self) -> None:
        loaded, self._loaded = self._loaded, None
        finer, self._finer = self._finer, None
        if loaded is not None:
            loaded.close()
        if finer is not None:
            finer.close()


class _Lent:
    """A matter that is given back by closing it."""

    def __init__(self, matter: Matter) -> None:
        self._matter = matter

    @property
    def info(self) -> EngineInfo:
        return self._matter.info

    def matte(self, frame: Frame, settings: MatteSettings) -> MattedFrame:
        return self._matter.matte(frame, settings)

    def reset(self) -> None:
        self._matter.reset()

    def close(self) -> None:
        self._matter.reset()
