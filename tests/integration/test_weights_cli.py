"""`weights list | fetch | verify | import` as a user types them."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from tests.unit.model.flaky_server import FlakyServer
from u2live.commands import weights
from u2live.errors import UsageError, WeightsError
from u2live.model import registry
from u2live.model.registry import Entry, RemoteFile
from u2live.model.u2net import U2NETN


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    weights.add_parser(parser.add_subparsers())
    return weights.execute(parser.parse_args(["weights", *words]))


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    torch.save(U2NETN(mid=4, outer=8).state_dict(), tmp_path / "tiny.pth")
    return tmp_path / "tiny.pth"


@pytest.fixture
def server() -> Iterator[FlakyServer]:
    running = FlakyServer()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def no_assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("U2LIVE_ASSETS", str(tmp_path / "assets"))


def listed(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    capsys.readouterr()
    assert run("list", "--json") == 0
    return {row["name"]: row["state"] for row in json.loads(capsys.readouterr().out)["weights"]}


def test_fetch_list_verify_and_fetch_again(
    checkpoint: Path, server: FlakyServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = checkpoint.read_bytes()
    address = server.serve(
        "/tiny.pth", lambda request, count: request.give(data, upto=len(data) // 2 if count == 1 else None)
    )
    remote = RemoteFile(address, len(data), f"md5:{hashlib.md5(data).hexdigest()}")
    entry = Entry("tiny", "U2NETN", "salient", 64, "Apache-2.0", len(data), "for tests", (remote,))
    monkeypatch.setitem(registry.REGISTRY, "tiny", entry)

    assert listed(capsys)["tiny"] == "not installed"
    assert run("fetch", "tiny") == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "100%" in captured.err  # the bar
    assert f"installed: {registry.weights_dir() / 'tiny.pth'}" in captured.err
    assert listed(capsys)["tiny"] == "installed"
    assert run("verify", "tiny") == 0
    assert capsys.readouterr().out == "tiny: ok\n"

    asked = len(server.asked)
    assert run("fetch", "tiny") == 0
    assert len(server.asked) == asked
    (registry.weights_dir() / "tiny.pth").write_bytes(data[:-10])
    assert run("verify", "--json") == 1
    report = json.loads(capsys.readouterr().out)["weights"]
    assert [(row["name"], row["ok"]) for row in report] == [("tiny", False)]
    assert "wrong checksum" in report[0]["problem"]
    assert run("fetch", "tiny") == 0  # a damaged one is fetched again
    assert run("verify") == 0


def test_import_and_list(checkpoint: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import", str(checkpoint), "my-own") == 0
    assert listed(capsys) == {**dict.fromkeys(registry.REGISTRY, "not installed"), "my-own": "installed"}
    assert run("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(registry.REGISTRY) + 1
    assert "Apache-2.0" in next(line for line in lines if line.startswith("u2net "))


def test_the_list_shows_what_a_file_says_about_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    about = {"architecture": "U2NETN", "input_size": "224", "meaning": "person"}
    (tmp_path / "assets" / "weights").mkdir(parents=True)
    save_file(U2NETN(mid=4, outer=8).state_dict(), tmp_path / "assets" / "weights" / "u2netn-person.safetensors", about)
    assert run("list", "--json") == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["weights"]}
    assert rows["u2netn-person"]["state"] == "bundled"
    assert {name: rows["u2netn-person"][name] for name in about} == {**about, "input_size": 224}
    assert run("verify", "u2netn-person") == 0


def test_what_cannot_be_done_is_one_line(checkpoint: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match="take one of u2netp, u2net, u2net_human_seg"):
        run("fetch", "u2nettp")
    with pytest.raises(WeightsError, match="come with the program"):
        run("fetch", "u2netp-person")
    with pytest.raises(UsageError, match="cannot be named"):
        run("import", str(checkpoint), "../outside")
    with pytest.raises(WeightsError, match="not installed"):
        run("verify", "u2netp")
    with pytest.raises(UsageError, match="no weights called"):
        run("verify", "nothing")
    assert run("verify") == 0
    assert "weights fetch u2netp" in capsys.readouterr().out
