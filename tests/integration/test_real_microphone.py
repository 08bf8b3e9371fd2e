"""The real path of sound: a sound server's microphone, ALSA, PortAudio, sounddevice, the recorder, a file."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.integration.claps import SECONDS, claps, sound_in
from tests.integration.pulse_session import RATE, onsets_s, pulse_session
from tests.unit.sinks.video_files import composites, frame_times, needs_ffmpeg, probe
from u2live.settings import RecordingSettings
from u2live.sinks.microphone import SILENT_DB, find_microphones
from u2live.sinks.recording import make_recording, sound_of
from u2live.types import Composite, Notice, Size

pytestmark = [needs_ffmpeg, pytest.mark.slow]

REPOSITORY = Path(__file__).resolve().parents[2]
COMMAND_S = 100
"""How long a command may take, with its start, which waits for its turn on a busy machine."""


@pytest.mark.parametrize("ending", ["mp4", "webm"])
def test_claps_lie_where_they_were_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    folder = tmp_path / "pulse"
    folder.mkdir()
    path = tmp_path / f"out.{ending}"
    notices: list[Notice] = []
    with pulse_session(folder, monkeypatch) as room, room.listened_to(), room.playing(claps()):
        recording = make_recording(path, RecordingSettings(microphone="default"), notify=notices.append)
        pictures = composites([index / 30 for index in range(30)])
        recording.open(Size(320, 192), Fraction(30))
        begin = time.monotonic()
        first_ns, loudest = 0, SILENT_DB
        for index in range(SECONDS * 30):
            time.sleep(max(0.0, begin + index / 30 - time.monotonic()))
            now_ns = time.monotonic_ns()
            first_ns = first_ns or now_ns
            recording.write(Composite(index, now_ns, pictures[index % 30].pixels))
            sound = sound_of(recording)
            assert sound is not None
            loudest = max(loudest, sound.level_db)
        recording.close()
        heard = room.claps_s()
    assert notices == []
    assert -8 < loudest < 0  # the meter saw the claps: 0.6 is -4.4 dB
    in_file = [first_ns / 1e9 + onset for onset in onsets_s(sound_in(path), RATE)]
    offsets_ms = []
    for clap in in_file:
        nearest = min(heard, key=lambda moment: abs(moment - clap))
        offsets_ms.append((clap - nearest) * 1000)
    print("offsets of the claps in ms:", np.round(offsets_ms, 1))
    assert len(offsets_ms) >= SECONDS - 3
    assert np.abs(offsets_ms[2:]).max() < 15
    assert frame_times(path)[-1] == pytest.approx(SECONDS, abs=0.2)


def test_run_records_the_microphone_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "pulse"
    folder.mkdir()
    path = tmp_path / "out.mkv"
    with pulse_session(folder, monkeypatch) as room, room.playing(claps(length_s=COMMAND_S)):
        names = [microphone.name for microphone in find_microphones()]
        assert "pulse" in names
        command = [sys.executable, "main.py", "run", "--source", "demo", "--background", "original", "--json"]
        command += ["--duration", "4", "--record", str(path), "--microphone", "pulse"]
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=COMMAND_S, check=True)
    assert [notice for notice in json.loads(done.stdout)["notices"] if notice["topic"] == "sound"] == []
    streams = [stream["codec_type"] for stream in probe(path, "-show_streams")["streams"]]
    assert streams == ["video", "audio"]
    assert len(onsets_s(sound_in(path), RATE)) >= 2


def test_a_microphone_that_is_not_there_is_told_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "pulse"
    folder.mkdir()
    notices: list[Notice] = []
    with pulse_session(folder, monkeypatch):
        recording = make_recording(tmp_path / "out.mp4", RecordingSettings(microphone="Yeti"), notify=notices.append)
        recording.open(Size(320, 192), Fraction(30))
        for composite in composites([0.0, 0.1]):
            recording.write(composite)
        recording.close()
    (notice,) = notices
    assert "recording without sound" in notice.message
    assert "'Yeti'" in notice.message
    assert len(frame_times(tmp_path / "out.mp4")) == 2


def test_a_microphone_that_goes_leaves_silence_and_the_recording_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "pulse"
    folder.mkdir()
    path = tmp_path / "out.mp4"
    notices: list[Notice] = []
    pictures = composites([index / 30 for index in range(30)])
    with pulse_session(folder, monkeypatch) as room, room.playing(claps(0.3)):
        recording = make_recording(path, RecordingSettings(microphone="default"), notify=notices.append)
        recording.open(Size(320, 192), Fraction(30))
        begin = time.monotonic()
        for index in range(10 * 30):
            time.sleep(max(0.0, begin + index / 30 - time.monotonic()))
            if index == 5 * 30:  # such a server begins to play and to give sound after a second or two
                room.fall_silent()
            recording.write(Composite(index, time.monotonic_ns(), pictures[index % 30].pixels))
        recording.close()
    (notice,) = notices
    assert "gives nothing" in notice.message
    heard = np.abs(sound_in(path))
    assert heard[: 5 * RATE].max() > 0.3
    assert heard[round(6.5 * RATE) :].max() < 0.01
    assert len(heard) / RATE == pytest.approx(10, abs=0.2)
    assert len(frame_times(path)) == 10 * 30
