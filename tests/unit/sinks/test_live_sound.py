"""A microphone beside pictures, in the file."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.unit.sinks.synthetic_microphone import NoMicrophone, SyntheticMicrophone
from tests.unit.sinks.video_files import START_NS, duration_s, needs_ffmpeg, probe
from u2live.sinks.live_sound import LiveSound
from u2live.sinks.recorder import Recorder
from u2live.types import Composite, Notice, Size

pytestmark = needs_ffmpeg

SIZE = Size(160, 96)
CLAPS_S = (0.5, 1.3, 2.4)


def clap(seconds: np.ndarray) -> np.ndarray:
    loud = np.zeros_like(seconds)
    for at in CLAPS_S:
        loud[(seconds >= at) & (seconds < at + 0.05)] = 0.5
    return loud * np.sin(2 * np.pi * 1000 * seconds)


class Session:
    """Records 30 pictures a second with a microphone, in simulated time; at CLAPS_S a flash and a clap."""

    def __init__(self, path: Path, **microphone: object) -> None:
        self.path = path
        self.time_s = 0.0
        self.notices: list[Notice] = []
        # The microphone begins a little before the first picture.
        self.microphone = SyntheticMicrophone(
            lambda seconds: clap(seconds - 0.25),
            lambda: START_NS + round(self.time_s * 1e9),
            start_ns=START_NS - 250_000_000,
            **microphone,  # type: ignore[arg-type]
        )
        self.sound = LiveSound(self.microphone, self.notices.append)
        self.recorder = Recorder(path, sound=self.sound, notify=self.notices.append)
        self.recorder.open(SIZE, Fraction(30))

    def run(self, from_s: float, until_s: float) -> None:
        for index in range(round(from_s * 30), round(until_s * 30)):
            at_s = index / 30
            self.time_s = at_s + 0.04  # pictures come through the pipeline some time after they were taken
            value = 255 if any(clap <= at_s + 1e-6 < clap + 0.1 for clap in CLAPS_S) else 0
            picture = np.full((SIZE.height, SIZE.width, 3), value, np.uint8)
            self.recorder.write(Composite(index, START_NS + round(at_s * 1e9), picture))

    def end(self) -> None:
        self.time_s += 0.2
        self.recorder.close()


def samples(path: Path) -> np.ndarray:
    """The sound from the file's time 0 on, 48 kHz."""
    with av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
    made = np.concatenate([frame.to_ndarray().reshape(len(frame.layout.channels), -1)[0] for frame in frames])
    assert frames[0].pts is not None
    assert frames[0].time_base is not None
    lead = round(float(frames[0].pts * frames[0].time_base) * 48_000)
    return np.concatenate((np.zeros(max(0, lead)), made.astype(np.float64)))[max(0, -lead) :]


def onsets_s(path: Path) -> list[float]:
    loud = np.flatnonzero(np.abs(samples(path)) > 0.15) / 48_000
    return [float(loud[0]), *loud[1:][np.diff(loud) > 0.1].tolist()]


@pytest.mark.parametrize("ending", ["mp4", "mkv", "mov", "webm"])
@pytest.mark.parametrize("rate", [48_000, 44_100])
def test_claps_are_where_the_flashes_are(tmp_path: Path, ending: str, rate: int) -> None:
    session = Session(tmp_path / f"out.{ending}", sample_rate=rate, channels=2, jitter_s=0.002)
    session.run(0, 3)
    session.end()
    np.testing.assert_allclose(onsets_s(session.path), CLAPS_S, atol=0.006)
    assert duration_s(session.path) == pytest.approx(3.0, abs=0.03)
    assert session.notices == []
    stream = probe(session.path, "-show_streams", "-select_streams", "a")["streams"][0]
    assert stream["codec_name"] == ("opus" if ending == "webm" else "aac")
    assert stream["channels"] == 2


