"""Pictures of the controls, for people to look at."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt

from .scene import Scene

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Video4Linux2 is Linux")


@pytest.mark.slow
@pytest.mark.parametrize("choice", ["dark", "light"])
def test_pictures_for_people_to_look_at(scene: Scene, choice: str) -> None:
    """Like test_screens: written where U2LIVE_SCREENS says, else beside it (not committed)."""
    folder = Path(os.environ.get("U2LIVE_SCREENS", Path(__file__).parents[1] / "screens"))
    folder.mkdir(parents=True, exist_ok=True)
    scene.window.set_theme(choice)
    try:
        scene.window.resize(1280, 1000)
        scene.open()
        scene.qtbot.keyClick(scene.row("Brightness").control, Qt.Key.Key_End)
        scene.holds("Brightness", 64)
        scene.qtbot.wait(800)
        assert scene.window.grab().save(str(folder / f"picture-controls-{choice}.png"))
        scene.window.side.area.ensureWidgetVisible(scene.part.reset_all)
        scene.part.reset_all.setFocus()
        scene.qtbot.wait(100)
        assert scene.window.grab().save(str(folder / f"picture-controls-{choice}-end.png"))
        scene.press(scene.part.head)
        scene.qtbot.wait(100)
        assert scene.window.grab().save(str(folder / f"picture-controls-{choice}-folded.png"))
    finally:
        scene.window.set_theme("dark")
