"""Weights from their mirrors: which file is taken, what a page instead of it means, and what is remembered of it."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from pathlib import Path

import pytest

from tests.unit.model.fetching import DATA, HALF, OTHER, Log, assert_installed, assert_nothing_installed, entry, exact
from tests.unit.model.flaky_server import FlakyServer, Request
from u2live.errors import WeightsError
from u2live.model import registry
from u2live.model.registry import RemoteFile
from u2live.model.store import read_pin
from u2live.model.weights import load_weights


def test_the_wrong_file_is_refused(server: FlakyServer) -> None:
    size, checksum = len(DATA), exact("").checksum
    address = server.serve("/f", lambda request, _: request.give(OTHER))
    with pytest.raises(WeightsError, match="wrong checksum"):
        Log().get(entry(RemoteFile(address, None, checksum)))
    assert len(server.asked) == 1
    address = server.serve("/g", lambda request, _: request.give(b"x" * (size - 100)))
    with pytest.raises(WeightsError, match=f"{size - 100} bytes came instead of {size}"):
        Log().get(entry(exact(address)))
    assert_nothing_installed()


def test_a_file_that_does_not_load_is_refused_even_without_a_checksum(server: FlakyServer) -> None:
    address = server.serve("/f", lambda request, _: request.give(b"no weights at all" * 100))
    with pytest.raises(WeightsError, match="another file came"):
        Log().get(entry(RemoteFile(address)))
    address = server.serve("/g", lambda request, _: request.give(DATA))
    with pytest.raises(WeightsError, match="holds a U2NETN"):
        Log().get(entry(RemoteFile(address), architecture="U2NETP"))
    assert_nothing_installed()


def test_the_mirrors_are_tried_in_turn(server: FlakyServer) -> None:
    log = Log()
    wrong = server.serve("/wrong", lambda request, _: request.give(OTHER))
    good = server.serve("/good", lambda request, _: request.give(DATA))
    gone = f"{good}-gone"
    assert_installed(log.get(entry(exact(gone), exact(wrong), exact(good))))
    assert [path for path, _ in server.asked] == ["/good-gone", "/wrong", "/good"]
    assert "404" in log.notices[0].message
    assert "wrong checksum" in log.notices[1].message


FORM = """<!DOCTYPE html><html><head><title>Google Drive - Virus scan warning</title></head><body>
<form id="download-form" action="{action}" method="get"><input type="submit" value="Download anyway"/>
<input type="hidden" name="id" value="1ao"><input type="hidden" name="export" value="download">
<input type="hidden" name="confirm" value="t"><input type="hidden" name="uuid" value="0c-&amp;7"></form></body></html>"""


def test_the_page_that_asks_for_confirmation_is_confirmed(server: FlakyServer) -> None:
    def ask(request: Request, _: int) -> None:
        request.page(FORM.format(action="/really"), Set_Cookie="NID=42; Path=/")

    def give(request: Request, count: int) -> None:
        assert request.headers["Cookie"] == "NID=42"
        request.give(DATA, upto=HALF if count == 1 else None)

    address = server.serve("/uc", ask)
    server.serve("/really", give)
    assert_installed(Log().get(entry(exact(address))))
    assert server.asked[1] == ("/really?id=1ao&export=download&confirm=t&uuid=0c-%267", 0)
    assert server.asked[3][1] == HALF


@pytest.mark.parametrize("page", ["<title>Google Drive - Quota\n exceeded</title>", FORM.format(action="/again")])
def test_a_page_that_leads_nowhere_is_named(server: FlakyServer, page: str) -> None:
    server.serve("/again", lambda request, _: request.page(page))
    with pytest.raises(WeightsError, match=r"a web page came instead of the file \(Google Drive - (Quota exceeded|Virus)"):
        Log().get(entry(exact(server.serve("/uc", lambda request, _: request.page(page)))))
    assert_nothing_installed()


def test_a_form_that_leads_to_a_file_is_not_followed(server: FlakyServer, tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(DATA)
    page = FORM.format(action=f"file://{tmp_path}/f")
    with pytest.raises(WeightsError, match="web page"):
        Log().get(entry(exact(server.serve("/uc", lambda request, _: request.page(page)))))


def test_a_file_without_a_checksum_is_pinned_by_its_first_download(server: FlakyServer) -> None:
    remote = RemoteFile(server.serve("/f", lambda request, count: request.give(DATA if count == 1 else OTHER)))
    found = Log().get(entry(remote))
    assert_installed(found)
    pin = read_pin(found.path)
    assert pin is not None
    assert (pin.checksum, pin.origin) == (f"sha256:{hashlib.sha256(DATA).hexdigest()}", remote.address)
    found.path.unlink()
    with pytest.raises(WeightsError, match="wrong checksum"):
        Log().get(entry(remote))
    assert_nothing_installed()


def test_a_file_changed_after_it_was_stored_is_refused(server: FlakyServer) -> None:
    found = Log().get(entry(exact(server.serve("/f", lambda request, _: request.give(DATA)))))
    found.path.write_bytes(OTHER)
    with pytest.raises(WeightsError, match="wrong checksum"):
        load_weights("tiny")


def test_a_full_disk_is_one_line_and_no_other_mirror_is_tried(server: FlakyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    address = server.serve("/f", lambda request, _: request.give(DATA))
    usage = shutil._ntuple_diskusage(100, 95, 5)  # type: ignore[attr-defined]
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda path: usage)
        with pytest.raises(WeightsError, match="free some space"):
            Log().get(entry(exact(address), exact(address)))
    assert not server.asked
    if os.path.exists("/dev/full"):
        incoming = registry.weights_dir() / "incoming"
        incoming.mkdir(parents=True)
        remote = exact(address)
        part = incoming / f"tiny-{hashlib.sha256(address.encode()).hexdigest()[:8]}.pth"
        part.symlink_to("/dev/full")
        with pytest.raises(WeightsError, match=os.strerror(errno.ENOSPC)):
            Log().get(entry(remote, remote))
        assert len(server.asked) == 1
    assert_nothing_installed()


def test_a_data_folder_that_cannot_be_made(server: FlakyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("U2LIVE_DATA_DIR", str(tmp_path / "file"))
    with pytest.raises(WeightsError, match="cannot be written"):
        Log().get(entry(exact(server.serve("/f", lambda request, _: request.give(DATA)))))