@pytest.mark.parametrize("ending", ["mp4", "webm"])
def test_a_pause_is_cut_out_of_both(tmp_path: Path, ending: str) -> None:
    session = Session(tmp_path / f"out.{ending}")
    session.run(0, 1)
    session.recorder.pause()
    session.run(1, 2)
    assert session.recorder.status.paused
    session.recorder.resume()
    session.run(2, 3)
    session.end()
    np.testing.assert_allclose(onsets_s(session.path), [0.5, 1.4], atol=0.006)
    assert duration_s(session.path) == pytest.approx(2.0, abs=0.03)
    with av.open(str(session.path)) as container:
        whites = [frame.time for frame in container.decode(video=0) if frame.to_ndarray(format="gray").mean() > 128]
    assert whites[0] == pytest.approx(0.5, abs=0.01)
    assert whites[3] == pytest.approx(1.4, abs=0.01)


def test_a_microphone_that_dies_leaves_silence_and_this_is_said(tmp_path: Path) -> None:
    session = Session(tmp_path / "out.mp4")
    session.run(0, 1)
    session.microphone.gone = True
    session.run(1, 6)
    session.end()
    assert duration_s(session.path) == pytest.approx(6.0, abs=0.03)
    assert len(samples(session.path)) == pytest.approx(6 * 48_000, rel=0.01)
    assert [notice.topic for notice in session.notices] == ["sound"]


def test_a_gap_is_filled_so_that_what_follows_is_in_its_place(tmp_path: Path) -> None:
    session = Session(tmp_path / "out.mkv")
    session.run(0, 0.8)
    taken = session.microphone.take
    session.microphone.take = lambda: taken()[:0]  # type: ignore[method-assign]
    session.run(0.8, 1.1)
    session.microphone.take = taken  # type: ignore[method-assign]
    session.run(1.1, 3)
    session.end()
    np.testing.assert_allclose(onsets_s(session.path), CLAPS_S, atol=0.006)


def test_a_recorder_that_lags_behind_ends_with_its_last_picture(tmp_path: Path) -> None:
    session = Session(tmp_path / "out.mp4")
    session.run(0, 1)
    for index in range(30, 60):  # the microphone is four seconds ahead of the pictures
        session.time_s = index / 30 + 4
        picture = np.zeros((SIZE.height, SIZE.width, 3), np.uint8)
        session.recorder.write(Composite(index, START_NS + round(index / 30 * 1e9), picture))
    session.end()
    assert duration_s(session.path) == pytest.approx(2.0, abs=0.03)


def test_a_minute_of_sound_at_once_is_no_burden(tmp_path: Path) -> None:
    """After a stall: were every block joined to all before it, this would take minutes and stall again."""
    session = Session(tmp_path / "out.mp4")
    session.run(0, 1)
    session.time_s = 61.0
    begin = time.process_time()
    session.recorder.write(Composite(30, START_NS + 1_000_000_000, np.zeros((SIZE.height, SIZE.width, 3), np.uint8)))
    assert time.process_time() - begin < 12
    session.end()


def test_gain_and_mute(tmp_path: Path) -> None:
    session = Session(tmp_path / "out.mkv")
    session.sound.gain_db = -12.0
    session.run(0, 1)
    assert session.sound.level_db == pytest.approx(-90)
    session.run(1, 1.33)
    assert session.sound.level_db == pytest.approx(-6 - 12, abs=1)
    session.sound.muted = True
    assert session.sound.level_db == pytest.approx(-90)
    session.run(1.33, 3)
    session.end()
    sound = samples(session.path)
    assert np.abs(sound[:48_000]).max() == pytest.approx(0.5 * 10 ** (-12 / 20), rel=0.15)
    assert np.abs(sound[round(1.5 * 48_000) :]).max() < 0.01


def test_without_a_microphone_there_is_a_picture_and_a_word(tmp_path: Path) -> None:
    notices: list[Notice] = []
    path = tmp_path / "out.mp4"
    recorder = Recorder(path, sound=LiveSound(NoMicrophone(), notices.append))
    recorder.open(SIZE, Fraction(30))
    for index in range(10):
        recorder.write(Composite(index, START_NS + index * 33_333_333, np.zeros((96, 160, 3), np.uint8)))
    recorder.close()
    assert [stream["codec_type"] for stream in probe(path, "-show_streams")["streams"]] == ["video"]
    assert len(notices) == 1
    assert "without sound" in notices[0].message
