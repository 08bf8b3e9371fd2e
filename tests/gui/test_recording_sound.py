"""The microphone in the recording panel: tested, metered, muted, and recording without one."""

from __future__ import annotations

import ctypes.util
import sys
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt

from tests.integration.claps import claps, sound_in
from tests.integration.pulse_session import RATE, pulse_session
from tests.unit.sinks.video_files import needs_ffmpeg, probe

from .conftest import Desk
from .recording_hands import choose, record

pytestmark = needs_ffmpeg


class TestWithoutSound:
    """No microphone, or no PortAudio: said in the panel and when recording, and the recording goes on without sound."""

    def recorded_without_sound(self, desk: Desk) -> str:
        """What was said."""
        notices = []
        desk.controller.noticed.connect(notices.append)
        path = record(desk)
        assert [stream["codec_type"] for stream in probe(path, "-show_streams")["streams"]] == ["video"]
        (said,) = [notice.message for notice in notices if notice.topic == "sound"]
        assert said.startswith("recording without sound")
        return str(said)

    def test_no_portaudio(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        find = ctypes.util.find_library
        monkeypatch.setattr("ctypes.util.find_library", lambda name: None if "portaudio" in name else find(name))
        monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
        desk.controller.set("recording.microphone", "default")
        desk.window.arrangement.reveal("recording")
        sound = desk.window.recorder.sound
        desk.until(lambda: "PortAudio" in sound.problem.text())
        assert sound.problem.isVisible()
        assert "PortAudio" in self.recorded_without_sound(desk)
        monkeypatch.delitem(sys.modules, "sounddevice", raising=False)

    def test_no_microphone(self, desk: Desk) -> None:
        from u2live.sinks.microphone import microphones

        if microphones():
            pytest.skip("there is a microphone")
        desk.controller.set("recording.microphone", "default")
        desk.window.arrangement.reveal("recording")
        sound = desk.window.recorder.sound
        desk.until(lambda: sound.problem.isVisible())
        desk.qtbot.mouseClick(sound.test, Qt.MouseButton.LeftButton)
        desk.until(lambda: not sound.test.isChecked())
        self.recorded_without_sound(desk)


@pytest.mark.slow
def test_microphone_test_meter_gain_and_mute(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "pulse"
    folder.mkdir()
    with pulse_session(folder, monkeypatch) as room, room.playing(np.tile(claps(0.3), 3)):
        desk.window.arrangement.reveal("recording")
        sound = desk.window.recorder.sound
        desk.until(lambda: sound.microphone.findData("pulse") >= 0)
        choose(desk, sound.microphone, "pulse")
        desk.qtbot.mouseClick(sound.test, Qt.MouseButton.LeftButton)
        desk.until(lambda: sound.level.decibels is not None and sound.level.decibels > -10)
        assert "loud" in sound.level.accessibleName()
        desk.controller.set("recording.gain_db", -20.0)
        desk.until(lambda: sound.level.decibels is not None and sound.level.decibels < -15)
        outputs = desk.window.outputs
        desk.qtbot.mouseClick(desk.window.bottom.record, Qt.MouseButton.LeftButton)
        desk.until(lambda: outputs.running()[1].seconds > 2)  # type: ignore[index]
        desk.controller.set("recording.gain_db", 0.0)
        desk.until(lambda: outputs.running()[1].seconds > 4)  # type: ignore[index]
        desk.qtbot.mouseClick(sound.mute, Qt.MouseButton.LeftButton)
        assert sound.mute.isChecked()
        desk.until(lambda: outputs.running()[1].seconds > 6)  # type: ignore[index]
        path = outputs.running()[0]  # type: ignore[index]
        with desk.qtbot.waitSignal(outputs.recorded, timeout=30_000):
            desk.qtbot.mouseClick(desk.window.bottom.record, Qt.MouseButton.LeftButton)
        desk.qtbot.mouseClick(sound.mute, Qt.MouseButton.LeftButton)
    heard = np.abs(sound_in(path))
    quiet, loud, muted = (heard[int(at * RATE) : int((at + 0.8) * RATE)].max() for at in (0.7, 2.8, 4.9))
    assert loud / quiet == pytest.approx(10, rel=0.15)
    assert loud == pytest.approx(0.6, rel=0.1)
    assert muted < 0.01
