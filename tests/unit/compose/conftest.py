"""Backgrounds with pixels of their own, opened for one test."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from u2live.compose.backgrounds import Picture
from u2live.compose.factory import open_background
from u2live.settings import BackgroundSettings


@pytest.fixture
def opened() -> Iterator[object]:
    """A function that opens a background and closes it after the test, and no thread is left behind."""
    backgrounds: list[Picture] = []

    def open_it(choice: Path, *, live: bool, notify: object = None, **more: object) -> Picture:
        background = open_background(BackgroundSettings(str(choice), **more), live=live, notify=notify)  # type: ignore[arg-type]
        assert isinstance(background, Picture)
        backgrounds.append(background)
        return background

    yield open_it
    for background in backgrounds:
        background.close()
        background.close()
    deadline = time.monotonic() + 3
    while [thread for thread in threading.enumerate() if thread.name.startswith("u2live-background")]:
        assert time.monotonic() < deadline
        time.sleep(0.01)
