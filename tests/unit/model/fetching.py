"""What the tests of fetching share: small weights, entries for them, and a way to fetch that keeps what it is told."""

from __future__ import annotations

import hashlib
import io

import torch

from u2live.model import registry
from u2live.model.download import Patience
from u2live.model.install import fetch
from u2live.model.registry import Entry, Found, RemoteFile
from u2live.model.u2net import U2NETN
from u2live.model.weights import load_weights
from u2live.types import Notice

QUICK = Patience(timeout_s=0.6, attempts=4, pause_s=0.01)


def checkpoint(seed: int) -> bytes:
    torch.manual_seed(seed)
    buffer = io.BytesIO()
    torch.save(U2NETN(mid=4, outer=8).state_dict(), buffer)
    return buffer.getvalue()


DATA = checkpoint(1)
OTHER = checkpoint(2)
HALF = len(DATA) // 2


def entry(*files: RemoteFile, architecture: str = "U2NETN") -> Entry:
    return Entry("tiny", architecture, "salient", 64, "Apache-2.0", len(DATA), "for tests", files)


def exact(address: str, data: bytes = DATA) -> RemoteFile:
    return RemoteFile(address, len(data), f"sha256:{hashlib.sha256(data).hexdigest()}")


class Log:
    """Fetches, and keeps what was told meanwhile."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self.progress: list[tuple[int, int | None]] = []

    def get(self, what: Entry, patience: Patience = QUICK) -> Found:
        return fetch(
            what,
            progress=lambda done, total: self.progress.append((done, total)),
            notify=self.notices.append,
            patience=patience,
        )


def assert_installed(found: Found, data: bytes = DATA) -> None:
    assert found.path == registry.weights_dir() / "tiny.pth"
    assert found.path.read_bytes() == data
    assert load_weights("tiny").architecture == "U2NETN"
    assert not list((registry.weights_dir() / "incoming").iterdir())


def assert_nothing_installed() -> None:
    assert registry.installed_path("tiny") is None
