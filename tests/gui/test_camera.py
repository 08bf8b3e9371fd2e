"""The camera is pulled and put back; no camera at all; a camera that is busy."""

from __future__ import annotations

import time

import numpy as np

from .conftest import PERSON, Desk


def shows_presenter(pixels: np.ndarray) -> bool:
    return bool((np.abs(pixels.astype(int) - np.array(PERSON)).max(axis=2) < 40).sum() > 500)


def test_pulled_and_put_back(desk: Desk) -> None:
    assert shows_presenter(desk.settled())
    opened = desk.camera.opened
    desk.camera.plugged.clear()
    desk.until(lambda: not shows_presenter(desk.newest.pixels))
    desk.until(lambda: "Waiting" in desk.window.top.state.text())
    desk.until(desk.window.notice_bar.isVisible)
    assert "plug it in again" in desk.window.notice_bar.text.text()
    assert desk.window.notice_bar.button.isVisible()
    desk.camera.plugged.set()
    desk.until(lambda: shows_presenter(desk.newest.pixels))
    assert desk.camera.opened > opened
    desk.until(lambda: desk.window.top.state.text() == "Live")
    desk.until(lambda: "plug it in" not in desk.window.notice_bar.text.text() or desk.window.notice_bar.isHidden())


def test_the_notices_button_leads_to_the_camera(desk: Desk) -> None:
    desk.window.side.panels["camera"].set_folded(True)
    desk.camera.plugged.clear()
    desk.until(desk.window.notice_bar.button.isVisible)
    desk.window.notice_bar.button.click()
    assert not desk.window.side.panels["camera"].folded
    assert desk.window.side.panels["camera"].head.hasFocus() or not desk.window.isActiveWindow()


def test_the_list_names_what_there_is(desk: Desk) -> None:
    desk.window.camera._show_cameras([("/dev/video7", "Good Camera")])
    combo = desk.window.camera.device
    names = [combo.itemText(number) for number in range(combo.count())]
    assert names[:2] == ["Automatic", "Good Camera"]
    assert "Demo" in names
    top = desk.window.top.camera
    assert top.findData("/dev/video7") >= 0
    top.setCurrentIndex(top.findData("/dev/video7"))
    top.activated.emit(top.currentIndex())
    assert desk.controller.value("camera.source") == "/dev/video7"
    assert combo.currentData() == "/dev/video7"


def test_size_and_rate_are_one_step_each(desk: Desk) -> None:
    panel = desk.window.camera
    panel.picture_size.setCurrentIndex(4)
    panel.picture_size.activated.emit(4)
    assert (desk.controller.value("camera.width"), desk.controller.value("camera.height")) == (1920, 1080)
    desk.window.commands.run("look.undo")
    assert (desk.controller.value("camera.width"), desk.controller.value("camera.height")) == (1280, 720)


def test_a_source_that_means_nothing_is_told_and_another_choice_brings_the_picture_back(desk: Desk) -> None:
    desk.controller.set("camera.source", "nonsense")
    desk.until(lambda: "nonsense" in desk.window.notice_bar.text.text())
    desk.controller.set("camera.source", "demo")
    now = time.monotonic_ns()
    desk.until(lambda: desk.newest.timestamp_ns > now and shows_presenter(desk.newest.pixels))
    desk.until(lambda: desk.window.top.state.text() == "Live")
