"""Which kind of file a recording becomes: only what this computer really encodes is offered."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QWidget

from u2live.gui.controller import Controller
from u2live.gui.controls import CalmCombo, ResetLabel, rows_widget
from u2live.gui.lines import align, column_in, line_of, quiet_text
from u2live.gui.logic.i18n import noop, tr
from u2live.gui.logic.rows import row_of
from u2live.gui.mailbox import Mailbox
from u2live.gui.theme import Theme
from u2live.settings import Settings

if TYPE_CHECKING:
    from u2live.sinks.choices import FileChoices

_NAMES = {"h264": "H.264", "vp9": "VP9", "prores": "ProRes", "ffv1": "FFV1", "png": "PNG"}
_ALPHA_NAMES = {"vp9": "VP9", "prores": "ProRes 4444", "ffv1": noop("FFV1, exact"), "png": noop("PNG, exact")}
_DEVICES = {
    "h264_nvenc": "NVIDIA NVENC",
    "h264_videotoolbox": "VideoToolbox",
    "h264_qsv": "Intel Quick Sync",
    "h264_amf": "AMD AMF",
}


class FileKind(QWidget):
    """File, codec, encoder, quality, matte file. What works is tried in a thread: it takes a moment."""

    def __init__(self, controller: Controller, theme: Theme) -> None:
        super().__init__()
        self._controller = controller
        self._files: tuple[FileChoices, ...] = ()
        self._device = ""
        self.file, file_line = self._combo("recording.format", theme)
        self.codec, codec_line = self._combo("recording.codec", theme)
        self.encoder, self._encoder_line = self._combo("recording.encoder", theme)
        self.file.activated.connect(self._file_chosen)
        self.codec.activated.connect(lambda: controller.set("recording.codec", self.codec.currentData()))
        self.encoder.activated.connect(lambda: controller.set("recording.encoder", self.encoder.currentData()))
        self.alpha = quiet_text()
        column = column_in(self)
        for line in (file_line, codec_line, self._encoder_line):
            column.addWidget(line)
        column.addWidget(rows_widget(["recording.quality"], controller, theme))
        column.addWidget(self.alpha)
        column.addWidget(rows_widget(["recording.matte_file"], controller, theme))
        controller.changed.connect(self.show_settings)
        self.show_settings(controller.settings)
        mailbox = Mailbox(self._tried)
        threading.Thread(target=_try, args=(mailbox,), name="u2live-encoders", daemon=True).start()

    def _combo(self, key: str, theme: Theme) -> tuple[CalmCombo, QWidget]:
        row = row_of(key)
        combo = CalmCombo()
        combo.setAccessibleName(tr(row.label))
        label = ResetLabel(tr(row.label))
        label.setBuddy(combo)
        label.reset.connect(lambda: self._controller.reset(key))
        line = QWidget()
        line.setToolTip(tr(row.tip) if row.tip else "")
        line.setLayout(line_of(label, align(theme, combo)))
        return combo, line

    def _tried(self, found: object) -> None:
        assert isinstance(found, tuple)
        self._files, self._device = found
        self.show_settings(self._controller.settings)

    def _file_chosen(self) -> None:
        """A codec that the new file does not take goes back to automatic."""
        values = {"recording.format": self.file.currentData()}
        codec = self._controller.value("recording.codec")
        if codec != "auto" and codec not in self._codecs(self.file.currentData()):
            values["recording.codec"] = "auto"
        self._controller.set_many(values)

    def _codecs(self, file: str) -> tuple[str, ...]:
        return next((choices.codecs for choices in self._files if choices.name == file), ())

    def show_settings(self, settings: Settings) -> None:
        recording = settings.recording
        names = row_of("recording.format").names
        files = {choices.name: tr(names[choices.name]) for choices in self._files}
        _fill(self.file, files, recording.format, tr(names[recording.format]))
        self._show_codecs(settings)
        device = tr("Automatic: {device}", device=_DEVICES.get(self._device, self._device))
        _fill(self.encoder, {"auto": device, "software": tr("Software")}, recording.encoder, recording.encoder)
        encodes_h264 = recording.codec in ("auto", "h264") and recording.format in ("mp4", "mkv", "mov")
        self._encoder_line.setVisible(bool(self._device) and encodes_h264 and recording.quality != "edit")
        self.alpha.setText(self._alpha_text(settings))

    def _show_codecs(self, settings: Settings) -> None:
        from u2live.sinks.choices import automatic_codec

        recording = settings.recording
        automatic = _NAMES[automatic_codec(recording.format, recording.quality)]
        codecs = self._codecs(recording.format)
        entries = {"auto": automatic if len(codecs) < 2 else tr("Automatic: {codec}", codec=automatic)}
        if len(codecs) > 1:
            entries |= {codec: _NAMES[codec] for codec in codecs}
        _fill(self.codec, entries, recording.codec, _NAMES.get(recording.codec, recording.codec))
        self.codec.setEnabled(self.codec.count() > 1)

    @staticmethod
    def _alpha_text(settings: Settings) -> str:
        from u2live.sinks.choices import alpha_codec

        recording = settings.recording
        if recording.matte_file:
            return tr("With the transparent background: the colours in one file, the matte in grey in a second one.")
        codec = alpha_codec(recording.format, recording.codec)
        if codec:
            return tr("With the transparent background: straight alpha ({codec}).", codec=tr(_ALPHA_NAMES[codec]))
        return tr("This file holds no transparency: a transparent background becomes black. QuickTime, WebM and MKV do.")


def _fill(combo: CalmCombo, entries: dict[str, str], chosen: str, else_named: str) -> None:
    """Show `entries`, and what is chosen even where it is none of them."""
    entries = entries if chosen in entries else {**entries, chosen: else_named}
    if [(combo.itemData(n), combo.itemText(n)) for n in range(combo.count())] != list(entries.items()):
        combo.clear()
        for value, text in entries.items():
            combo.addItem(text, value)
    combo.setCurrentIndex(combo.findData(chosen))
    combo.setToolTip(combo.currentText())


def _try(mailbox: Mailbox) -> None:
    from u2live.sinks.choices import file_choices, hardware_name

    mailbox.post((file_choices(), hardware_name()))
