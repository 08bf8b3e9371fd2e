"""Recording from the window: the file is whole whatever happens to the window."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog

from .conftest import Desk


def frames_of(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]


def start(desk: Desk) -> Path:
    desk.qtbot.mouseClick(desk.window.bottom.record, Qt.MouseButton.LeftButton)
    assert desk.window.bottom.record.isChecked()
    path = desk.window.outputs.last_file
    assert path is not None
    return path


def test_record_and_stop(desk: Desk) -> None:
    path = start(desk)
    desk.frames(20)
    desk.until(lambda: "free" in desk.window.bottom.recording.text() or "left" in desk.window.bottom.recording.text())
    desk.qtbot.mouseClick(desk.window.bottom.record, Qt.MouseButton.LeftButton)
    assert not desk.window.bottom.record.isChecked()
    assert desk.controller.pipeline is not None
    desk.until(lambda: "recorder" not in desk.controller.pipeline.sink_names())
    pictures = frames_of(path)
    assert len(pictures) >= 18
    assert pictures[5][120, 160, 2] > 150


def test_closing_the_window_finishes_the_file(desk: Desk) -> None:
    path = start(desk)
    desk.frames(15)
    desk.window.close()
    assert len(frames_of(path)) >= 14
    assert desk.controller.pipeline is not None
    assert desk.controller.pipeline.state.value == "stopped"
    assert desk.out.closed


def test_minimised_and_behind_a_dialog_nothing_is_missed(desk: Desk) -> None:
    path = start(desk)
    desk.frames(3)
    begun = len(desk.out.composites)
    desk.window.showMinimized()
    desk.frames(12)
    desk.window.showNormal()
    dialog = QDialog(desk.window)
    dialog.setModal(True)
    dialog.open()
    desk.frames(12)
    dialog.close()
    assert desk.controller.pipeline is not None
    pipeline = desk.controller.pipeline
    meanwhile = len(desk.out.composites) - begun
    desk.window.outputs.stop_recording()
    desk.until(lambda: "recorder" not in pipeline.sink_names())
    counts = pipeline.metrics.snapshot().sinks
    assert counts["recorder"].dropped == 0
    assert len(frames_of(path)) == counts["recorder"].written >= meanwhile


def test_a_paused_recording_leaves_that_out(desk: Desk) -> None:
    path = start(desk)
    desk.frames(8)
    desk.window.commands.run("output.pause")
    desk.until(lambda: desk.window.outputs.paused)
    desk.until(lambda: "Paused" in desk.window.live.recording)
    desk.frames(20)
    desk.window.commands.run("output.pause")
    desk.frames(8)
    desk.window.outputs.stop_recording()
    pipeline = desk.controller.pipeline
    assert pipeline is not None
    desk.until(lambda: "recorder" not in pipeline.sink_names())
    assert len(frames_of(path)) < 30


def test_a_folder_that_cannot_be_written_is_told_with_a_button(desk: Desk) -> None:
    (desk.folder / "file").write_text("")
    desk.controller.set("recording.folder", str(desk.folder / "file"))
    desk.window.commands.run("output.record")
    desk.until(desk.window.notice_bar.isVisible)
    assert not desk.window.outputs.recording
    assert not desk.window.bottom.record.isChecked()
    assert desk.window.notice_bar.button.text() == "Choose a folder"


def test_snapshot_and_cutout(desk: Desk) -> None:
    import cv2
    from PyQt6.QtGui import QGuiApplication

    desk.until(lambda: desk.window.live.preview is not None and desk.window.live.preview.matted is not None)
    path = desk.window.stills.snapshot(desk.window.live.preview, desk.folder / "shot.png")
    assert path is not None
    assert cv2.imread(str(path))[120, 160, 2] > 180
    desk.window.activateWindow()
    desk.qtbot.mouseClick(desk.window.bottom.copy, Qt.MouseButton.LeftButton)
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    image = clipboard.image()
    assert image.hasAlphaChannel()
    assert image.pixelColor(5, 5).alpha() == 0
    assert image.pixelColor(160, 120).alpha() == 255
    assert image.pixelColor(160, 120).red() > 180
