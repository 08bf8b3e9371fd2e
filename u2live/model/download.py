"""One file over HTTP: resumed after a break, checked before anybody uses it."""

from __future__ import annotations

import contextlib
import http.client
import http.cookiejar
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

from u2live import __version__
from u2live.errors import WeightsError
from u2live.model.confirm_page import confirmed_address, page_title
from u2live.model.registry import RemoteFile
from u2live.model.store import checksum_of

Progress: TypeAlias = Callable[[int, int | None], None]  # bytes so far, bytes in all when known

_CHUNK = 1 << 16
_PAGE_LIMIT = 1 << 20
_SLOWEST = 512  # bytes per second: below that a transfer counts as stalled


class MirrorError(Exception):
    """This address does not give the file, for a reason that fits in one line. Another one may."""


class _BrokenError(Exception):
    """The transfer broke off: worth another attempt from where it stopped."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for bytes, how often to try one address, how long to rest before the next attempt."""

    timeout_s: float = 20.0
    attempts: int = 4
    pause_s: float = 1.0


def download(remote: RemoteFile, part: Path, limit: int, progress: Progress, patience: Patience | None = None) -> None:
    """Bring the file at `remote` to `part`, resuming what lies there, and check size and checksum.

    `limit` in bytes: an answer that is longer is not the file. Raises MirrorError, and WeightsError when nothing can be
    written here. After a broken transfer `part` stays for the next time.
    """
    patience = patience or Patience()
    if not remote.checksum:
        _delete(part)  # nothing could tell whether two halves belong together
    problem = ""
    for attempt in range(patience.attempts):
        if attempt:
            time.sleep(patience.pause_s * attempt)
        resumed = part.exists()
        try:
            _transfer(remote.address, part, remote.size or limit, progress, patience.timeout_s)
        except _BrokenError as error:
            # A server that promises more than it has breaks off too, yet the file may be whole.
            if remote.checksum and _complaint(remote, part) == "":
                return
            problem = str(error)
            continue
        problem = _complaint(remote, part)
        if not problem:
            return
        _delete(part)
        if not resumed:
            break  # it would only send the same again
    raise MirrorError(problem)


def _complaint(remote: RemoteFile, part: Path) -> str:
    """Why the bytes in `part` are not the file; empty when they are."""
    size = part.stat().st_size if part.exists() else 0
    if size == 0:
        return "an empty file came"
    if remote.size is not None and size != remote.size:
        return f"a file of {size} bytes came instead of {remote.size}"
    if remote.checksum and checksum_of(part, remote.checksum.partition(":")[0]) != remote.checksum:
        return "another file came (wrong checksum)"
    return ""


def _transfer(address: str, part: Path, limit: int, progress: Progress, timeout_s: float) -> None:
    """One attempt: append what is missing, or start again where the server cannot resume."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    have = part.stat().st_size if part.exists() else 0
    try:
        with contextlib.ExitStack() as stack:
            response = stack.enter_context(_ask(opener, address, have, timeout_s))
            if _is_page(response):
                page = response.read(_PAGE_LIMIT).decode("utf-8", "replace")
                confirmed = confirmed_address(page, response.geturl())
                if confirmed is None:
                    raise MirrorError(f"a web page came instead of the file ({page_title(page)})")
                response = stack.enter_context(_ask(opener, confirmed, have, timeout_s))
                if _is_page(response):
                    page = response.read(_PAGE_LIMIT).decode("utf-8", "replace")
                    raise MirrorError(f"a web page came instead of the file ({page_title(page)})")
            _receive(response, part, have, limit, progress, timeout_s)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and have:
            return  # nothing is left to send: the checksum will tell
        said = f"the server answered {error.code} {error.reason}".strip()
        if error.code >= 500 or error.code in (http.HTTPStatus.TOO_MANY_REQUESTS, http.HTTPStatus.REQUEST_TIMEOUT):
            raise _BrokenError(said) from None
        raise MirrorError(said) from None
    except urllib.error.URLError as error:
        if isinstance(error.reason, socket.gaierror):
            raise MirrorError("the server's name cannot be found: is there a network?") from None
        raise _BrokenError(_network_problem(error.reason, timeout_s)) from None
    except (OSError, http.client.HTTPException) as error:
        raise _BrokenError(_network_problem(error, timeout_s)) from None


def _ask(opener: urllib.request.OpenerDirector, address: str, have: int, timeout_s: float) -> http.client.HTTPResponse:
    headers = {"User-Agent": f"u2live/{__version__}", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    response = opener.open(urllib.request.Request(address, headers=headers), timeout=timeout_s)
    assert isinstance(response, http.client.HTTPResponse)
    return response


def _is_page(response: http.client.HTTPResponse) -> bool:
    return (response.headers.get_content_type() or "").startswith("text/html")


def _receive(
    response: http.client.HTTPResponse, part: Path, have: int, limit: int, progress: Progress, timeout_s: float
) -> None:
    resuming = response.status == http.HTTPStatus.PARTIAL_CONTENT and _range_start(response) == have
    if response.status == http.HTTPStatus.PARTIAL_CONTENT and not resuming:
        _delete(part)
        raise _BrokenError("the server resumed at another place")
    promised = response.headers.get("Content-Length", "")
    done = have if resuming else 0
    total = done + int(promised) if promised.isdecimal() else None
    with _writing(part), part.open("ab" if resuming else "wb") as file:
        progress(done, total)
        done = _copy(response, file, done, total, limit, progress, timeout_s)
    if total is not None and done < total:
        raise _BrokenError(f"the transfer broke off after {done} of {total} bytes")


def _copy(
    response: http.client.HTTPResponse,
    file: BinaryIO,
    done: int,
    total: int | None,
    limit: int,
    progress: Progress,
    timeout_s: float,
) -> int:
    window_start, window_bytes = time.monotonic(), 0
    while True:
        try:
            chunk = response.read1(_CHUNK)
        except (OSError, http.client.HTTPException) as error:
            raise _BrokenError(_network_problem(error, timeout_s)) from None
        if not chunk:
            return done
        done += len(chunk)
        if done > limit:
            raise MirrorError(f"more than the expected {limit} bytes came: it is another file")
        file.write(chunk)
        progress(done, total)
        window_bytes += len(chunk)
        elapsed = time.monotonic() - window_start
        if elapsed > timeout_s:
            if window_bytes < _SLOWEST * elapsed:
                raise _BrokenError(f"the transfer stalled ({window_bytes} bytes in {elapsed:.0f} s)")
            window_start, window_bytes = time.monotonic(), 0


def _range_start(response: http.client.HTTPResponse) -> int | None:
    """The first byte of `Content-Range: bytes 100-199/200`."""
    unit, _, rest = response.headers.get("Content-Range", "").partition(" ")
    start = rest.partition("-")[0]
    return int(start) if unit == "bytes" and start.isdecimal() else None


@contextlib.contextmanager
def _writing(part: Path) -> Iterator[None]:
    """Turns a failure of the disk into a line of its own: another mirror would not help."""
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise WeightsError(f"{part.parent} cannot be written: {error.strerror or error}; free some space there") from None


def _delete(part: Path) -> None:
    with _writing(part):
        part.unlink(missing_ok=True)


def _network_problem(error: object, timeout_s: float) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer for {timeout_s:g} s"
    if isinstance(error, ConnectionRefusedError):
        return "the server refuses connections"
    if isinstance(error, http.client.IncompleteRead | ConnectionError | http.client.RemoteDisconnected):
        return "the transfer broke off"
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text).splitlines()[0]
