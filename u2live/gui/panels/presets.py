"""The presets panel: looks under a name, on the keys 1–9, in an order of one's own."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QToolButton,
    QWidget,
)

from u2live.errors import U2LiveError
from u2live.gui.controller import Controller
from u2live.gui.icons import icon
from u2live.gui.lines import column_in, quiet_text
from u2live.gui.logic.i18n import tr
from u2live.gui.logic.presets import Presets
from u2live.gui.theme import Theme


class PresetsPanel(QWidget):
    """A list to click, rename in place and drag into order."""

    problem = pyqtSignal(str)

    def __init__(self, presets: Presets, controller: Controller, theme: Theme) -> None:
        super().__init__()
        self._presets = presets
        self._controller = controller
        self._theme = theme
        self._filling = False
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Presets"))
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.SelectedClicked
        )
        self.list.itemActivated.connect(lambda item: self.use(self.list.row(item)))
        self.list.itemClicked.connect(lambda item: self.use(self.list.row(item)))
        self.list.itemChanged.connect(self._renamed)
        rows = self.list.model()
        if rows is not None:
            rows.rowsMoved.connect(self._moved)
        self.empty = quiet_text(
            tr("Save the look you have now – background, edges, framing – and come back to it with the keys 1 to 9.")
        )
        self.save_button = QPushButton(tr("Save this look"))
        self.save_button.clicked.connect(self.save)
        self._buttons: list[tuple[QToolButton, str]] = []
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.save_button, 1)
        self.up = self._tool("chevron-up", tr("Move up"), lambda: self._move(-1), line)
        self.down = self._tool("chevron-down", tr("Move down"), lambda: self._move(1), line)
        self.remove_button = self._tool("trash", tr("Remove the preset"), self._remove, line)
        files = QHBoxLayout()
        for label, slot in ((tr("Import…"), self._import), (tr("Export…"), self._export)):
            button = QPushButton(label)
            button.clicked.connect(slot)
            files.addWidget(button)
        column = column_in(self, 8)
        column.addWidget(self.empty)
        column.addWidget(self.list)
        column.addLayout(line)
        column.addLayout(files)
        theme.changed.connect(self._draw_icons)
        self._draw_icons()
        self.refresh()

    def _tool(self, name: str, label: str, slot, line: QHBoxLayout) -> QToolButton:  # type: ignore[no-untyped-def]
        button = QToolButton()
        button.setProperty("flat", True)
        button.setToolTip(label)
        button.setAccessibleName(label)
        button.clicked.connect(slot)
        line.addWidget(button)
        self._buttons.append((button, name))
        return button

    def _draw_icons(self) -> None:
        for button, name in self._buttons:
            button.setIcon(icon(name, self._theme.tokens.text))

    def refresh(self, select: int = -1) -> None:
        self._filling = True
        self.list.clear()
        for number, name in enumerate(self._presets.names(), start=1):
            item = QListWidgetItem(name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            if number <= 9:
                item.setToolTip(tr("Key {number}; F2 renames", number=number))
            self.list.addItem(item)
        self._filling = False
        some = len(self._presets) > 0
        self.empty.setHidden(some)
        self.list.setVisible(some)
        for button in (self.up, self.down, self.remove_button):
            button.setVisible(some)
        rows = min(6, len(self._presets))
        self.list.setFixedHeight(rows * (self.list.sizeHintForRow(0) if some else 0) + 10)
        if 0 <= select < len(self._presets):
            self.list.setCurrentRow(select)
        if self._presets.problem:
            self.problem.emit(self._presets.problem)

    def use(self, index: int) -> None:
        """Lay a preset over what is set; a number that has none does nothing."""
        if not 0 <= index < len(self._presets):
            return
        settings, left_out = self._presets.laid_over(index, self._controller.settings)
        self._controller.replace(settings)
        self.list.setCurrentRow(index)
        if left_out:
            self.problem.emit(tr("the preset was used without what no longer fits: {what}", what="; ".join(left_out)))

    def save(self) -> None:
        self.refresh(self._presets.save(tr("Look {number}", number=len(self._presets) + 1), self._controller.settings))

    def _renamed(self, item: QListWidgetItem) -> None:
        if not self._filling:
            index = self.list.row(item)
            self._presets.rename(index, item.text())
            self.refresh(index)

    def _moved(self, _parent: object, start: int, _end: int, _to: object, row: int) -> None:
        self._presets.move(start, row if row < start else row - 1)
        self.refresh(row if row < start else row - 1)

    def _move(self, by: int) -> None:
        index = self.list.currentRow()
        if 0 <= index < len(self._presets) and 0 <= index + by < len(self._presets):
            self._presets.move(index, index + by)
            self.refresh(index + by)

    def _remove(self) -> None:
        index = self.list.currentRow()
        if 0 <= index < len(self._presets):
            self._presets.remove(index)
            self.refresh(min(index, len(self._presets) - 1))

    def _import(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Import presets"), "", tr("Presets ({endings})", endings="*.json"))
        if name:
            self.import_file(Path(name))

    def import_file(self, path: Path) -> None:
        try:
            self._presets.import_from(path)
        except U2LiveError as error:
            self.problem.emit(str(error))
        self.refresh()

    def _export(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, tr("Export presets"), "u2live-presets.json", tr("Presets ({endings})", endings="*.json")
        )
        if name:
            try:
                self._presets.export(Path(name))
            except OSError as error:
                self.problem.emit(tr("presets cannot be written to {file}: {why}", file=name, why=error.strerror))
