"""A real HTTP server on this machine that misbehaves as it is told to, one script for each path."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Request(BaseHTTPRequestHandler):
    """What a script gets: it reads `start` and answers with the methods below."""

    protocol_version = "HTTP/1.1"
    server: FlakyServer

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        self.query = query
        wanted = self.headers.get("Range", "")
        self.start = int(wanted.removeprefix("bytes=").partition("-")[0]) if wanted else 0
        with self.server.lock:
            self.server.asked.append((self.path, self.start))
            count = sum(1 for asked, _ in self.server.asked if asked.partition("?")[0] == path)
        self.close_connection = True
        script = self.server.scripts.get(path)
        if script is None:
            self.send_error(404)
        else:
            script(self, count)

    def head(self, status: int, length: int | None, **headers: str) -> None:
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def give(self, data: bytes, *, upto: int | None = None, promise: int | None = None) -> None:
        """`data` from the wanted byte on, as a server does that can resume; breaks off at byte `upto`."""
        if self.start >= len(data) and self.start:
            self.head(416, 0)
            return
        rest = data[self.start : upto]
        length = promise if promise is not None else len(data) - self.start
        if self.start:
            self.head(206, length, Content_Range=f"bytes {self.start}-{len(data) - 1}/{len(data)}")
        else:
            self.head(200, length)
        self.wfile.write(rest)

    def page(self, html: str, **headers: str) -> None:
        self.head(200, len(html.encode()), Content_Type="text/html; charset=utf-8", **headers)
        self.wfile.write(html.encode())

    def hang(self, seconds: float) -> None:
        self.server.quitting.wait(seconds)

    def trickle(self, data: bytes, seconds: float) -> None:
        end = time.monotonic() + seconds
        for position in range(len(data)):
            if time.monotonic() > end or self.server.quitting.wait(0.05):
                return
            self.wfile.write(data[position : position + 1])
            self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def handle(self) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # clients give up: some tests want that
            super().handle()


class FlakyServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.scripts: dict[str, Callable[[Request, int], None]] = {}
        self.asked: list[tuple[str, int]] = []
        self.lock = threading.Lock()
        self.quitting = threading.Event()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def serve(self, path: str, script: Callable[[Request, int], None]) -> str:
        """Let `script(request, how often the path was asked for)` answer `path`. Returns the address."""
        self.scripts[path] = script
        return f"http://127.0.0.1:{self.server_address[1]}{path}"

    def stop(self) -> None:
        self.quitting.set()
        self.shutdown()
        self.server_close()
