"""A network camera on this machine: real HTTP, real MJPEG."""

from __future__ import annotations

import http.server
import threading
from pathlib import Path

import cv2
import numpy as np


class NetworkCamera(http.server.ThreadingHTTPServer):
    """A network camera: MJPEG at 25 pictures a second, each with its number. `talking` false: connected but silent."""

    daemon_threads = True

    def __init__(self, clip: Path | None = None) -> None:
        self.clip = clip
        self.talking = True
        self.hang_up = threading.Event()
        super().__init__(("127.0.0.1", 0), _Answer)
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def stop(self) -> None:
        self.hang_up.set()
        self.shutdown()
        self.thread.join()
        self.server_close()


class _Answer(http.server.BaseHTTPRequestHandler):
    server: NetworkCamera

    def do_GET(self) -> None:
        if self.path == "/clip.mp4" and self.server.clip:
            data = self.server.clip.read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        elif self.path == "/live.mjpg":
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            self._pictures()
        else:
            self.send_error(404)

    def _pictures(self) -> None:
        for number in range(100_000):
            if self.server.hang_up.wait(0.04):
                return
            if not self.server.talking:
                continue
            bits = np.array([(number >> bit) & 1 for bit in range(8)], np.uint8) * 255
            picture = np.tile(np.repeat(bits, 12)[None, :, None], (64, 1, 3))
            jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
            try:
                self.wfile.write(head.encode() + jpeg + b"\r\n")
            except OSError:
                return

    def log_message(self, *_: object) -> None:
        """Quiet."""
