"""What the desktop does with files: play them, show them in their folder, take them into its bin."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QCoreApplication, QFile, QProcess, QUrl
from PyQt6.QtGui import QDesktopServices

_SERVICE = "org.freedesktop.FileManager1"
_PATIENCE_MS = 3000


def play(path: Path) -> bool:
    """Open a file in the program that the desktop has for it. False where there is none."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def open_folder(folder: Path) -> bool:
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def show_in_folder(path: Path) -> None:
    """Show a file, selected, in the file manager; where that cannot be asked to, open its folder. Returns at once."""
    if sys.platform == "darwin":
        QProcess.startDetached("open", ["-R", str(path)])
    elif sys.platform == "win32":
        QProcess.startDetached("explorer", [f"/select,{path}"])
    else:
        _ask_file_manager(path)


def _ask_file_manager(path: Path) -> None:
    """The desktops' common interface: https://www.freedesktop.org/wiki/Specifications/file-manager-interface/"""
    from PyQt6.QtCore import QMetaType
    from PyQt6.QtDBus import QDBusArgument, QDBusConnection, QDBusMessage, QDBusPendingCallWatcher, QDBusPendingReply

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        open_folder(path.parent)
        return
    call = QDBusMessage.createMethodCall(_SERVICE, f"/{_SERVICE.replace('.', '/')}", _SERVICE, "ShowItems")
    files = QDBusArgument()
    address = QUrl.fromLocalFile(str(path)).toString(QUrl.ComponentFormattingOption.FullyEncoded)
    strings: Any = QMetaType.Type.QStringList.value
    files.add([address], strings)  # a plain list would go as one of variants
    call.setArguments([files, ""])
    watcher = QDBusPendingCallWatcher(bus.asyncCall(call, _PATIENCE_MS), QCoreApplication.instance())

    def answered() -> None:
        if QDBusPendingReply(watcher).isError():
            open_folder(path.parent)
        watcher.deleteLater()

    watcher.finished.connect(answered)


@dataclass(frozen=True, slots=True)
class Binned:
    """Files in the bin: where each was, and where it lies now."""

    files: tuple[tuple[Path, Path], ...]


def move_to_bin(*paths: Path) -> Binned | None:
    """Put files or folders into the desktop's bin; all of them or none. None where there is no bin on their disk."""
    moved: list[tuple[Path, Path]] = []
    for path in paths:
        done, lies_at = QFile.moveToTrash(str(path))
        if not done:
            with contextlib.suppress(OSError):
                take_from_bin(Binned(tuple(moved)))
            return None
        moved.append((path, Path(lies_at)))
    return Binned(tuple(moved))


def take_from_bin(binned: Binned) -> None:
    """Put everything back where it was. Raises OSError, FileExistsError too when something else has its name by now."""
    for was_at, lies_at in binned.files:
        if os.path.exists(was_at):
            raise FileExistsError(f"there is another {was_at.name} by now")
        shutil.move(lies_at, was_at)
        with contextlib.suppress(OSError):  # what the bin knows of it
            (lies_at.parent.parent / "info" / f"{lies_at.name}.trashinfo").unlink()


def delete(*paths: Path) -> None:
    """For good. Raises OSError."""
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
