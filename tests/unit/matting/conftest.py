"""The matting room's tests run networks on one thread: on a busy machine every hand-over between threads waits its turn."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from u2live import paths
from u2live.matting import openvino_engine, torch_engine
from u2live.matting.openvino_engine import OpenVinoEngine
from u2live.model.u2net import U2NETN
from u2live.model.weights import Weights


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (torch_engine, openvino_engine):
        monkeypatch.setattr(module, "compute_threads", lambda: 1)


def small_weights(seed: int = 0) -> Weights:
    torch.manual_seed(seed)
    return Weights("small", Path("small.safetensors"), "U2NETN", 64, "person", U2NETN(mid=4, outer=8).eval(), {})


@pytest.fixture(scope="session")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache of a user who started with `small_weights()`."""
    cache = tmp_path_factory.mktemp("converted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("U2LIVE_CACHE_DIR", str(cache))
        patch.setattr(openvino_engine, "compute_threads", lambda: 1)
        for precision in ("", "fp32"):
            OpenVinoEngine(small_weights(), precision=precision).close()
    return cache


@pytest.fixture
def started_before(converted: Path, own_folders: Path) -> None:
    """The user's cache has what OpenVINO made of `small_weights()`; no note yet says which file they came from."""
    shutil.copytree(converted, paths.user_cache_dir(), dirs_exist_ok=True)
