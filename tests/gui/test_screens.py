"""Pictures of every view, panel, page and theme, for people to look at: tests/gui/screens (not committed).

    xvfb-run -s "-screen 0 2560x1440x24" env QT_QPA_PLATFORM=xcb pytest -m slow tests/gui/test_screens.py
    … and again with QT_SCALE_FACTOR=2

What is asserted is that each picture has something in it; whether it is good, a person decides.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from u2live.gui.assembly import Window, assemble
from u2live.gui.controller import Controller
from u2live.gui.drop_zone import PROCESS
from u2live.gui.painting import View
from u2live.gui.recordings_page import RecordingsPage
from u2live.gui.theme import Theme
from u2live.paths import assets_dir
from u2live.settings import RecordingSettings, Settings, with_value
from u2live.sinks.recording import make_recording
from u2live.sinks.unfinished import Marker
from u2live.types import Composite, Level, Notice, Size

SCREENS = Path(__file__).parent / "screens"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


class Stage:
    """The real program on the demo, and a camera before it."""

    def __init__(self, window: Window, qtbot: QtBot, theme: str) -> None:
        self.window = window
        self.qtbot = qtbot
        ratio = window.devicePixelRatioF()
        self._folder = SCREENS / f"{theme}-{window.width()}x{window.height()}@{ratio:g}"
        self._folder.mkdir(parents=True, exist_ok=True)

    def shoot(self, name: str) -> None:
        self.qtbot.wait(150)
        picture = self.window.grab()
        assert picture.save(str(self._folder / f"{name}.png"))
        small = picture.toImage().scaled(16, 9)
        assert len({small.pixel(x, y) for x in range(16) for y in range(9)}) > 4

    def only(self, *panels: str) -> None:
        for name, panel in self.window.side.panels.items():
            panel.set_folded(name not in panels)
        self.window.side.area.verticalScrollBar().setValue(0)  # type: ignore[union-attr]

    def live(self) -> None:
        live = self.window.live
        self.qtbot.waitUntil(lambda: live.preview is not None and live.preview.matted is not None, timeout=180_000)

    def choose(self, title: str) -> None:
        entry = next(x for x in self.window.gallery.entries() if x.title == title)
        self.window.controller.set("background.choice", entry.choice)
        self.qtbot.wait(3000)


@pytest.fixture(params=["dark", "light"])
def stage(request: pytest.FixtureRequest, qtbot: QtBot, theme: Theme, tmp_path: Path, shared: Path) -> Iterator[Stage]:
    os.environ.setdefault("U2LIVE_WEIGHTS", str(shared / "weights" / "u2netp.safetensors"))
    theme.set_choice(request.param)
    settings = with_value(Settings(), "camera.source", "demo")
    settings = with_value(with_value(settings, "recording.microphone", ""), "recording.folder", str(tmp_path / "u2live"))
    controller = Controller(settings, settings, tmp_path / "settings.json")
    window = assemble(controller, theme, tmp_path)
    window.resize(1280, 720)
    window.show()
    made = Stage(window, qtbot, request.param)
    made.shoot("00-starting")
    window.start()
    controller.start()
    yield made
    window.quitting = True
    window.close()
    theme.set_choice("dark")
    theme.set_text_scale(1.0)


def test_screens(stage: Stage) -> None:
    window = stage.window
    stage.live()
    stage.only("background")
    stage.choose("Living room")
    for number, view in enumerate(View):
        window.show_view(view)
        stage.shoot(f"1{number}-view-{view.value}")
    window.show_view(View.RESULT)
    for number, panel in enumerate(window.side.panels):
        stage.only(panel)
        if panel == "presets":
            stage.shoot("27-presets-empty")
            window.preset_list.save()
            window.preset_list.save()
        if panel == "framing":
            window.controller.set("framing.auto", True)
        stage.shoot(f"2{number}-panel-{panel}")
        window.controller.set("framing.auto", False)
    stage.only("background")
    window.commands.run("view.graph")
    stage.qtbot.wait(4000)
    stage.shoot("30-graph")
    window.commands.run("view.graph")
    pages(stage)


def pages(stage: Stage) -> None:
    window = stage.window
    window.commands.run("window.help")
    stage.shoot("40-keys")
    assert window.pages.sheet is not None
    window.pages.sheet.close_sheet()
    window.commands.run("window.doctor")
    stage.qtbot.wait(6000)
    stage.shoot("41-check-up")
    assert window.pages.sheet is not None
    window.pages.sheet.close_sheet()
    window.pages.show_guide()
    stage.shoot("42-guide")
    window.pages.guide.skip.click()  # type: ignore[union-attr]
    window.notice_bar.add(Notice(Level.WARNING, "source", "the camera HD Webcam is busy: close the program that uses it"))
    stage.shoot("43-notice")
    window.notice_bar.close_button.click()
    window.drop_zone.offer([Path(__file__).with_suffix(".mp4")])
    window.drop_zone.hover(window.live.width() * 0.8)
    stage.shoot(f"44-drop-{PROCESS}")
    window.drop_zone.hide()
    window.commands.run("privacy.away")
    stage.qtbot.wait(1500)
    stage.shoot("45-privacy")
    window.commands.run("privacy.away")
    window.outputs.start_recording()
    stage.qtbot.wait(2500)
    stage.shoot("46-recording")
    window.outputs.stop_recording()
    window.resize(820, 600)
    stage.shoot("50-narrow")
    window.commands.run("window.panels")
    stage.shoot("51-drawer")
    window.commands.run("window.panels")
    window.resize(1280, 720)
    window.theme.set_text_scale(2.0)
    QApplication.processEvents()
    stage.only("edges", "camera")
    stage.shoot("60-large-text")
    window.theme.set_text_scale(1.0)


def test_screens_of_recording(stage: Stage) -> None:
    """The panel in full, and the list: empty, filled, while recording, a name typed over, after the bin, a question."""
    window = stage.window
    window.controller.set("background.choice", "original")
    stage.qtbot.waitUntil(lambda: window.live.preview is not None, timeout=180_000)
    stage.only("recording")
    window.resize(1280, 1000)
    stage.qtbot.wait(1500)
    stage.shoot("70-recording-panel")
    window.resize(1280, 720)
    window.commands.run("output.recordings")
    stage.qtbot.wait(800)
    stage.shoot("71-recordings-empty")
    window.pages.sheet.close_sheet()  # type: ignore[union-attr]
    fill(window.outputs.folder())
    window.outputs.start_recording()
    stage.qtbot.waitUntil(lambda: window.outputs.running()[1].frames > 20, timeout=300_000)  # type: ignore[index]
    window.commands.run("output.recordings")
    page = window.pages.sheet.body  # type: ignore[union-attr]
    assert isinstance(page, RecordingsPage)
    stage.qtbot.waitUntil(lambda: len(page.rows) == 6 and all(row.read for row in page.rows), timeout=60_000)
    page.rows[1].thumb.setFocus()
    stage.qtbot.wait(1000)
    stage.shoot("72-recordings")
    page.rows[1].rename_button.click()
    page.rows[3].bin_button.click()
    stage.shoot("73-recordings-rename-and-bin")
    page.rows[1].end_naming()
    page.rows[4].ask_to_delete()
    window.outputs.stop_recording()
    stage.qtbot.wait(1500)
    page.rows[5].thumb.setFocus()
    window.pages.sheet.area.ensureWidgetVisible(page.rows[5])  # type: ignore[union-attr]
    stage.shoot("74-recordings-delete")


def fill(folder: Path) -> None:
    """Recordings of several kinds; the third was left unfinished, the last one is no video."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "copied in part.mp4").write_bytes(b"no video")
    for age, (picture, name, seconds) in enumerate(
        (
            ("garden", "Talk on hair and edges, with a name that is far longer than any row of the list is wide.mkv", 754),
            ("study", "Interview, take 3.mov", 42),
            ("warm-lights", "u2live 2026-11-21 09-12-44.mp4", 95),
            ("coast", "Greeting.webm", 7),
        )
    ):
        still = cv2.resize(cv2.imread(str(assets_dir() / "backgrounds" / f"{picture}.jpg")), (640, 360))
        recording = make_recording(
            folder / name, RecordingSettings(microphone="", matte_file=age == 1), notify=lambda _: None
        )
        recording.open(Size(640, 360), Fraction(30))
        for second in (0, 1, seconds):
            recording.write(Composite(second, second * 10**9, still))
        recording.close()
        os.utime(folder / name, (time.time() - (age + 1) * 40_000,) * 2)
    os.utime(folder / "copied in part.mp4", (1_780_000_000, 1_780_000_000))
    Marker(folder / "Interview, take 3.mov").leave()
