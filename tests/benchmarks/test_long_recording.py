"""Twenty minutes of live recording: does memory stay flat, does sound stay in step, is nothing dropped?

`pytest -m benchmark tests/benchmarks/test_long_recording.py -s`; U2LIVE_MINUTES for another length.
"""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

import numpy as np
import pytest

from tests.integration.av_sync import claps_s
from tests.unit.sinks.synthetic_microphone import SyntheticMicrophone
from tests.unit.sinks.video_files import duration_s, frame_times
from u2live.pipeline.pipeline import Pipeline
from u2live.settings import RecordingSettings, Settings, with_text
from u2live.sinks.recorder import Recorder
from u2live.sinks.recording import make_recording, sound_of

MINUTES = float(os.environ.get("U2LIVE_MINUTES", "20"))
CLAP_EVERY_S = 10.0
DRIFT = 100e-6


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


@pytest.mark.benchmark
@pytest.mark.timeout(0)
def test_twenty_minutes(tmp_path: Path, u2netp_weights: Path) -> None:
    settings = with_text(Settings(), f"model.weights={u2netp_weights}")
    settings = with_text(settings, "background.choice=original")
    settings = with_text(settings, "camera.source=demo")
    start_ns = time.monotonic_ns()

    def wave(seconds: np.ndarray) -> np.ndarray:
        return np.where(seconds % CLAP_EVERY_S < 0.05, 0.5 * np.sin(2 * np.pi * 1000 * seconds), 0.0)

    microphone = SyntheticMicrophone(wave, time.monotonic_ns, start_ns=start_ns, drift=DRIFT, jitter_s=0.002)
    path = tmp_path / "long.mp4"
    recording = make_recording(path, RecordingSettings(), notify=print, audio_input=microphone)
    assert isinstance(recording, Recorder)
    pipeline = Pipeline(settings, sinks=[recording], notify=print, duration_s=MINUTES * 60)
    pipeline.start()
    memory: list[float] = []
    while not pipeline.wait(15):
        memory.append(resident_mb())
        status = recording.status
        print(f"{status.seconds:7.1f} s  {status.size_bytes / 1e6:6.1f} MB  {memory[-1]:6.0f} MB resident", flush=True)
    assert pipeline.error is None
    sound = sound_of(recording)
    assert sound is not None
    metrics = pipeline.metrics.snapshot()
    written, dropped = metrics.sinks["recorder"].written, metrics.sinks["recorder"].dropped
    began_s = (sound._origin_ns - start_ns) / 1e9
    heard = np.array(claps_s(path))
    true = np.round((heard + began_s) / CLAP_EVERY_S) * CLAP_EVERY_S - began_s
    offset_ms = (heard - true) * 1e3
    settled = offset_ms[heard > 60]
    grown = memory[-1] - memory[len(memory) // 4]
    print(
        f"{duration_s(path):.2f} s, {written} pictures written, {dropped} dropped by the recorder, {metrics.dropped} at the "
        f"door; claps off by {settled.min():.1f} … {settled.max():.1f} ms; memory grew by {grown:.0f} MB"
    )
    assert len(frame_times(path)) == written
    assert len(heard) == pytest.approx(MINUTES * 60 / CLAP_EVERY_S, abs=2)
    assert np.ptp(settled) < 10
    assert grown < 40
    assert dropped == 0
