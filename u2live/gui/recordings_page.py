"""The list of recordings: play, show in folder, rename, move to the bin. It follows what happens in the folder."""

from __future__ import annotations

import itertools
from pathlib import Path

from PyQt6.QtCore import QFileSystemWatcher, Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from u2live.errors import SinkError
from u2live.gui import file_manager
from u2live.gui.controls import ElidedLabel
from u2live.gui.icons import icon
from u2live.gui.jobs import Job, finish_job
from u2live.gui.logic.i18n import tr
from u2live.gui.logic.recordings import short_path
from u2live.gui.logic.words import capitalized
from u2live.gui.mailbox import Mailbox
from u2live.gui.no_recordings import NoRecordings
from u2live.gui.outputs import Outputs
from u2live.gui.recording_loader import Listed, Read, RecordingLoader
from u2live.gui.recording_row import RecordingRow
from u2live.gui.theme import Theme
from u2live.gui.timers import once, repeating
from u2live.sinks.library import rename

_MOST = 200
"""More are a matter for the file manager."""
_SETTLE_MS = 300
_FOLLOW_MS = 500


class RecordingsPage(QWidget):
    """`job` for what runs in the background, `record` for the empty list's button."""

    job = pyqtSignal(object)
    record = pyqtSignal()

    def __init__(self, outputs: Outputs, theme: Theme) -> None:
        super().__init__()
        self._outputs = outputs
        self._theme = theme
        self.rows: list[RecordingRow] = []
        self._binned: dict[RecordingRow, file_manager.Binned] = {}
        self.folder = ElidedLabel()
        self.folder.setProperty("quiet", True)
        self.open_button = QPushButton(tr("Open the folder"))
        self.open_button.clicked.connect(outputs.open_folder)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setProperty("warning", True)
        self.problem.hide()
        self.more = QLabel()
        self.more.setProperty("quiet", True)
        self.more.hide()
        head = QHBoxLayout()
        head.addWidget(self.folder, 1)
        head.addWidget(self.open_button)
        self._column = QVBoxLayout()
        self._column.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self.problem)
        column.addLayout(self._column)
        column.addWidget(self.more)
        self.empty = NoRecordings(theme)
        self.empty.record_button.clicked.connect(self.record.emit)
        column.addWidget(self.empty, 1)
        column.addStretch(0)
        self.empty.hide()
        self._loader = RecordingLoader(Mailbox(self._arrived))
        self._settle = once(self, _SETTLE_MS, self.look)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._look_soon)
        self._follow = repeating(self, _FOLLOW_MS, self._show_states)
        outputs.changed.connect(self._look_soon)
        outputs.recorded.connect(self._look_soon)
        theme.changed.connect(self._draw)
        self._draw()

    def start(self) -> None:
        """Read the list, and follow it from now on."""
        self._follow.start()
        self.look()

    def look(self) -> None:
        """Read the list anew; what is known stays as it is shown."""
        folder = self._outputs.folder()
        self.folder.setText(short_path(folder))
        self.folder.setToolTip(str(folder))
        if folder.is_dir() and str(folder) not in self._watcher.directories():
            self._watcher.addPath(str(folder))
        self._loader.look(folder)

    def _look_soon(self, *_: object) -> None:
        self._settle.start()

    def _draw(self) -> None:
        self.open_button.setIcon(icon("folder", self._theme.tokens.quiet))

    def _arrived(self, message: object) -> None:
        if isinstance(message, Listed):
            self._show_list(message)
        elif isinstance(message, Read):
            row = self._row(message.info.path)
            if row is not None:
                row.show_read(message)
                self._show_states()

    def _row(self, path: Path) -> RecordingRow | None:
        return next((row for row in self.rows if row.path == path and row not in self._binned), None)

    def _show_list(self, listed: Listed) -> None:
        """Keep the rows of what is still there, and those that offer a way back; put the new ones where they belong."""
        paths = listed.paths[:_MOST]
        for row in [row for row in self.rows if row.path not in paths and row not in self._binned]:
            self._remove(row)
        for place, path in enumerate(paths):
            if self._row(path) is None:
                self._insert(place, path)
        left = len(listed.paths) - len(paths)
        self.more.setText(tr("{count} older ones are in the folder", count=left))
        self.more.setVisible(left > 0)
        self._after_change()
        self._show_states()

    def _insert(self, place: int, path: Path) -> None:
        row = RecordingRow(path, self._theme)
        row.play.connect(self._play)
        row.show_folder.connect(lambda row: file_manager.show_in_folder(row.path))
        row.finish.connect(lambda row: self._finish(row))
        row.bin.connect(self._bin)
        row.bring_back.connect(self._bring_back)
        row.delete.connect(self._delete)
        row.renamed.connect(self._rename)
        row.step.connect(self._step)
        self.rows.insert(place, row)
        self._column.insertWidget(place, row)

    def _remove(self, row: RecordingRow) -> None:
        had_focus = row.isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else False
        place = self.rows.index(row)
        self.rows.remove(row)
        self._binned.pop(row, None)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()
        if had_focus:
            self._focus(min(place, len(self.rows) - 1))

    def _after_change(self) -> None:
        self.empty.setVisible(not self.rows)
        order: list[QWidget] = [self.open_button]
        for row in self.rows:
            order += [row.thumb, row.editor, row.finish_button, row.folder_button, row.rename_button, row.bin_button]
            order += [row.question.no, row.question.yes]
        for first, second in itertools.pairwise(order):
            QWidget.setTabOrder(first, second)

    def _show_states(self) -> None:
        running = self._outputs.running()
        for row in self.rows:
            status = running[1] if running is not None and running[0] == row.path else None
            row.show_state(status, row.path in self._outputs.finishing)

    def _focus(self, place: int) -> None:
        if 0 <= place < len(self.rows):
            row = self.rows[place]
            (row.question.yes if row.asks else row.thumb).setFocus(Qt.FocusReason.TabFocusReason)

    def _step(self, row: RecordingRow, by: int) -> None:
        self._focus(self.rows.index(row) + by)

    def _tell(self, text: str) -> None:
        self.problem.setText(capitalized(text))
        self.problem.setVisible(bool(text))

    def _play(self, row: RecordingRow) -> None:
        done = file_manager.open_folder(row.path) if row.path.is_dir() else file_manager.play(row.path)
        self._tell("" if done else tr("no program here plays {name}: install VLC or another player", name=row.path.name))

    def _finish(self, row: RecordingRow) -> None:
        job: Job = finish_job([row.path])
        job.ended.connect(self._look_soon)
        row.finish_button.setEnabled(False)
        self.job.emit(job)

    @staticmethod
    def _files(row: RecordingRow) -> tuple[Path, ...]:
        matte = row.read.info.matte if row.read is not None else None
        return (row.path,) if matte is None else (row.path, matte)

    def _bin(self, row: RecordingRow) -> None:
        binned = file_manager.move_to_bin(*self._files(row))
        if binned is None:
            row.ask_to_delete()
            return
        self._binned[row] = binned
        row.show_binned()
        self._tell("")

    def _bring_back(self, row: RecordingRow) -> None:
        try:
            file_manager.take_from_bin(self._binned.pop(row))
        except OSError as error:
            self._tell(tr("{name} cannot be taken back: {why}", name=row.path.name, why=error.strerror or error))
            self._remove(row)
            self._after_change()
            return
        row.show_recording()
        self._settle.start()

    def _delete(self, row: RecordingRow) -> None:
        try:
            file_manager.delete(*self._files(row))
        except OSError as error:
            row.show_recording()
            self._tell(tr("{name} cannot be deleted: {why}", name=row.path.name, why=error.strerror or error))
            return
        self._remove(row)
        self._after_change()

    def _rename(self, row: RecordingRow, name: str) -> None:
        try:
            row.path = rename(row.path, name)
        except SinkError as error:
            self._tell(str(error))
            return
        self._tell("")
        self._settle.start()
