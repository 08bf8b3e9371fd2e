"""One file over HTTP from a real server that breaks off, lies, hangs and redirects."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from tests.unit.model.fetching import DATA, HALF, OTHER, Log, assert_installed, assert_nothing_installed, entry, exact
from tests.unit.model.flaky_server import FlakyServer, Request
from u2live.errors import WeightsError
from u2live.model.download import Patience
from u2live.model.registry import RemoteFile


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
