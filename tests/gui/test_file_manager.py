"""The desktop's file manager, asked over a real bus."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

SERVES = """
import sys
from PyQt6.QtCore import QCoreApplication, QObject, QTimer, pyqtClassInfo, pyqtSlot
from PyQt6.QtDBus import QDBusConnection, QDBusMessage

@pyqtClassInfo("D-Bus Interface", "org.freedesktop.FileManager1")
class FileManager(QObject):
    @pyqtSlot("QStringList", str)
    def ShowItems(self, addresses, startup):
        print("asked", *addresses, flush=True)
        QTimer.singleShot(0, app.quit)

app = QCoreApplication([])
manager = FileManager()
bus = QDBusConnection.sessionBus()
assert bus.registerObject("/org/freedesktop/FileManager1", manager, QDBusConnection.RegisterOption.ExportAllSlots)
assert bus.registerService("org.freedesktop.FileManager1")
print("ready", flush=True)
QTimer.singleShot(60_000, app.quit)
app.exec()
"""

ASKS = """
import sys
from pathlib import Path
from PyQt6.QtCore import QObject, QTimer, QUrl, pyqtSlot
from PyQt6.QtGui import QDesktopServices, QGuiApplication
from u2live.gui.file_manager import show_in_folder

class Desktop(QObject):
    @pyqtSlot(QUrl)
    def open(self, url):
        print("opened", url.toLocalFile(), flush=True)
        app.quit()

app = QGuiApplication([])
desktop = Desktop()
QDesktopServices.setUrlHandler("file", desktop, "open")
show_in_folder(Path(sys.argv[1]))
QTimer.singleShot(int(sys.argv[2]), app.quit)
app.exec()
"""


def asked(path: Path, wait_ms: int, *before: str) -> str:
    """What a program on a bus of its own says, and what it asked for."""
    if not shutil.which("dbus-run-session"):
        pytest.skip("dbus-run-session is not installed")
    script = " ".join(before) + f' "{sys.executable}" -c "$ASKS" "$FILE" {wait_ms}; wait'
    environment = os.environ | {"ASKS": ASKS, "SERVES": SERVES, "FILE": str(path), "QT_QPA_PLATFORM": "offscreen"}
    environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
    done = subprocess.run(
        ["dbus-run-session", "--", "bash", "-c", script],
        env=environment,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    return done.stdout


def test_the_file_manager_is_asked_to_show_the_file_itself(tmp_path: Path) -> None:
    path = tmp_path / "a talk, 100 %.mp4"
    path.touch()
    ready = tmp_path / "said"
    serve = f'"{sys.executable}" -c "$SERVES" > "{ready}" & until grep -q ready "{ready}"; do sleep 0.1; done;'
    asked(path, 3000, serve)
    address = ready.read_text().partition("asked ")[2].strip()
    assert address.startswith("file:///")
    assert address.endswith("/a%20talk,%20100%20%25.mp4")


def test_where_there_is_none_its_folder_is_opened(tmp_path: Path) -> None:
    (tmp_path / "talk.mp4").touch()
    assert f"opened {tmp_path}\n" in asked(tmp_path / "talk.mp4", 20_000)
