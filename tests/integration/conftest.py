"""What the pipeline's tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.integration.numbered import RED, NumberMatter
from u2live.pipeline.events import State
from u2live.pipeline.pipeline import Pipeline
from u2live.settings import Settings


@pytest.fixture
def make() -> Iterator[Callable[..., Pipeline]]:
    """Builds pipelines around a NumberMatter, and stops them all at the end."""
    built: list[Pipeline] = []

    def build(settings: Settings = RED, *, matter: NumberMatter | None = None, **rest: Any) -> Pipeline:
        rest.setdefault("load_matter", lambda _model, _notify: matter or NumberMatter())
        built.append(Pipeline(settings, **rest))
        return built[-1]

    yield build
    for pipeline in built:
        if pipeline.state is not State.NEW:
            assert pipeline.stop(10), "the pipeline did not end in time"
