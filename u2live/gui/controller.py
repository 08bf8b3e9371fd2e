"""Between the window and the pipeline: the settings in use, undo, saving, and the pipeline's start and end.

Nothing here touches a frame. The pipeline is built in a thread, so that the window stands on the screen first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, pyqtSignal

from u2live import settings_file
from u2live.errors import UsageError
from u2live.gui.logic.history import Change, History
from u2live.gui.logic.i18n import tr
from u2live.gui.logic.rows import default_of, value_of
from u2live.gui.timers import once
from u2live.settings import Settings, section_names, setting_fields, with_value
from u2live.types import Level, Notice

if TYPE_CHECKING:
    from u2live.pipeline.pipeline import Pipeline

SAVE_AFTER_MS = 600
BuildPipeline = Callable[[Settings], "Pipeline"]


def build_pipeline(settings: Settings) -> Pipeline:
    """The window's pipeline: it waits for what is missing instead of giving up."""
    from u2live.pipeline.pipeline import Pipeline

    return Pipeline(settings, patient=True)


class Controller(QObject):
    """Holds what is set and makes the pipeline follow.

    `settings` is what runs; `kept` is what is saved: the command line's options run without being saved.
    """

    changed = pyqtSignal(object)
    """The settings after any change."""
    noticed = pyqtSignal(object)
    """A Notice, from any thread."""
    ready = pyqtSignal()
    """The pipeline was built and started."""

    def __init__(self, kept: Settings, running: Settings, path: Path, build: BuildPipeline = build_pipeline) -> None:
        super().__init__()
        self.settings = running
        self.history = History()
        self.pipeline: Pipeline | None = None
        self._kept = kept
        self._path = path
        self._build = build
        self._stopping = False
        self._idle = threading.Lock()
        self._save_failed = False
        self._unsaved = False
        self._save_timer = once(self, SAVE_AFTER_MS, self.save)

    def start(self) -> None:
        """Build and start the pipeline in a thread; one that has failed is left behind."""
        if not self._idle.acquire(blocking=False):
            return  # one is being built already
        self.pipeline = None
        threading.Thread(target=self._start, name="u2live-start", daemon=True).start()

    def _start(self) -> None:
        try:
            pipeline = self._build(self.settings)
            pipeline.notices.subscribe(self.noticed.emit)
            pipeline.start()
            self.pipeline = pipeline
        except Exception as error:  # whatever it is, the window stays and says it
            self.noticed.emit(Notice(Level.ERROR, "pipeline", str(error) or type(error).__name__))
            return
        finally:
            self._idle.release()
        pipeline.apply(self.settings)  # what was changed meanwhile
        if self._stopping:
            pipeline.request_stop()
        self.ready.emit()

    def stop(self, timeout_s: float = 30.0) -> bool:
        """Save, then stop the pipeline and wait: recordings finish their files."""
        self._stopping = True
        self._save_timer.stop()
        self.save()
        return self.pipeline is None or self.pipeline.stop(timeout_s)

    def value(self, key: str) -> Any:
        return value_of(self.settings, key)

    def set(self, key: str, value: Any) -> bool:
        """Change one setting. A value that does not fit is told and left. Says whether it was taken."""
        return self.set_many({key: value})

    def set_many(self, values: dict[str, Any]) -> bool:
        """Change several settings in one step of undo."""
        before = {key: self.value(key) for key in values}
        try:
            self._take(values)
        except UsageError as error:
            self.noticed.emit(Notice(Level.WARNING, "settings", str(error)))
            return False
        self.history.record(Change(before, {key: self.value(key) for key in values}))
        return True

    def reset(self, key: str) -> None:
        """Back to the default."""
        self.set(key, default_of(key))

    def replace(self, settings: Settings) -> None:
        """Go over to other settings (a preset), as one step of undo."""
        values: dict[str, Any] = {}
        for section in section_names():
            for name in setting_fields(section):
                key = f"{section}.{name}"
                if value_of(settings, key) != self.value(key):
                    values[key] = value_of(settings, key)
        if values:
            self.set_many(values)

    def undo(self) -> None:
        self._take(self.history.undo())

    def redo(self) -> None:
        self._take(self.history.redo())

    def _take(self, values: dict[str, Any]) -> None:
        """Raises UsageError and then changes nothing."""
        settings, kept = self.settings, self._kept
        for key, value in values.items():
            settings = with_value(settings, key, value)
            kept = with_value(kept, key, value)
        if settings == self.settings and kept == self._kept:
            return
        self.settings, self._kept = settings, kept
        if self.pipeline is not None and self.pipeline.error is None:
            self.pipeline.apply(settings)
        elif self.pipeline is not None:
            self.start()  # what ended it may be what was just changed
        self._unsaved = True
        self._save_timer.start()
        self.changed.emit(settings)

    def save(self) -> None:
        """Write what is kept. A folder that cannot be written is told once; the settings hold until the end."""
        if not self._unsaved:
            return
        try:
            settings_file.save_settings(self._path, self._kept)
        except OSError as error:
            if not self._save_failed:
                text = tr(
                    "settings cannot be saved in {folder}: {why}", folder=self._path.parent, why=error.strerror or error
                )
                self.noticed.emit(Notice(Level.WARNING, "settings", text))
            self._save_failed = True
        else:
            self._unsaved = self._save_failed = False
