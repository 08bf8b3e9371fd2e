"""Single pictures that leave the window: snapshots, and the person cut out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtGui import QGuiApplication, QImage

from u2live.errors import U2LiveError
from u2live.gui.controller import Controller
from u2live.gui.logic.i18n import tr
from u2live.gui.outputs import Outputs
from u2live.gui.painting import as_numpy, straight_image
from u2live.paths import free_name
from u2live.types import Composite, Level, Notice

if TYPE_CHECKING:
    from u2live.pipeline.session import Preview


class Stills:
    """Saves and copies what is on the screen. What cannot be is told, never raised."""

    def __init__(self, controller: Controller, outputs: Outputs) -> None:
        self._controller = controller
        self._outputs = outputs

    def snapshot(self, preview: Preview | None, path: Path | None = None) -> Path | None:
        """Save what is on the screen as PNG; the background's transparency is kept."""
        if preview is None:
            return None
        target = path or self._new_file()
        try:
            from u2live.sinks.stills import save_still

            target.parent.mkdir(parents=True, exist_ok=True)
            save_still(target, preview.composite)
        except (U2LiveError, OSError) as error:
            self._outputs.tell("recording", str(error))
            return None
        self._outputs.last_file = target
        text = tr("Saved {name} in {folder}", name=target.name, folder=target.parent)
        self._controller.noticed.emit(Notice(Level.INFO, "saved", text))
        return target

    def copy_cutout(self, preview: Preview | None) -> bool:
        """The person with alpha onto the clipboard, as a picture and as PNG."""
        cut = cutout_of(preview) if preview is not None else None
        clipboard = QGuiApplication.clipboard()
        if cut is None or clipboard is None:
            self._outputs.tell("cut-out", tr("there is nobody to cut out yet; wait for the picture"))
            return False
        assert cut.alpha is not None
        clipboard.setImage(straight_image(cut.pixels, cut.alpha))
        self._controller.noticed.emit(Notice(Level.INFO, "saved", tr("The cut-out is on the clipboard")))
        return True

    def copy_file(self, path: Path) -> None:
        """A picture file onto the clipboard, with its transparency."""
        clipboard = QGuiApplication.clipboard()
        image = QImage(str(path))
        if clipboard is not None and not image.isNull():
            clipboard.setImage(image)
            text = tr("{name} is saved and on the clipboard", name=path.name)
            self._controller.noticed.emit(Notice(Level.INFO, "saved", text))

    def _new_file(self) -> Path:
        return free_name(self._outputs.folder() / f"u2live-{datetime.now():%Y-%m-%d-%H%M%S}.png")


def cutout_of(preview: Preview) -> Composite | None:
    """The foreground with its alpha, straight; None without a matte (privacy, start). Where alpha is 0 it is black."""
    matted = preview.matted
    if matted is None:
        return None
    alpha = np.rint(as_numpy(matted.alpha) * 255).clip(0, 255).astype(np.uint8)
    foreground = as_numpy(matted.foreground)
    pixels = np.rint(foreground).clip(0, 255).astype(np.uint8) if foreground.dtype != np.uint8 else foreground.copy()
    pixels[alpha == 0] = 0
    return Composite(matted.frame.index, matted.frame.timestamp_ns, pixels, alpha)
