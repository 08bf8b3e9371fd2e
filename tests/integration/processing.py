"""One file through the whole pipeline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from u2live.pipeline.process import Processing, process_file
from u2live.pipeline.process_plan import Job
from u2live.pipeline.shared_matter import SharedMatter
from u2live.settings import Settings


def process(source: Path, target: Path, settings: Settings, matter: SharedMatter, **more: Any) -> list[str]:
    """Returns what was said meanwhile."""
    told: list[str] = []
    process_file(Job(source, target), Processing(settings, **more), matter=matter, notify=lambda n: told.append(n.message))
    return told


def options(weights: Path, *more: str) -> list[str]:
    """The command's, quick and without an effect."""
    return ["--weights", str(weights), "--engine", "torch", "--background", "original", *more]
