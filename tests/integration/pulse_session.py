"""A sound server of its own for tests: what is played into its sink is heard by its microphone, the sink's monitor."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

PROGRAMS = ("pulseaudio", "pacat", "parec", "pactl")
RATE = 48_000
_CONFIGURATION = """
load-module module-null-sink sink_name=room rate=48000 channels=1 sink_properties=device.description=Room
load-module module-native-protocol-unix socket={folder}/socket auth-anonymous=1
set-default-sink room
set-default-source room.monitor
"""


class Room:
    """Plays sounds, and knows from a second listener, which is not ours, when they were to be heard."""

    def __init__(self, environment: dict[str, str], server: subprocess.Popen[bytes]) -> None:
        self._environment = os.environ | environment
        self._server = server
        self._arrivals: list[tuple[int, float]] = []  # how many samples had come by then
        self._samples = bytearray()

    @contextmanager
    def listened_to(self) -> Iterator[None]:
        command = (
            "parec",
            "--raw",
            "--format=s16le",
            f"--rate={RATE}",
            "--channels=1",
            "--latency-msec=2",
            "-d",
            "room.monitor",
        )
        with subprocess.Popen(command, env=self._environment, stdout=subprocess.PIPE, bufsize=0) as listener:
            thread = threading.Thread(target=self._listen, args=(listener.stdout,), daemon=True)
            thread.start()
            try:
                yield
            finally:
                listener.terminate()
                thread.join(5)

    def _listen(self, pipe) -> None:  # type: ignore[no-untyped-def]
        while data := pipe.read(4096):
            self._samples += data
            self._arrivals.append((len(self._samples) // 2, time.monotonic()))

    @contextmanager
    def playing(self, samples: np.ndarray) -> Iterator[None]:
        """Plays float samples once."""
        command = ("pacat", "--raw", "--format=s16le", f"--rate={RATE}", "--channels=1", "--latency-msec=20", "-d", "room")
        with subprocess.Popen(command, env=self._environment, stdin=subprocess.PIPE) as player:
            data = (samples * 32767).astype("<i2").tobytes()
            feeder = threading.Thread(target=self._feed, args=(player, data), daemon=True)
            feeder.start()
            try:
                yield
            finally:
                player.terminate()

    @staticmethod
    def _feed(player: subprocess.Popen[bytes], data: bytes) -> None:
        assert player.stdin is not None
        try:
            player.stdin.write(data)
            player.stdin.close()
        except OSError:  # ended before all of it was played
            return

    def fall_silent(self) -> None:
        """The sound server is killed: its microphone is there no more."""
        self._server.kill()
        self._server.wait()

    def claps_s(self) -> list[float]:
        """When the claps were to be heard, on the monotonic clock.

        A sample arrives when it sounded or later, never before: the earliest arrivals tell the true line.
        """
        counts = np.array([count for count, _ in self._arrivals], float)
        times = np.array([arrived for _, arrived in self._arrivals])
        begin_s = float((times - counts / RATE).min())
        return [begin_s + onset for onset in onsets_s(np.frombuffer(bytes(self._samples), "<i2").astype(float), RATE)]


def onsets_s(samples: np.ndarray, rate: int) -> list[float]:
    """Where loud begins after quiet, in seconds."""
    loud = np.flatnonzero(np.abs(samples) > 0.3 * np.abs(samples).max())
    first = loud[np.insert(np.diff(loud) > rate // 4, 0, True)]
    return [float(index) / rate for index in first]


@contextmanager
def pulse_session(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """Skips, saying so, where there is no PulseAudio, no PortAudio, or nothing that joins the two."""
    from u2live.errors import SinkError
    from u2live.sinks.microphone import find_microphones

    missing = [program for program in PROGRAMS if not shutil.which(program)]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    folder.chmod(0o700)
    (folder / "default.pa").write_text(_CONFIGURATION.format(folder=folder))
    environment = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "PULSE_SERVER": f"unix:{folder}/socket"}
    command = ("pulseaudio", "-n", "-F", str(folder / "default.pa"), "--exit-idle-time=-1", "--daemonize=no")
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            (*command, "--use-pid-file=no", "--disable-shm=yes"), env=os.environ | environment, stdout=log, stderr=log
        )
    try:
        end = time.monotonic() + 20
        while not (folder / "socket").exists():
            assert server.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < end
            time.sleep(0.05)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        try:
            found = find_microphones()
        except SinkError as error:
            pytest.skip(f"no way from PortAudio to PulseAudio here (libportaudio2, libasound2-plugins): {error}")
        assert any(microphone.is_default for microphone in found)
        yield Room(environment, server)
    finally:
        server.terminate()
        server.wait(10)
