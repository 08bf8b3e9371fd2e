"""Puts the window together: panels, commands, and what each tells the other."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

from PyQt6.QtCore import Qt

from u2live.gui.controller import Controller
from u2live.gui.drop_zone import PROCESS
from u2live.gui.jobs import fetch_job, finish_job, process_job
from u2live.gui.logic import window_state
from u2live.gui.logic.gallery import PICTURES, Gallery
from u2live.gui.logic.i18n import tr
from u2live.gui.logic.presets import Presets
from u2live.gui.logic.window_state import WindowState
from u2live.gui.mailbox import Mailbox
from u2live.gui.main_window import MainWindow
from u2live.gui.pages import Pages
from u2live.gui.painting import View
from u2live.gui.panels.background import BackgroundPanel
from u2live.gui.panels.camera import CameraPanel
from u2live.gui.panels.edges import edges_panel
from u2live.gui.panels.framing import FramingPanel
from u2live.gui.panels.model import ModelPanel
from u2live.gui.panels.presets import PresetsPanel
from u2live.gui.panels.recording import RecordingPanel
from u2live.gui.panels.virtual_camera import VirtualCameraPanel
from u2live.gui.slides import pdf_job
from u2live.gui.status_watch import StatusWatch
from u2live.gui.stills import Stills
from u2live.gui.theme import Theme
from u2live.gui.tray import Tray
from u2live.paths import assets_dir, user_config_dir
from u2live.settings import with_value


def assemble(controller: Controller, theme: Theme, folder: Path | None = None, state: WindowState | None = None) -> Window:
    """The whole window, not yet shown. What it remembers lies in `folder`."""
    folder = folder or user_config_dir()
    return Window(controller, theme, state or window_state.load(folder / "window.json"), folder)


class Window(MainWindow):
    """The main window with its panels and commands."""

    def __init__(self, controller: Controller, theme: Theme, state: WindowState, folder: Path) -> None:
        super().__init__(controller, theme, state, folder)
        self.gallery = Gallery(folder / "gallery.json", assets_dir() / "backgrounds")
        self.presets = Presets(folder / "presets.json")
        self.background = BackgroundPanel(self.gallery, controller, self.live, theme)
        self.framing = FramingPanel(controller, theme, state)
        self.recorder = RecordingPanel(controller, self.outputs, theme)
        self.camera = CameraPanel(controller, theme)
        self.model = ModelPanel(controller, theme)
        self.preset_list = PresetsPanel(self.presets, controller, theme)
        self.side.add("background", tr("Background"), self.background)
        self.side.add("edges", tr("Edges"), edges_panel(controller, theme))
        self.side.add("framing", tr("Framing"), self.framing)
        self.side.add("camera", tr("Camera"), self.camera)
        self.side.add("model", tr("Model"), self.model)
        self.side.add("virtual-camera", tr("Virtual camera"), VirtualCameraPanel(controller, theme))
        self.side.add("recording", tr("Recording"), self.recorder)
        self.side.add("presets", tr("Presets"), self.preset_list)
        for name, panel in self.side.panels.items():
            panel.set_folded(name in state.folded)
        self.stills = Stills(controller, self.outputs)
        self.pages = Pages(self)
        self.tray: Tray | None = None
        self._unfinished: list[Path] = []
        self._unfinished_box = Mailbox(self._unfinished_found)
        self.watch = StatusWatch(self)
        self.on_numbers = self.watch.tick
        self.on_drop = self.dropped
        self.on_placed = self.pages.place
        self._wire()
        self._bind()
        self.commands.install_keys()

    def add_tray(self) -> None:
        """Keep running in the tray, where there is one, while the virtual camera is on."""
        self.tray = Tray(self)
        self.stay_in_tray = self._stays

    def _stays(self) -> bool:
        if self.tray is None or not self.tray.available or not self.outputs.virtual_camera:
            return False
        self.tray.tell_once()
        return True

    def come_back(self) -> None:
        """From the tray or behind other windows."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def set_theme(self, choice: str) -> None:
        self.state.theme = choice
        self.theme.set_choice(choice)

    def _wire(self) -> None:
        self.background.problem.connect(lambda text: self.tell("background", text))
        self.background.pdf_chosen.connect(self.read_slides)
        self.framing.problem.connect(lambda text: self.tell("scene", text))
        self.live.movable = self.framing.mouse.isChecked
        self.live.dragged.connect(self.framing.drag)
        self.live.scaled.connect(self.framing.zoom)
        self.top.menu_button.clicked.connect(self.pages.show_menu)
        self.preset_list.problem.connect(lambda text: self.tell("presets", text))
        self.model.fetch.connect(self.fetch_weights)
        self.top.view_chosen.connect(self.show_view)
        self.status.clicked.connect(self.toggle_graph)
        self.bottom.command.connect(self.commands.run)
        self.notice_bar.fix.connect(self.commands.run)
        self.top.panels_button.clicked.connect(self.arrangement.toggle_panels)
        self.outputs.changed.connect(self.watch.tick)
        self.recorder.list_wanted.connect(self.pages.show_recordings)
        self.controller.changed.connect(lambda _: self.watch.show_privacy())
        self.controller.ready.connect(self.watch.tick)
        self.camera.cameras_changed.connect(self.watch.show_cameras)
        self.top.camera_chosen.connect(lambda source: self.controller.set("camera.source", source))
        self.controller.changed.connect(lambda _: self.watch.show_cameras())
        self.watch.show_cameras()
        self.watch.show_privacy()

    def _bind(self) -> None:
        bind, controller, outputs = self.commands.bind, self.controller, self.outputs
        for view in View:
            bind(f"view.{view.value}", partial(self.show_view, view))
        bind("view.fullscreen", self.arrangement.toggle_full_screen)
        bind("view.graph", self.toggle_graph)
        bind("output.virtual_camera", outputs.toggle_virtual_camera)
        bind("output.record", outputs.toggle_recording)
        bind("output.pause", outputs.toggle_pause)
        bind("output.mute", outputs.toggle_mute)
        bind("output.folder", outputs.open_folder)
        bind("output.recordings", self.pages.show_recordings)
        bind("recording.finish", self.finish_recordings)
        bind("recording.folder", self.recorder.ask_for_folder)
        bind("output.snapshot", lambda: self.stills.snapshot(self.live.preview))
        bind("output.copy", lambda: self.stills.copy_cutout(self.live.preview))
        bind("privacy.toggle", self.toggle_privacy)
        for mode in ("away", "freeze", "black"):
            bind(f"privacy.{mode}", partial(self.set_privacy, mode))
        bind("look.previous", lambda: self.background.step(-1))
        bind("look.next", lambda: self.background.step(1))
        bind("look.add", self.background.ask_for_files)
        bind("look.mirror", lambda: controller.set("camera.mirror", not controller.value("camera.mirror")))
        bind("look.undo", controller.undo)
        bind("look.redo", controller.redo)
        bind("look.save", self.preset_list.save)
        for number in range(1, 10):
            bind(f"preset.{number}", partial(self.preset_list.use, number - 1))
        bind("slides.next", lambda: self.background.turn(1))
        bind("slides.previous", lambda: self.background.turn(-1))
        bind("window.help", self.pages.show_keys)
        bind("window.doctor", self.pages.show_doctor)
        bind("window.guide", self.pages.show_guide)
        bind("window.process", self.pages.ask_for_file)
        bind("window.panels", self.arrangement.toggle_panels)
        bind("window.quit", self.quit)
        bind("window.restart", controller.start)
        for panel in self.side.panels:
            bind(f"panel.{panel}", partial(self.arrangement.reveal, panel))

    def toggle_privacy(self) -> None:
        """One key: hidden, or seen again."""
        on = self.controller.value("privacy.mode") != "off"
        self.controller.set("privacy.mode", "off" if on else self.state.privacy_mode)

    def set_privacy(self, mode: str) -> None:
        """Go into this mode, or out of it when it holds; the next press of the button takes it again."""
        self.state.privacy_mode = mode
        self.controller.set("privacy.mode", "off" if self.controller.value("privacy.mode") == mode else mode)

    def dropped(self, paths: list[Path], zone: str) -> None:
        """Files were dropped on one of the two fields."""
        talks = [path for path in paths if path.suffix.lower() == ".pdf"]  # slides stand behind the person on either field
        for path in talks:
            self.read_slides(path)
        others = [path for path in paths if path not in talks]
        if zone != PROCESS:
            self.background.add_files(others)
            return
        for path in others:
            if path.is_file():
                self.process(path)

    def process(self, path: Path) -> None:
        """Work through a file in the background: a video with the look of now, a still becomes its cut-out."""
        settings = self.controller.settings
        still = path.suffix.lower() in PICTURES
        if still:
            settings = with_value(settings, "background.choice", "transparent")
        card = self.add_job(process_job(path, settings, self.controller.noticed.emit))
        if still:
            card.job.succeeded.connect(self.stills.copy_file)

    def read_slides(self, path: Path) -> None:
        """Turn a PDF into a folder of pictures and show its first page."""
        card = self.add_job(pdf_job(path))
        card.job.succeeded.connect(lambda folder: self.background.add_slides(folder, path.stem))

    def look_for_unfinished(self) -> None:
        """Offer to finish what a crash left unfinished. In a thread: the folder may lie on a slow disk."""
        work = (self.outputs.folder(), self._unfinished_box)
        threading.Thread(target=_find_unfinished, args=work, name="u2live-unfinished", daemon=True).start()

    def _unfinished_found(self, paths: object) -> None:
        assert isinstance(paths, list)
        self._unfinished = paths
        if paths:
            text = tr("{count} recordings were not ended; they play, and can be made whole", count=len(paths))
            self.tell("unfinished", text)

    def finish_recordings(self) -> None:
        """Those that were told of."""
        paths, self._unfinished = self._unfinished, []
        if paths:
            self.add_job(finish_job(paths))

    def fetch_weights(self, name: str) -> None:
        card = self.add_job(fetch_job(name, self.controller.noticed.emit))
        card.job.succeeded.connect(lambda _: self.model.refresh())
        card.job.succeeded.connect(lambda _: self.controller.set("model.weights", name))


def _find_unfinished(folder: Path, mailbox: Mailbox) -> None:
    from u2live.sinks.unfinished import unfinished_recordings

    mailbox.post([recording.path for recording in unfinished_recordings(folder)])
