"""The list of recordings: real files, the real controls, and what becomes of the files."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QAbstractButton, QLineEdit, QPushButton

from tests.unit.sinks.recordings import leave_a_recording, record
from tests.unit.sinks.video_files import duration_s, frame_times, needs_ffmpeg
from u2live.gui import file_manager
from u2live.gui.recordings_page import RecordingsPage

from .conftest import Desk, Desktop

pytestmark = needs_ffmpeg


@pytest.fixture(autouse=True)
def own_bin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The bin lies beside the recordings; no session bus."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / "Trash"


@pytest.fixture
def folder(desk: Desk) -> Path:
    """Three recordings: `first` of two seconds is the oldest, then `second` with its matte, then pictures."""
    folder = desk.window.outputs.folder()
    folder.mkdir(parents=True, exist_ok=True)
    record(folder / "first.mp4", 2.0)
    record(folder / "second.mkv", matte=True)
    record(folder / "third", 0.3)
    for age, name in enumerate(("third", "third/frames.ffconcat", "second.mkv", "second.matte.mkv", "first.mp4")):
        os.utime(folder / name, (1_790_000_000 - age * 3600, 1_790_000_000 - age * 3600))
    return folder


def open_list(desk: Desk) -> RecordingsPage:
    desk.qtbot.mouseClick(desk.window.bottom.recordings, Qt.MouseButton.LeftButton)
    sheet = desk.window.pages.sheet
    assert sheet is not None
    page = sheet.body
    assert isinstance(page, RecordingsPage)
    return page


def names(page: RecordingsPage) -> list[str]:
    return [row.path.name for row in page.rows]


def filled(desk: Desk) -> RecordingsPage:
    page = open_list(desk)
    desk.until(lambda: page.rows and all(row.read is not None and row.thumb.isVisible() for row in page.rows))
    return page


def click(desk: Desk, button: QAbstractButton) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    desk.until(lambda: button.height() >= button.minimumSizeHint().height())  # a sheet that grows lays itself out twice
    desk.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_newest_first_with_pictures_lengths_and_words(desk: Desk, folder: Path) -> None:
    page = filled(desk)
    assert names(page) == ["third", "second.mkv", "first.mp4"]
    assert [row.thumb.length for row in page.rows] == ["00:00", "00:01", "00:02"]
    assert all(row.thumb.has_picture for row in page.rows)
    assert "320 × 192" in page.rows[2].detail.text()
    assert "no sound" in page.rows[2].detail.text()
    assert "with its matte" in page.rows[1].detail.text()
    assert "PNG pictures" in page.rows[0].detail.text()
    assert "first" in page.rows[2].thumb.accessibleName()
    buttons = [button for button in page.findChildren(QAbstractButton) if button.isVisible()]
    assert [button for button in buttons if not (button.accessibleName() or button.text().strip())] == []
    assert not page.empty.isVisible()
    assert len(list((Path(os.environ["U2LIVE_CACHE_DIR"]) / "recordings").glob("*.png"))) == 3


def test_the_empty_list_offers_to_record(desk: Desk) -> None:
    page = open_list(desk)
    desk.until(page.empty.isVisible)
    click(desk, page.empty.record_button)
    desk.until(lambda: desk.window.outputs.recording)
    assert desk.window.pages.sheet is None


def test_play_opens_the_desktops_player(desk: Desk, folder: Path, desktop: Desktop) -> None:
    page = filled(desk)
    click(desk, page.rows[2].thumb)
    page.rows[1].thumb.setFocus()
    desk.qtbot.keyClick(page.rows[1].thumb, Qt.Key.Key_Return)
    assert desktop.opened == [folder / "first.mp4", folder / "second.mkv"]
    assert not page.problem.isVisible()


def test_without_a_player_it_says_so(desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")  # no xdg-open, no browser
    page = filled(desk)
    click(desk, page.rows[2].thumb)
    assert "no program here plays first.mp4" in page.problem.text().lower()
    assert page.problem.isVisible()


def test_without_a_file_manager_on_the_bus_the_folder_is_opened(desk: Desk, folder: Path, desktop: Desktop) -> None:
    page = filled(desk)
    click(desk, page.rows[1].folder_button)
    desk.until(lambda: desktop.opened)
    assert desktop.opened == [folder]


def test_into_the_bin_and_back(desk: Desk, folder: Path, own_bin: Path) -> None:
    page = filled(desk)
    click(desk, page.rows[1].bin_button)
    assert not (folder / "second.mkv").exists()
    assert not (folder / "second.matte.mkv").exists()
    assert {path.name for path in (own_bin / "files").iterdir()} == {"second.mkv", "second.matte.mkv"}
    desk.qtbot.wait(900)  # the list was read again meanwhile
    assert page.rows[1].asks
    assert "second.mkv is in the bin" in page.rows[1].question.text.text()
    click(desk, page.rows[1].question.yes)
    assert (folder / "second.mkv").exists()
    assert (folder / "second.matte.mkv").exists()
    assert list((own_bin / "info").iterdir()) == []
    assert not page.rows[1].asks
    assert len(frame_times(folder / "second.mkv")) == 10


def test_delete_asks_where_there_is_no_bin(desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_manager.QFile, "moveToTrash", lambda _: (False, ""))  # a disk without one
    page = filled(desk)
    page.rows[2].thumb.setFocus()
    desk.qtbot.keyClick(page.rows[2].thumb, Qt.Key.Key_Delete)
    row = page.rows[2]
    assert "for good" in row.question.text.text()
    click(desk, row.question.no)
    assert (folder / "first.mp4").exists()
    click(desk, row.bin_button)
    click(desk, row.question.yes)
    assert not (folder / "first.mp4").exists()
    assert names(page) == ["third", "second.mkv"]


def test_rename_with_the_keyboard_and_its_matte_comes_along(desk: Desk, folder: Path) -> None:
    page = filled(desk)
    row = page.rows[1]
    row.thumb.setFocus()
    desk.qtbot.keyClick(row.thumb, Qt.Key.Key_F2)
    assert isinstance(desk.window.focusWidget(), QLineEdit) or row.editor.isVisible()
    desk.qtbot.keyClicks(row.editor, "Greeting")  # what is there is selected
    desk.qtbot.keyClick(row.editor, Qt.Key.Key_Return)
    assert (folder / "Greeting.mkv").exists()
    assert (folder / "Greeting.matte.mkv").exists()
    desk.until(lambda: "Greeting" in page.rows[1].name.text())
    row.ask_for_name()
    row.editor.setText("first.mp4/..")
    desk.qtbot.keyClick(row.editor, Qt.Key.Key_Return)
    assert "no name for a file" in page.problem.text()
    assert (folder / "Greeting.mkv").exists()


def test_a_name_that_is_taken_is_refused(desk: Desk, folder: Path) -> None:
    record(folder / "other.mp4")
    page = filled(desk)
    row = next(row for row in page.rows if row.path.name == "other.mp4")
    row.ask_for_name()
    row.editor.setText("first")
    desk.qtbot.keyClick(row.editor, Qt.Key.Key_Return)
    assert "exists already" in page.problem.text()
    assert duration_s(folder / "first.mp4") == pytest.approx(2, abs=0.1)


def test_arrows_go_from_one_to_the_next(desk: Desk, folder: Path) -> None:
    page = filled(desk)
    desk.window.activateWindow()
    page.rows[0].thumb.setFocus()
    for key, wanted in ((Qt.Key.Key_Down, 1), (Qt.Key.Key_Down, 2), (Qt.Key.Key_Down, 2), (Qt.Key.Key_Up, 1)):
        focused = next(row.thumb for row in page.rows if row.thumb.hasFocus())
        desk.qtbot.keyClick(focused, key)
        assert page.rows[wanted].thumb.hasFocus()


def test_a_recording_that_runs_says_so_and_appears_whole_when_it_ends(desk: Desk, folder: Path) -> None:
    page = filled(desk)
    desk.window.outputs.start_recording()
    desk.frames(10)
    desk.until(lambda: "Recording now" in page.rows[0].state.text() and "KB" in page.rows[0].state.text())
    row = page.rows[0]
    assert not row.bin_button.isVisible()
    assert not row.rename_button.isVisible()
    assert not row.finish_button.isVisible()
    desk.window.outputs.stop_recording()
    desk.until(lambda: not row.state.isVisible() and row.bin_button.isVisible())
    desk.until(lambda: row.thumb.length and row.thumb.has_picture)
    assert names(page)[1:] == ["third", "second.mkv", "first.mp4"]


def test_a_recording_that_was_left_is_finished_from_the_list(desk: Desk, folder: Path) -> None:
    leave_a_recording(folder / "left.mp4", 30)
    page = filled(desk)
    row = page.rows[0]
    assert row.path.name == "left.mp4"
    assert "was not ended" in row.state.text().lower()
    click(desk, row.finish_button)
    desk.until(lambda: not row.finish_button.isVisible())
    desk.until(lambda: row.thumb.length == "00:02" or row.thumb.length == "00:03")
    assert not (folder / ".left.mp4.unfinished").exists()


def test_the_list_follows_the_folder(desk: Desk, folder: Path) -> None:
    page = filled(desk)
    record(folder.with_name("elsewhere.webm"))
    shutil.move(folder.with_name("elsewhere.webm"), folder / "new.webm")
    desk.until(lambda: names(page)[0] == "new.webm" and page.rows[0].thumb.has_picture)
    (folder / "first.mp4").unlink()
    desk.until(lambda: "first.mp4" not in names(page))
    (folder / "broken.mp4").write_bytes(b"no video")
    desk.until(lambda: names(page)[0] == "broken.mp4" and page.rows[0].read is not None)
    assert "Nothing in it can be played" in page.rows[0].state.text()
    assert not page.rows[0].thumb.isEnabled()


@pytest.mark.parametrize(("scale", "width"), [(1.0, 500), (2.0, 1280)])
def test_nothing_is_cut_off_in_a_narrow_window_or_with_large_text(
    desk: Desk, folder: Path, scale: float, width: int
) -> None:
    leave_a_recording(folder / "left.mp4", 20)
    window = desk.window
    try:
        window.theme.set_text_scale(scale)
        window.resize(width, 760)
        page = filled(desk)
        page.rows[1].ask_to_delete()
        desk.qtbot.wait(50)
        cut = []
        for button in page.findChildren(QPushButton):
            needed = button.fontMetrics().horizontalAdvance(button.text())
            if button.isVisible() and needed > button.width():
                cut.append((button.text(), needed, button.width()))
        assert cut == []
        viewport = window.pages.sheet.area.viewport()  # type: ignore[union-attr]
        assert page.minimumSizeHint().width() <= viewport.width()  # type: ignore[union-attr]
    finally:
        window.theme.set_text_scale(1.0)
