"""Takes the README's two pictures of the window, on the demo: assets/screenshots/*.jpg. Run it on an idle machine.

xvfb-run -s "-screen 0 2560x1440x24" env QT_QPA_PLATFORM=xcb QT_SCALE_FACTOR=1.5 python assets/make_screenshots.py
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication

from u2live.gui.app import make_app
from u2live.gui.assembly import Window, assemble
from u2live.gui.controller import Controller
from u2live.gui.painting import View
from u2live.gui.theme import Theme
from u2live.settings import Settings, with_value

WIDTH = 1600


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without-numbers", action="store_true", help="leave the status line out, on a busy machine")
    options = parser.parse_args()
    folder = Path(__file__).resolve().parent / "screenshots"
    folder.mkdir(exist_ok=True)
    app = make_app()
    settings = with_value(Settings(), "camera.source", "demo")
    with tempfile.TemporaryDirectory() as home:
        controller = Controller(settings, settings, Path(home) / "settings.json")
        window = assemble(controller, Theme(app, "dark"), Path(home))
        window.resize(1280, 740)
        window.show()
        window.start()
        controller.start()
        if options.without_numbers:
            window.status.setFixedHeight(0)
        take(window, folder)
        window.quit()


def take(window: Window, folder: Path) -> None:
    wait(lambda: window.live.preview is not None and window.live.preview.matted is not None, 120)
    choose(window, "Brick loft")
    only(window, "background")
    pause(10)
    window.background.redraw()
    save(window, folder / "window.jpg")
    window.set_theme("light")
    choose(window, "Living room")
    only(window, "edges", "framing")
    window.show_view(View.SPLIT)
    pause(6)
    save(window, folder / "before-after.jpg")


def choose(window: Window, title: str) -> None:
    entry = next(entry for entry in window.gallery.entries() if entry.title == title)
    window.controller.set("background.choice", entry.choice)


def only(window: Window, *panels: str) -> None:
    for name, panel in window.side.panels.items():
        panel.set_folded(name not in panels)


def save(window: Window, path: Path) -> None:
    pause(0.2)
    from PyQt6.QtCore import Qt

    picture = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    picture.scaledToWidth(WIDTH, Qt.TransformationMode.SmoothTransformation).save(str(path), "JPEG", 88)
    print(path, window.status.text.text(), file=sys.stderr)


def wait(until, seconds: float) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end:
            raise SystemExit("no matted picture came")
        pause(0.02)


def pause(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.01)


if __name__ == "__main__":
    main()
