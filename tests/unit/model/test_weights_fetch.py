"""Fetching weights from a real HTTP server that breaks off, lies, hangs, redirects, and serves the wrong file."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.unit.model.flaky_server import FlakyServer, Request
from u2live.errors import WeightsError
from u2live.model import registry
from u2live.model.download import Patience
from u2live.model.install import fetch, import_weights
from u2live.model.registry import Entry, Found, RemoteFile
from u2live.model.store import read_pin
from u2live.model.u2net import U2NETN, U2NETP
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


@pytest.fixture
def server() -> Iterator[FlakyServer]:
    running = FlakyServer()
    yield running
    running.stop()


def entry(*files: RemoteFile, architecture: str = "U2NETN") -> Entry:
    return Entry("tiny", architecture, "salient", 64, "Apache-2.0", len(DATA), "for tests", files)


def exact(address: str, data: bytes = DATA) -> RemoteFile:
    return RemoteFile(address, len(data), f"sha256:{hashlib.sha256(data).hexdigest()}")


class Log:
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


def test_a_plain_transfer_with_progress(server: FlakyServer) -> None:
    log = Log()
    assert_installed(log.get(entry(exact(server.serve("/f", lambda request, _: request.give(DATA))))))
    assert log.progress[0] == (0, len(DATA))
    assert log.progress[-1] == (len(DATA), len(DATA))
    assert not log.notices


def test_a_transfer_that_breaks_off_is_resumed(server: FlakyServer) -> None:
    def script(request: Request, count: int) -> None:
        request.give(DATA, upto=HALF if count == 1 else None)

    assert_installed(Log().get(entry(exact(server.serve("/f", script)))))
    assert server.asked == [("/f", 0), ("/f", HALF)]


def test_a_transfer_is_resumed_by_the_next_run(server: FlakyServer) -> None:
    address = server.serve("/f", lambda request, count: request.give(DATA, upto=HALF))
    with pytest.raises(WeightsError, match=f"broke off after {HALF} of {len(DATA)} bytes"):
        Log().get(entry(exact(address)), Patience(timeout_s=1, attempts=1))
    assert_nothing_installed()
    server.serve("/f", lambda request, count: request.give(DATA))
    assert_installed(Log().get(entry(exact(address))))
    assert server.asked[-1] == ("/f", HALF)


def test_a_server_that_cannot_resume_sends_all_again(server: FlakyServer) -> None:
    def script(request: Request, count: int) -> None:
        request.start = 0
        request.give(DATA, upto=HALF if count == 1 else None)

    assert_installed(Log().get(entry(exact(server.serve("/f", script)))))


def test_a_server_that_resumes_at_the_wrong_place(server: FlakyServer) -> None:
    def script(request: Request, count: int) -> None:
        request.start = max(0, request.start - 7)
        request.give(DATA, upto=HALF if count == 1 else None)

    assert_installed(Log().get(entry(exact(server.serve("/f", script)))))


def test_halves_of_two_files_are_noticed_and_fetched_again(server: FlakyServer) -> None:
    def script(request: Request, count: int) -> None:
        request.give(OTHER if count == 1 else DATA, upto=HALF if count == 1 else None)

    assert_installed(Log().get(entry(exact(server.serve("/f", script)))))
    assert [start for _, start in server.asked] == [0, HALF, 0]


def test_a_chunked_answer_that_breaks_off(server: FlakyServer) -> None:
    def script(request: Request, count: int) -> None:
        if count == 1:
            request.head(200, None, Transfer_Encoding="chunked")
            request.wfile.write(b"%x\r\n" % HALF + DATA[:HALF] + b"\r\n")
        else:
            request.give(DATA)

    assert_installed(Log().get(entry(exact(server.serve("/f", script)))))
    assert server.asked[1] == ("/f", HALF)


def test_more_promised_than_there_is(server: FlakyServer) -> None:
    address = server.serve("/f", lambda request, _: request.give(DATA, promise=len(DATA) + 5000))
    assert_installed(Log().get(entry(exact(address))))


def test_less_promised_than_there_is(server: FlakyServer) -> None:
    address = server.serve("/f", lambda request, _: request.give(DATA, promise=HALF - request.start))
    with pytest.raises(WeightsError, match=f"a file of {HALF} bytes came instead of {len(DATA)}"):
        Log().get(entry(exact(address)))
    assert_nothing_installed()


def test_endless_data_is_not_stored(server: FlakyServer) -> None:
    def script(request: Request, _: int) -> None:
        request.head(200, None)
        while not request.server.quitting.is_set():
            request.wfile.write(bytes(1 << 16))

    with pytest.raises(WeightsError, match="more than the expected"):
        Log().get(entry(RemoteFile(server.serve("/f", script))))
    assert_nothing_installed()


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


def test_a_redirect_is_followed_with_the_range(server: FlakyServer) -> None:
    address = server.serve("/f", lambda request, _: request.head(302, 0, Location="/moved"))
    server.serve("/moved", lambda request, count: request.give(DATA, upto=HALF if count == 1 else None))
    assert_installed(Log().get(entry(exact(address))))
    assert server.asked[-1] == ("/moved", HALF)


def test_a_redirect_in_circles_and_one_out_of_the_web(server: FlakyServer, tmp_path: Path) -> None:
    address = server.serve("/f", lambda request, _: request.head(302, 0, Location="/f"))
    with pytest.raises(WeightsError, match="302"):
        Log().get(entry(exact(address)))
    (tmp_path / "secret").write_bytes(DATA)
    address = server.serve("/g", lambda request, _: request.head(302, 0, Location=f"file://{tmp_path}/secret"))
    with pytest.raises(WeightsError, match="302"):
        Log().get(entry(exact(address)))
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


def test_a_server_that_is_busy_is_asked_again(server: FlakyServer) -> None:
    def script(request: Request, count: int) -> None:
        request.give(DATA) if count == 3 else request.head(503, 0)

    assert_installed(Log().get(entry(exact(server.serve("/f", script)))))


def test_a_server_that_never_answers_and_one_that_stops_in_the_middle(server: FlakyServer) -> None:
    def stops(request: Request, _: int) -> None:
        request.head(200, len(DATA))
        request.wfile.write(DATA[:HALF])
        request.wfile.flush()
        request.hang(20)

    for script in (lambda request, _: request.hang(20), stops):
        started = time.monotonic()
        with pytest.raises(WeightsError, match=r"no answer for 0.6 s"):
            Log().get(entry(exact(server.serve("/f", script))), Patience(0.6, attempts=2, pause_s=0.01))
        assert time.monotonic() - started < 5


def test_a_trickle_counts_as_stalled(server: FlakyServer) -> None:
    def script(request: Request, _: int) -> None:
        request.head(200, len(DATA))
        request.trickle(DATA, seconds=20)

    with pytest.raises(WeightsError, match="stalled"):
        Log().get(entry(exact(server.serve("/f", script))), Patience(0.4, attempts=1))


def test_nobody_listens_and_no_network() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(WeightsError, match=r"refuses connections.*weights import FILE tiny") as caught:
        Log().get(entry(exact(f"http://127.0.0.1:{port}/f")))
    assert "\n" not in str(caught.value)
    with pytest.raises(WeightsError, match="is there a network"):
        Log().get(entry(exact("http://no-such-host.invalid/f")))


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


class TestImport:
    def test_own_weights_under_a_name(self, tmp_path: Path) -> None:
        (tmp_path / "x.pt").write_bytes(DATA)
        assert import_weights(tmp_path / "x.pt", "tiny").path == registry.weights_dir() / "tiny.pth"
        assert load_weights("tiny").name == "tiny"
        assert registry.imported_names() == ("tiny",)
        (tmp_path / "y.pth").write_bytes(OTHER)
        import_weights(tmp_path / "y.pth", "tiny")
        assert (registry.weights_dir() / "tiny.pth").read_bytes() == OTHER
        load_weights("tiny")

    def test_a_registered_name_takes_its_own_file_only(self, tmp_path: Path) -> None:
        torch.save(U2NETP().state_dict(), tmp_path / "u2netp.pth")
        with pytest.raises(WeightsError, match="not the published u2netp"):
            import_weights(tmp_path / "u2netp.pth", "u2netp")
        torch.save(U2NETN().state_dict(), tmp_path / "seg.pth")
        with pytest.raises(WeightsError, match="holds a U2NETN"):
            import_weights(tmp_path / "seg.pth", "u2net_human_seg")
        with pytest.raises(WeightsError, match="comes with the program"):
            import_weights(tmp_path / "u2netp.pth", "u2netp-person")
        assert not registry.weights_dir().exists() or not list(registry.weights_dir().glob("*.pth"))

    def test_another_kind_of_file_replaces_the_first(self, tmp_path: Path, u2netp_weights: Path) -> None:
        import_weights(u2netp_weights, "u2netp")
        assert load_weights("u2netp").path == registry.weights_dir() / "u2netp.safetensors"
        (tmp_path / "x.pth").write_bytes(DATA)
        import_weights(u2netp_weights, "mine")
        import_weights(tmp_path / "x.pth", "mine")
        assert [path.name for path in sorted(registry.weights_dir().glob("mine*"))] == ["mine.pth", "mine.pth.json"]

    def test_no_such_file(self, tmp_path: Path) -> None:
        with pytest.raises(WeightsError, match="there is no weights file"):
            import_weights(tmp_path / "none.pth", "mine")
