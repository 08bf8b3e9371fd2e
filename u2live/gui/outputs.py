"""What leaves the window: recordings, the virtual camera, snapshots, the cut-out."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from u2live.errors import U2LiveError
from u2live.gui.controller import Controller
from u2live.gui.file_manager import open_folder
from u2live.gui.logic.i18n import tr
from u2live.gui.logic.status import clock, recording_text
from u2live.gui.virtual_camera import open_virtual_camera
from u2live.types import Level, Notice

if TYPE_CHECKING:
    from u2live.pipeline.attendance import Attendance
    from u2live.pipeline.pipeline import Pipeline
    from u2live.sinks.live_sound import LiveSound
    from u2live.sinks.recording import Recording
    from u2live.sinks.recording_status import RecordingStatus
    from u2live.sinks.sink import Sink


class Outputs(QObject):
    """Attaches sinks to the pipeline and tells how they stand.

    `changed` when one comes or goes, `recorded` with its path when the file of a recording has its end.
    """

    changed = pyqtSignal()
    recorded = pyqtSignal(object)

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self._recorder: Recording | None = None
        self._finishing: list[Recording] = []
        self.muted = False
        """Whether the microphone is silent in recordings, this one and the next."""
        self._camera: Sink | None = None
        self._attendance: Attendance | None = None
        self.last_file: Path | None = None
        self.window_looks = True
        """Whether the window shows the picture. Read from another thread."""
        controller.changed.connect(self._set_sound)

    @property
    def recording(self) -> bool:
        return self._recorder is not None

    @property
    def virtual_camera(self) -> bool:
        return self._camera is not None

    @property
    def virtual_camera_name(self) -> str:
        return str(getattr(self._camera, "device", "")) if self._camera is not None else ""

    def toggle_recording(self) -> None:
        if self._recorder is not None:
            self.stop_recording()
        else:
            self.start_recording()

    def start_recording(self, path: Path | None = None, overwrite: bool = False) -> bool:
        """Record into `path`, else into a new file named after the moment. Says whether it could begin."""
        pipeline = self._controller.pipeline
        if pipeline is None or self._recorder is not None:
            return False
        try:
            from u2live.sinks.recording import make_recording, new_recording_path

            settings = self._controller.settings.recording
            target = path or new_recording_path(settings)
            recorder = make_recording(target, settings, notify=self._controller.noticed.emit, overwrite=overwrite)
            recorder.name = _free_name(recorder.name, pipeline.sink_names())  # the last one may still be finishing its file
            pipeline.attach(recorder)
        except (U2LiveError, OSError, ValueError) as error:
            self.tell("recording", str(error))
            return False
        self._recorder, self.last_file = recorder, target
        self._set_sound()
        self.changed.emit()
        return True

    def stop_recording(self) -> None:
        """Let the file be finished in its own thread."""
        recorder, self._recorder = self._recorder, None
        if recorder is not None and self._controller.pipeline is not None:
            self._controller.pipeline.detach(recorder.name)
            self._finishing.append(recorder)
            text = tr("Recorded {name} in {folder}", name=recorder.path.name, folder=recorder.path.parent)
            self._controller.noticed.emit(Notice(Level.INFO, "recorded", text))
        self.changed.emit()

    @property
    def paused(self) -> bool:
        return self._recorder is not None and self._recorder.status.paused

    def toggle_pause(self) -> None:
        """Leave out what happens from now on, or go on where the recording stopped."""
        if self._recorder is not None:
            if self.paused:
                self._recorder.resume()
            else:
                self._recorder.pause()
            self.changed.emit()

    def running(self) -> tuple[Path, RecordingStatus] | None:
        """The recording that runs, and how it stands."""
        return None if self._recorder is None else (self._recorder.path, self._recorder.status)

    @property
    def finishing(self) -> tuple[Path, ...]:
        """Recordings that were stopped and whose files do not have their end yet."""
        return tuple(recorder.path for recorder in self._finishing)

    def toggle_mute(self) -> None:
        """Silence the microphone in the recording that runs and those to come, or open it again."""
        self.muted = not self.muted
        self._set_sound()
        self.changed.emit()

    def _set_sound(self) -> None:
        """Mute and gain hold at once, in the recording that runs."""
        sound = self._sound()
        if sound is not None:
            sound.muted = self.muted
            sound.gain_db = self._controller.settings.recording.gain_db

    def level_db(self) -> float | None:
        """The microphone's level, in dB below full scale; None while nothing is heard."""
        sound = self._sound()
        return sound.level_db if sound is not None else None

    def _sound(self) -> LiveSound | None:
        if self._recorder is None:
            return None
        from u2live.sinks.recording import sound_of

        return sound_of(self._recorder)

    def toggle_virtual_camera(self) -> None:
        if self._camera is not None:
            self.stop_virtual_camera()
        else:
            self.start_virtual_camera()

    def start_virtual_camera(self, device: str = "auto") -> bool:
        """Be the camera that `device` names, or with `auto` the one in the settings. Says whether it could begin."""
        pipeline = self._controller.pipeline
        if pipeline is None or self._camera is not None:
            return False
        try:
            camera = open_virtual_camera(self._controller.settings, device, self._controller.noticed.emit)
            pipeline.attach(camera)
        except (U2LiveError, OSError, ValueError, ImportError) as error:
            self.tell("virtual camera", str(error))
            self.changed.emit()
            return False
        self._camera = camera
        self._attend(pipeline, camera)
        self.changed.emit()
        return True

    def _attend(self, pipeline: Pipeline, camera: Sink) -> None:
        """Let the camera rest while nobody looks: no call program, and no window on the screen."""
        from u2live.pipeline.attendance import Attendance, Viewed

        if isinstance(camera, Viewed):
            self._attendance = Attendance(pipeline, camera, needed=lambda: self.window_looks)
            self._attendance.start()

    def stop_virtual_camera(self) -> None:
        camera, self._camera = self._camera, None
        self._end_attendance()
        if camera is not None and self._controller.pipeline is not None:
            self._controller.pipeline.detach(camera.name)
        self.changed.emit()

    def _end_attendance(self) -> None:
        attendance, self._attendance = self._attendance, None
        if attendance is not None:
            attendance.stop()

    def check(self) -> None:
        """Notice sinks that failed and were detached by the pipeline."""
        pipeline = self._controller.pipeline
        if pipeline is None:
            return
        names = pipeline.sink_names()
        recorder, camera = self._recorder, self._camera
        ended = [each for each in self._finishing if each.name not in names]
        self._finishing = [each for each in self._finishing if each not in ended]
        if recorder is not None and recorder.name not in names:
            self._recorder = None
            ended.append(recorder)
        if camera is not None and camera.name not in names:
            self._camera = None
            self._end_attendance()
        if (recorder, camera) != (self._recorder, self._camera):
            self.changed.emit()
        for each in ended:
            self.recorded.emit(each.path)

    def recording_line(self) -> str:
        """Time, size and space left of the recording that runs."""
        if self._recorder is None:
            return ""
        status = self._recorder.status
        return recording_text(status.seconds, status.size_bytes, _free_space(self._recorder.path), status.minutes_left)

    def recording_clock(self) -> str:
        return clock(self._recorder.status.seconds) if self._recorder is not None else ""

    def folder(self) -> Path:
        """Where recordings and snapshots go."""
        from u2live.sinks.recording import recordings_folder

        return recordings_folder(self._controller.settings.recording)

    def open_folder(self) -> None:
        """Show recordings and snapshots in the file manager."""
        folder = self.folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self.tell("recording", str(error))
            return
        if not open_folder(folder):
            self.tell("folder", tr("no program here shows folders; the recordings are in {folder}", folder=folder))

    def tell(self, topic: str, message: str) -> None:
        self._controller.noticed.emit(Notice(Level.WARNING, topic, message))


def _free_name(name: str, taken: tuple[str, ...]) -> str:
    return next(each for each in (name, *(f"{name} {number}" for number in range(2, 99))) if each not in taken)


def _free_space(path: Path) -> int:
    try:
        return shutil.disk_usage(path.parent).free
    except OSError:
        return 0
