"""A surveillance camera on this machine: RTSP (RFC 2326) over TCP with H.264 in RTP, as much of it as a player asks for."""

from __future__ import annotations

import socket
import threading
from fractions import Fraction

import av

from tests.unit.capture import media

_SDP = """v=0
o=- 0 0 IN IP4 127.0.0.1
s=camera
c=IN IP4 127.0.0.1
t=0 0
m=video 0 RTP/AVP 96
a=rtpmap:96 H264/90000
a=fmtp:96 packetization-mode=1
a=control:track1
"""


class RtspCamera:
    """Serves one player at a time with numbered frames at 25 pictures a second, until `stop`."""

    def __init__(self) -> None:
        self._packets = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._packets.bind(("127.0.0.1", 0))
        self._packets.settimeout(0.1)
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(0.1)
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=work) for work in (self._film, self._serve)]
        self.address = f"rtsp://127.0.0.1:{self._server.getsockname()[1]}/live"
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        self._server.close()
        self._packets.close()

    def _film(self) -> None:
        """Encode for ever; FFmpeg cuts the H.264 into RTP packets and sends them to our socket."""
        options = {"preset": "ultrafast", "tune": "zerolatency", "g": "5", "x264-params": "repeat-headers=1"}
        target = f"rtp://127.0.0.1:{self._packets.getsockname()[1]}"
        frames = media.numbered_frames(250)
        with av.open(target, "w", format="rtp") as container:
            stream = container.add_stream("libx264", rate=25, options=options)
            stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
            stream.codec_context.time_base = Fraction(1, 25)
            number = 0
            while not self._stopped.wait(0.04):
                frame = frames[number % len(frames)]
                frame.pts, frame.time_base = number, Fraction(1, 25)
                container.mux(stream.encode(frame))
                number += 1

    def _serve(self) -> None:
        while not self._stopped.is_set():
            try:
                player, _ = self._server.accept()
            except TimeoutError:
                continue
            with player:
                player.settimeout(5)
                try:
                    self._talk(player)
                except OSError:
                    continue

    def _talk(self, player: socket.socket) -> None:
        said = player.makefile("rb")
        while True:
            request = b""
            while (line := said.readline()) not in (b"\r\n", b""):
                request += line
            if not request:
                return
            method = request.split(b" ", 1)[0].decode()
            number = next(line for line in request.split(b"\r\n") if line.lower().startswith(b"cseq")).decode()
            body = _SDP.replace("\n", "\r\n") if method == "DESCRIBE" else ""
            head = ["RTSP/1.0 200 OK", number, "Session: 1", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1"]
            if body:
                head += ["Content-Type: application/sdp", f"Content-Length: {len(body)}"]
            player.sendall(("\r\n".join(head) + "\r\n\r\n" + body).encode())
            if method == "PLAY":
                self._play(player)
                return

    def _play(self, player: socket.socket) -> None:
        while not self._stopped.is_set():
            try:
                packet = self._packets.recv(65536)
            except TimeoutError:
                continue
            player.sendall(b"$\0" + len(packet).to_bytes(2, "big") + packet)
