"""The model panel: which weights, on what, and why that rung of the ladder was taken."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QLabel, QWidget

from u2live.gui.controller import Controller
from u2live.gui.controls import CalmCombo, rows_widget
from u2live.gui.lines import align, column_in, line_of, quiet_text
from u2live.gui.logic.i18n import tr
from u2live.gui.logic.rows import rows_of
from u2live.gui.logic.status import engine_line
from u2live.gui.logic.words import capitalized
from u2live.gui.theme import Theme
from u2live.matting.engine import EngineInfo
from u2live.settings import Settings

_FILE = "\0file"
_FETCH = "\0fetch "


class ModelPanel(QWidget):
    """`fetch` asks for a download of the weights it names."""

    fetch = pyqtSignal(str)

    def __init__(self, controller: Controller, theme: Theme) -> None:
        super().__init__()
        self._controller = controller
        self.weights = CalmCombo()
        self.weights.setAccessibleName(tr("Weights"))
        self.weights.activated.connect(self._chosen)
        self.told = quiet_text(tr("The network loads."))
        column = column_in(self)
        column.addLayout(line_of(QLabel(tr("Weights")), align(theme, self.weights)))
        column.addWidget(rows_widget([row.key for row in rows_of("model")], controller, theme))
        column.addWidget(self.told)
        controller.changed.connect(self.show_settings)
        self.refresh()

    def refresh(self) -> None:
        """List the weights anew: after a download there is one more."""
        from u2live.model.registry import PERSON_NAMES, REGISTRY, bundled_path, imported_names, installed_path

        self.weights.clear()
        self.weights.addItem(tr("Automatic"), "auto")
        missing = []
        for name, entry in REGISTRY.items():
            here = bundled_path(name) if name in PERSON_NAMES else installed_path(name)
            if here is not None:
                self.weights.addItem(f"{name} – {tr(entry.about)}", name)
            elif entry.files:
                missing.append((name, entry))
        for name in imported_names():
            self.weights.addItem(name, name)
        self.weights.insertSeparator(self.weights.count())
        for name, entry in missing:
            self.weights.addItem(tr("Download {name} ({size} MB)", name=name, size=round(entry.size / 1e6)), _FETCH + name)
        self.weights.addItem(tr("File…"), _FILE)
        self.show_settings(self._controller.settings)

    def show_settings(self, settings: Settings) -> None:
        choice = settings.model.weights
        if self.weights.findData(choice) < 0:
            self.weights.insertItem(1, Path(choice).name, choice)
        self.weights.setCurrentIndex(self.weights.findData(choice))

    def tell(self, engine: EngineInfo | None) -> None:
        if engine is None:
            return
        lines = [f"{engine_line(engine)}, {engine.precision}, {engine.input_size} × {engine.input_size}"]
        if engine.reason:
            lines.append(capitalized(engine.reason))
        text = "\n".join(lines)
        if text != self.told.text():
            self.told.setText(text)

    def _chosen(self) -> None:
        choice = self.weights.currentData()
        if isinstance(choice, str) and choice.startswith(_FETCH):
            self.show_settings(self._controller.settings)
            self.fetch.emit(choice.removeprefix(_FETCH))
            return
        if choice == _FILE:
            name, _ = QFileDialog.getOpenFileName(
                self, tr("Choose weights"), "", tr("Weights ({endings})", endings="*.safetensors *.pth")
            )
            choice = name or self._controller.value("model.weights")
        if choice is not None:
            self._controller.set("model.weights", choice)
        self.show_settings(self._controller.settings)
