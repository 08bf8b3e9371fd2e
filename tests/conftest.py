"""What every test stands on: no display, no user's own folders, and the shared data where it lies."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import hypothesis
import pytest

# Shared and busy machines: how long an example takes says nothing.
hypothesis.settings.register_profile(
    "u2live", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], derandomize=bool(os.environ.get("CI"))
)
hypothesis.settings.load_profile("u2live")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("U2LIVE_SHARED", REPOSITORY.parent / "shared"))


def pytest_sessionfinish() -> None:
    """Our threads end before the interpreter does, as the program itself sees to: one inside a library would abort it."""
    end = time.monotonic() + 10
    for thread in threading.enumerate():
        if thread.name.startswith("u2live-"):
            thread.join(max(0.0, end - time.monotonic()))


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folders lie in a temporary one: no test reads or writes the real ones. Returns that folder."""
    home = tmp_path_factory.mktemp("home")
    for name in ("DATA", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"U2LIVE_{name}_DIR", str(home / name.lower()))
    monkeypatch.delenv("U2LIVE_WEIGHTS", raising=False)
    return home


@pytest.fixture(scope="session")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("networks")


@pytest.fixture
def second_start(own_folders: Path, networks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What OpenVINO made of a network is kept from test to test, as on a machine where the program ran before."""
    monkeypatch.setenv("U2LIVE_CACHE_DIR", str(networks))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data; skips, saying so, where there is none."""
    if not SHARED.is_dir():
        pytest.skip(f"no shared data at {SHARED} (U2LIVE_SHARED names another place)")
    return SHARED


@pytest.fixture(scope="session")
def student_weights() -> Path:
    """The smallest network that comes with the program, for tests that need one but are not about its matte."""
    return REPOSITORY / "assets" / "weights" / "u2netn-person.safetensors"


@pytest.fixture(scope="session")
def u2netp_weights(shared: Path) -> Path:
    """The published U2NETP."""
    path = shared / "weights" / "u2netp.safetensors"
    if not path.is_file():
        pytest.skip(f"{path} is missing")
    return path
