"""Brings what the pipeline tells of itself into the window's words, four times a second."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from u2live.errors import SourceError, UsageError
from u2live.gui.bottom_bar import PRIVACY
from u2live.gui.logic.i18n import noop, tr
from u2live.gui.logic.status import Numbers, status_line
from u2live.types import Level

if TYPE_CHECKING:
    from u2live.gui.assembly import Window
    from u2live.pipeline.pipeline import Pipeline

_STATES = {
    "new": (noop("Starting"), "quiet"),
    "starting": (noop("Starting"), "warning"),
    "running": (noop("Live"), "good"),
    "waiting": (noop("Waiting for the camera"), "warning"),
    "asleep": (noop("Resting: nobody looks"), "quiet"),
    "stopping": (noop("Stopping"), "quiet"),
    "stopped": (noop("Stopped"), "quiet"),
    "failed": (noop("Stopped"), "danger"),
}


class StatusWatch:
    """Reads state, numbers and outputs and shows them where they belong."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._graph_fed = 0.0
        self._was = ""
        self._failed: Pipeline | None = None

    def tick(self) -> None:
        window = self._window
        window.bottom.show_virtual_camera(window.outputs.virtual_camera, window.outputs.virtual_camera_name)
        window.bottom.show_recording(window.outputs.recording, window.outputs.recording_line(), window.outputs.paused)
        mark = window.outputs.recording_clock()
        if mark and window.outputs.paused:
            mark = tr("Paused {time}", time=mark)
        window.recorder.show_level()
        if mark != window.live.recording:
            window.live.recording = mark
            window.live.update()
        pipeline = window.controller.pipeline
        if pipeline is not None and pipeline.error is not None and pipeline is not self._failed:
            self._failed = pipeline
            why = str(pipeline.error) or type(pipeline.error).__name__
            topic = "source" if isinstance(pipeline.error, (SourceError, UsageError)) else "pipeline"
            window.tell(topic, why, Level.ERROR)
        if window.tray is not None:
            window.tray.follow()
        state = pipeline.state.value if pipeline is not None else "new"
        self._show_state(state)
        if pipeline is None:
            window.status.show_line(tr("The network loads."))
            return
        metrics = pipeline.metrics.snapshot()
        if state == "running" and metrics.frames_out:
            numbers = Numbers(metrics.rate_in, metrics.rate_out, metrics.delay.p50_ms, metrics.dropped)
            window.status.show_line(status_line(numbers, "", pipeline.engine_info))
        else:
            window.status.show_line(tr(_STATES[state][0]))
        window.model.tell(pipeline.engine_info)
        self._show_source()
        now = time.monotonic()
        if now - self._graph_fed >= 1.0:
            self._graph_fed = now
            window.graph.feed(metrics)

    def _show_state(self, state: str) -> None:
        window = self._window
        text, color = _STATES[state]
        mode = window.controller.value("privacy.mode")
        if mode != "off":
            text, color = noop("Private"), "danger"
        window.top.show_state(tr(text), color)
        if state == "running" and self._was in ("waiting", "starting"):
            window.notice_bar.clear("source")
        self._was = state
        window.live.message = tr(_STATES[state][0])

    def _show_source(self) -> None:
        window = self._window
        info = window.controller.pipeline.source_info if window.controller.pipeline is not None else None
        if info is None:
            return
        size = f"{info.size.width} × {info.size.height}"
        window.top.source.setText(f"{size}  ·  {float(info.frame_rate):.0f}")
        window.camera.tell(
            tr("{name}: {size} at {rate} a second", name=info.name, size=size, rate=f"{float(info.frame_rate):.4g}")
        )

    def show_cameras(self) -> None:
        """The camera list of the top bar mirrors the panel's."""
        combo, panel = self._window.top.camera, self._window.camera.device
        combo.clear()
        for number in range(panel.count() - 1):
            combo.addItem(panel.itemText(number), panel.itemData(number))
        combo.setCurrentIndex(panel.currentIndex())

    def show_privacy(self) -> None:
        window = self._window
        mode = window.controller.value("privacy.mode")
        label = "" if mode == "off" else tr("Private: {what}", what=tr(PRIVACY[mode][1]))
        if label != window.live.privacy:
            window.live.privacy = label
            window.live.update()
        window.bottom.show_privacy(mode, window.state.privacy_mode)
