"""What the pipeline's tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.numbered import RED, NumberMatter
from u2live.pipeline.events import State
from u2live.pipeline.pipeline import Pipeline
from u2live.pipeline.shared_matter import SharedMatter
from u2live.settings import Settings, with_text


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


@pytest.fixture(scope="module")
def file_matter() -> Iterator[SharedMatter]:
    """Loads a network once for all files of a module."""
    shared = SharedMatter()
    yield shared
    shared.close()


@pytest.fixture
def file_settings(student_weights: Path) -> Settings:
    """Without an effect: what tests of files are about is not the matte."""
    wanted = with_text(Settings(), f"model.weights={student_weights}")
    wanted = with_text(wanted, "model.engine=torch")
    return with_text(wanted, "background.choice=original")
