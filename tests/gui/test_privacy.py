"""Privacy: every output follows within one frame, and the window says so in red."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import Qt

from u2live.sinks.sink import Delivery

from .conftest import PERSON, Collector, Desk


def hides(pixels: np.ndarray) -> bool:
    """Whether nothing of the presenter's red can be seen."""
    return not bool((np.abs(pixels.astype(int) - np.array(PERSON)).max(axis=2) < 40).sum() > 20)


@pytest.fixture
def outputs(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> tuple[Collector, Collector]:
    """Recording and virtual camera, both running. The camera's device is one that keeps what it shows."""
    camera = Collector("virtual camera", Delivery.LATEST)
    monkeypatch.setattr("u2live.sinks.pipewire.open_any_virtual_camera", lambda *_, **__: camera)
    desk.qtbot.mouseClick(desk.window.bottom.virtual_camera, Qt.MouseButton.LeftButton)
    assert desk.window.bottom.virtual_camera.isChecked()
    desk.until(lambda: len(camera.composites) > 3)
    return desk.out, camera


@pytest.mark.parametrize("mode", ["away", "black"])
def test_every_output_follows_within_one_frame(desk: Desk, outputs: tuple[Collector, Collector], mode: str) -> None:
    recorded, shown = outputs
    desk.window.state.privacy_mode = mode
    before = recorded.composites[-1].index
    desk.qtbot.mouseClick(desk.window.bottom.privacy, Qt.MouseButton.LeftButton)
    # One composite may have been on its way at the moment of the press.
    allowed = max(recorded.composites[-1].index, before) + 1
    desk.until(lambda: recorded.composites[-1].index > allowed + 4)
    for sink in (recorded, shown):
        after = [x for x in sink.composites if x.index > allowed]
        assert after
        assert all(hides(x.pixels) for x in after)
        if mode == "black":
            assert all(x.pixels.max() == 0 for x in after)


def test_freeze_holds_one_picture(desk: Desk) -> None:
    desk.controller.set("background.choice", "original")
    desk.settled()
    desk.window.commands.run("privacy.freeze")
    first = desk.settled().copy()
    desk.frames(5)
    assert np.array_equal(desk.newest.pixels, first)
    assert not hides(first)


def test_the_window_says_so_in_red(desk: Desk) -> None:
    desk.window.commands.run("privacy.black")
    desk.settled()
    desk.until(lambda: desk.window.top.state.text() == "Private")
    live = desk.window.live
    assert "Black" in live.privacy
    box = live.box()
    frame = live.grab().toImage().pixelColor(round(box.x + box.width / 2), round(box.y) + 2)
    assert frame.red() > 200
    assert frame.green() < 120
    assert desk.window.bottom.privacy.isChecked()
    desk.qtbot.mouseClick(desk.window.bottom.privacy, Qt.MouseButton.LeftButton)
    assert desk.controller.value("privacy.mode") == "off"
    desk.until(lambda: not hides(desk.newest.pixels))


def test_the_raw_frame_is_in_no_view_while_private(desk: Desk) -> None:
    from u2live.gui.painting import View

    desk.window.commands.run("privacy.black")
    desk.until(lambda: desk.window.live.preview is not None and desk.window.live.preview.matted is None)
    for view in View:
        desk.window.show_view(view)
        image = desk.window.live.grab().toImage()
        box = desk.window.live.box()
        color = image.pixelColor(round(box.x + box.width / 2), round(box.y + box.height * 0.8))
        assert color.red() < 60


def test_one_key_and_back(desk: Desk) -> None:
    desk.window.activateWindow()
    desk.window.live.setFocus()
    desk.until(desk.window.live.hasFocus)
    desk.qtbot.keyClick(desk.window.live, Qt.Key.Key_P)
    assert desk.controller.value("privacy.mode") == "away"
    desk.qtbot.keyClick(desk.window.live, Qt.Key.Key_P)
    assert desk.controller.value("privacy.mode") == "off"


def test_snapshot_and_cutout_show_what_everybody_sees(desk: Desk) -> None:
    desk.window.commands.run("privacy.black")
    desk.until(lambda: desk.window.live.preview is not None and desk.window.live.preview.matted is None)
    path = desk.window.stills.snapshot(desk.window.live.preview, desk.folder / "shot.png")
    import cv2

    assert path is not None
    assert cv2.imread(str(path)).max() == 0
    assert not desk.window.stills.copy_cutout(desk.window.live.preview)
