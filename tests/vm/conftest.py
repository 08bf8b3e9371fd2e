"""One boot for all tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.vm.guest import NoGuest, Result, guest, play
from tests.vm.prepared import prepare


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Result]:
    """What the guest found, by the check's name. Skips, saying why, where there can be no guest."""
    out: Path = tmp_path_factory.mktemp("guest")
    try:
        folder = guest()
        prepare(out)
        found = play(folder, out)
    except NoGuest as reason:
        pytest.skip(f"no virtual machine: {reason}")
    log = out / "log"
    print(log.read_text() if log.exists() else (out / "console").read_text(errors="replace")[-4000:])
    return found
