"""Settings that are broken, newer, unwritable; a background that is gone: the window opens, says so, and loses nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from u2live.gui.assembly import Window, assemble
from u2live.gui.theme import Theme
from u2live.settings import with_value
from u2live.settings_file import load_settings

from .conftest import BODY, PERSON, Collector, FakeCamera, make_controller

Open = Callable[[Path], tuple[Window, Collector]]


@pytest.fixture
def open_window(qtbot: QtBot, theme: Theme, tmp_path: Path) -> Iterator[Open]:
    """Opens a window on a settings file, as the application does."""
    opened: list[Window] = []

    def make(path: Path) -> tuple[Window, Collector]:
        settings, problems = load_settings(path)
        settings = with_value(settings, "camera.source", "demo")
        controller, out = make_controller(FakeCamera(), tmp_path, settings, path)
        window = assemble(controller, theme, path.parent)
        for problem in problems:
            window.tell("settings", problem)
        window.show()
        window.start()
        controller.start()
        opened.append(window)
        qtbot.waitUntil(lambda: window.live.preview is not None and window.live.preview.matted is not None, timeout=20_000)
        qtbot.waitUntil(lambda: bool(out.composites), timeout=20_000)
        return window, out

    yield make
    for window in opened:
        window.quitting = True
        window.close()


def presenter_is_there(out: Collector) -> bool:
    return bool(np.abs(out.composites[-1].pixels[BODY].astype(int) - np.array(PERSON)).max() <= 3)


def test_a_broken_file_is_kept_and_told(open_window: Open, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"matte": {"softness": ')
    window, out = open_window(path)
    assert "damaged" in window.notice_bar.text.text()
    assert presenter_is_there(out)
    window.controller.set("matte.softness", 4.0)
    window.close()
    kept = list(tmp_path.glob("settings.kept-*.json"))
    assert [file.read_text() for file in kept] == ['{"matte": {"softness": ']
    assert load_settings(path)[0].matte.softness == 4.0


def test_a_newer_file_gives_what_fits_and_is_kept(open_window: Open, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    text = json.dumps({"version": 99, "matte": {"softness": 7.0, "sparkle": 3}})
    path.write_text(text)
    window, _ = open_window(path)
    assert window.controller.value("matte.softness") == 7.0
    assert "another version" in window.notice_bar.text.text()
    assert [file.read_text() for file in tmp_path.glob("settings.kept-*.json")] == [text]


def test_nothing_is_written_when_nothing_was_changed(open_window: Open, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"version": 1, "matte": {"softness": 3.0}}')
    window, _ = open_window(path)
    window.close()
    assert path.read_text() == '{"version": 1, "matte": {"softness": 3.0}}'


def test_a_folder_that_cannot_be_written_is_told_once(open_window: Open, tmp_path: Path) -> None:
    # A file where a folder should be cannot be written into by anybody, the administrator included.
    (tmp_path / "blocked").write_text("")
    window, out = open_window(tmp_path / "blocked" / "settings.json")
    told: list[str] = []
    window.controller.noticed.connect(lambda notice: told.append(notice.message))
    window.controller.set("matte.softness", 4.0)
    window.controller.save()
    window.controller.save()
    assert len([message for message in told if "cannot be saved" in message]) == 1
    assert window.controller.value("matte.softness") == 4.0
    assert presenter_is_there(out)


def test_a_missing_background_is_told_and_kept(open_window: Open, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "settings.json"
    gone = str(tmp_path / "gone.jpg")
    path.write_text(json.dumps({"version": 1, "background": {"choice": gone}}))
    window, out = open_window(path)
    qtbot.waitUntil(lambda: "gone.jpg" in window.notice_bar.text.text(), timeout=10_000)
    assert window.notice_bar.button.text() == "Choose another"
    assert presenter_is_there(out)
    # Behind the presenter stands a blur, not the room: the moving stripe's edge is gone.
    assert window.controller.value("background.choice") == gone
    window.close()
    assert load_settings(path)[0].background.choice == gone


def test_the_command_lines_options_are_not_saved(tmp_path: Path, theme: Theme, qtbot: QtBot) -> None:
    from u2live.gui.controller import Controller
    from u2live.settings import Settings

    path = tmp_path / "settings.json"
    controller = Controller(Settings(), with_value(Settings(), "camera.source", "demo"), path)
    controller.set("matte.softness", 9.0)
    controller.save()
    saved = load_settings(path)[0]
    assert saved.matte.softness == 9.0
    assert saved.camera.source == "auto"
