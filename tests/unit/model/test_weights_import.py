"""Weights from a file of one's own, under a name."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.unit.model.fetching import DATA, OTHER
from u2live.errors import WeightsError
from u2live.model import registry
from u2live.model.install import import_weights
from u2live.model.u2net import U2NETN, U2NETP
from u2live.model.weights import load_weights


def test_own_weights_under_a_name(tmp_path: Path) -> None:
    (tmp_path / "x.pt").write_bytes(DATA)
    assert import_weights(tmp_path / "x.pt", "tiny").path == registry.weights_dir() / "tiny.pth"
    assert load_weights("tiny").name == "tiny"
    assert registry.imported_names() == ("tiny",)
    (tmp_path / "y.pth").write_bytes(OTHER)
    import_weights(tmp_path / "y.pth", "tiny")
    assert (registry.weights_dir() / "tiny.pth").read_bytes() == OTHER
    load_weights("tiny")


def test_a_registered_name_takes_its_own_file_only(tmp_path: Path) -> None:
    torch.save(U2NETP().state_dict(), tmp_path / "u2netp.pth")
    with pytest.raises(WeightsError, match="not the published u2netp"):
        import_weights(tmp_path / "u2netp.pth", "u2netp")
    torch.save(U2NETN().state_dict(), tmp_path / "seg.pth")
    with pytest.raises(WeightsError, match="holds a U2NETN"):
        import_weights(tmp_path / "seg.pth", "u2net_human_seg")
    with pytest.raises(WeightsError, match="comes with the program"):
        import_weights(tmp_path / "u2netp.pth", "u2netp-person")
    assert not registry.weights_dir().exists() or not list(registry.weights_dir().glob("*.pth"))


def test_another_kind_of_file_replaces_the_first(tmp_path: Path, u2netp_weights: Path) -> None:
    import_weights(u2netp_weights, "u2netp")
    assert load_weights("u2netp").path == registry.weights_dir() / "u2netp.safetensors"
    (tmp_path / "x.pth").write_bytes(DATA)
    import_weights(u2netp_weights, "mine")
    import_weights(tmp_path / "x.pth", "mine")
    assert [path.name for path in sorted(registry.weights_dir().glob("mine*"))] == ["mine.pth", "mine.pth.json"]


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="there is no weights file"):
        import_weights(tmp_path / "none.pth", "mine")
