"""The recording panel: what is chosen there is what is recorded, read back with ffmpeg's own program."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFileDialog, QLineEdit

from tests.unit.sinks.video_files import frame_times, needs_ffmpeg, probe
from u2live.gui.controls import SettingRow
from u2live.gui.panels.recording import RecordingPanel

from .conftest import Desk
from .recording_hands import choose, record

pytestmark = needs_ffmpeg


@pytest.fixture
def panel(desk: Desk) -> RecordingPanel:
    """Unfolded, with everything that takes a moment found out."""
    desk.window.arrangement.reveal("recording")
    panel = desk.window.recorder
    desk.until(lambda: panel.kind.file.count() == 5 and panel.isVisible())
    return panel


def control(panel: RecordingPanel, key: str):  # type: ignore[no-untyped-def]
    return next(row.control for row in panel.findChildren(SettingRow) if row.row.key == key)


def video(path: Path) -> dict[str, str]:
    return probe(path, "-show_streams", "-select_streams", "v")["streams"][0]


@pytest.mark.parametrize(
    ("file", "codec", "background", "name", "pixels"),
    [
        ("mov", "prores", "transparent", "prores", "yuva444p"),
        pytest.param("mp4", "auto", "color:#1f2733", "h264", "yuv420p", marks=pytest.mark.slow),
        pytest.param("mov", "h264", "color:#1f2733", "h264", "yuv420p", marks=pytest.mark.slow),
        pytest.param("mkv", "ffv1", "color:#1f2733", "ffv1", "bgr0", marks=pytest.mark.slow),
        pytest.param("mkv", "vp9", "color:#1f2733", "vp9", "yuv420p", marks=pytest.mark.slow),
        pytest.param("mkv", "auto", "transparent", "ffv1", "bgra", marks=pytest.mark.slow),
        pytest.param("webm", "auto", "transparent", "vp9", "yuv420p", marks=pytest.mark.slow),
    ],
)
def test_file_and_codec_reach_the_recorder(
    desk: Desk, panel: RecordingPanel, file: str, codec: str, background: str, name: str, pixels: str
) -> None:
    desk.controller.set("background.choice", background)
    choose(desk, panel.kind.file, file)
    if panel.kind.codec.isEnabled():
        choose(desk, panel.kind.codec, codec)
    if background == "transparent":
        assert "straight alpha" in panel.kind.alpha.text()
    desk.settled()
    path = record(desk)
    stream = video(path)
    assert path.suffix == f".{file}"
    assert stream["codec_name"] == name
    assert stream["pix_fmt"].startswith(pixels)
    assert len(frame_times(path)) >= 12
    if (file, background) == ("webm", "transparent"):
        assert {key.lower(): value for key, value in stream["tags"].items()}["alpha_mode"] == "1"  # type: ignore[attr-defined]


@pytest.mark.parametrize("quality", ["small", pytest.param("best", marks=pytest.mark.slow)])
def test_quality_reaches_the_encoder(desk: Desk, panel: RecordingPanel, quality: str) -> None:
    choose(desk, control(panel, "recording.quality"), quality)
    data = record(desk).read_bytes()
    assert {"small": b"crf=27.0", "best": b"crf=15.0"}[quality] in data  # x264 notes it in the stream


def test_for_editing_every_picture_stands_alone(desk: Desk, panel: RecordingPanel) -> None:
    choose(desk, control(panel, "recording.quality"), "edit")
    path = record(desk)
    frames = probe(path, "-select_streams", "v", "-show_entries", "frame=key_frame")["frames"]
    assert {frame["key_frame"] for frame in frames} == {1}


def test_pictures_and_a_matte_of_their_own(desk: Desk, panel: RecordingPanel) -> None:
    desk.controller.set("background.choice", "transparent")
    choose(desk, panel.kind.file, "png")
    assert not panel.kind.codec.isEnabled()
    switch = control(panel, "recording.matte_file")
    desk.window.side.area.ensureWidgetVisible(switch)
    desk.qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert "second one" in panel.kind.alpha.text()
    desk.controller.set("recording.microphone", "default")
    assert "pictures has no sound" in panel.sound.problem.text()
    desk.settled()
    path = record(desk, 5)
    assert (path / "000004.png").is_file()
    assert (path.with_name(f"{path.name}.matte") / "000004.png").is_file()
    assert video(path / "frames.ffconcat")["codec_name"] == "png"


def test_a_codec_the_file_does_not_take_goes_back_to_automatic_in_one_step(desk: Desk, panel: RecordingPanel) -> None:
    choose(desk, panel.kind.file, "mkv")
    choose(desk, panel.kind.codec, "ffv1")
    choose(desk, panel.kind.file, "mov")
    assert desk.controller.value("recording.codec") == "auto"
    desk.controller.undo()
    assert (desk.controller.value("recording.format"), desk.controller.value("recording.codec")) == ("mkv", "ffv1")
    assert panel.kind.codec.currentData() == "ffv1"


def test_mp4_says_that_it_holds_no_transparency(desk: Desk, panel: RecordingPanel) -> None:
    choose(desk, panel.kind.file, "mkv")
    choose(desk, panel.kind.file, "mp4")
    assert "becomes black" in panel.kind.alpha.text()


def test_only_what_works_is_offered(desk: Desk, panel: RecordingPanel) -> None:
    from u2live.sinks.choices import hardware_name

    assert panel.kind._encoder_line.isHidden() == (hardware_name() == "")
    choose(desk, panel.kind.file, "mkv")
    assert [panel.kind.codec.itemData(n) for n in range(panel.kind.codec.count())] == ["auto", "h264", "vp9", "ffv1"]


def test_folder_and_name(desk: Desk, panel: RecordingPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = desk.folder / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(elsewhere))
    desk.qtbot.mouseClick(panel.folder, Qt.MouseButton.LeftButton)
    line = control(panel, "recording.name")
    assert isinstance(line, QLineEdit)
    line.selectAll()
    desk.qtbot.keyClicks(line, "Talk: %Y v1.2")
    desk.qtbot.keyClick(line, Qt.Key.Key_Return)
    assert panel.example.text().startswith("Talk- 20")
    path = record(desk)
    assert path.parent == elsewhere
    assert path.name == panel.example.text()


def test_time_size_and_what_is_left_while_recording(desk: Desk, panel: RecordingPanel) -> None:
    desk.qtbot.mouseClick(desk.window.bottom.record, Qt.MouseButton.LeftButton)
    line = desk.window.bottom.recording
    desk.until(lambda: line.text().endswith("left") and line.text().startswith("00:0"))
    assert "KB" in line.text() or "MB" in line.text()


def test_the_next_recording_begins_while_the_last_is_finished(desk: Desk) -> None:
    outputs = desk.window.outputs
    outputs.start_recording(desk.folder / "one.mp4")
    desk.frames(5)
    outputs.stop_recording()
    assert outputs.start_recording(desk.folder / "two.mp4")
    desk.frames(8)
    outputs.stop_recording()
    desk.until(lambda: not outputs.finishing)
    assert len(frame_times(desk.folder / "one.mp4")) >= 3
    assert len(frame_times(desk.folder / "two.mp4")) >= 5


def test_a_folder_that_goes_is_one_notice_and_the_call_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_VIDEOS_DIR", str(tmp_path / "refuge"))
    notices = []
    desk.controller.noticed.connect(notices.append)
    drive = tmp_path / "drive"
    drive.mkdir()
    desk.controller.set("recording.folder", str(drive))
    desk.qtbot.mouseClick(desk.window.bottom.record, Qt.MouseButton.LeftButton)
    desk.frames(45)
    shutil.rmtree(drive)
    desk.until(lambda: not desk.window.outputs.recording)
    desk.frames(10)
    (notice,) = notices
    assert "is gone" in notice.message
    assert desk.window.notice_bar.isVisible()
    assert desk.window.notice_bar.button.text() == "Choose a folder"
    assert not desk.window.bottom.record.isChecked()
    (saved,) = (tmp_path / "refuge" / "u2live").iterdir()
    assert len(frame_times(saved)) > 10
