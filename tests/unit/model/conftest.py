"""What the tests of weights share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.model.flaky_server import FlakyServer


@pytest.fixture
def server() -> Iterator[FlakyServer]:
    running = FlakyServer()
    yield running
    running.stop()
