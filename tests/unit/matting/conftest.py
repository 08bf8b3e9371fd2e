"""The matting room's tests run networks on one thread: on a busy machine every hand-over between threads waits its turn."""

from __future__ import annotations

import pytest

from u2live.matting import openvino_engine, torch_engine


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (torch_engine, openvino_engine):
        monkeypatch.setattr(module, "compute_threads", lambda: 1)
