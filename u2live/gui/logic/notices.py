"""Which one thing the bar over the picture says, and the button that fixes it."""

from __future__ import annotations

from dataclasses import dataclass

from u2live.gui.logic.i18n import noop
from u2live.types import Level, Notice


@dataclass(frozen=True, slots=True)
class Fix:
    """A button: a command of the window by name, and its label."""

    command: str
    label: str


_FIXES: dict[str, Fix] = {
    "source": Fix("panel.camera", noop("Choose a camera")),
    "camera": Fix("panel.camera", noop("Choose a camera")),
    "background": Fix("panel.background", noop("Choose another")),
    "model": Fix("panel.model", noop("Model settings")),
    "pipeline": Fix("window.restart", noop("Try again")),
    "scene": Fix("panel.framing", noop("Framing")),
    "engine": Fix("panel.model", noop("Model settings")),
    "weights": Fix("panel.model", noop("Model settings")),
    "virtual camera": Fix("window.doctor", noop("How to fix it")),
    "sink:virtual camera": Fix("window.doctor", noop("How to fix it")),
    "sink:recorder": Fix("recording.folder", noop("Choose a folder")),
    "unfinished": Fix("recording.finish", noop("Finish them")),
    "recording": Fix("recording.folder", noop("Choose a folder")),
    "recorder": Fix("recording.folder", noop("Choose a folder")),
    "sound": Fix("panel.recording", noop("Choose a microphone")),
    "recorded": Fix("output.recordings", noop("Show it")),
}
_RANK = {Level.INFO: 0, Level.WARNING: 1, Level.ERROR: 2}


def fix_for(notice: Notice) -> Fix | None:
    return _FIXES.get(notice.topic.rstrip(" 0123456789"))


class Notices:
    """The notices that stand: one a topic, the gravest and newest shown. INFO goes by itself; the rest until dismissed."""

    INFO_SECONDS = 6.0

    def __init__(self) -> None:
        self._standing: dict[str, tuple[Notice, float]] = {}

    def add(self, notice: Notice, now: float) -> None:
        self._standing.pop(notice.topic, None)
        self._standing[notice.topic] = (notice, now)

    def clear(self, topic: str) -> None:
        """The trouble of this topic is over."""
        self._standing.pop(topic, None)

    def dismiss(self) -> None:
        """The person closed the bar."""
        shown = self._best()
        if shown is not None:
            self._standing.pop(shown.topic, None)

    def shown(self, now: float) -> Notice | None:
        for topic, (notice, since) in list(self._standing.items()):
            if notice.level is Level.INFO and now - since > self.INFO_SECONDS:
                del self._standing[topic]
        return self._best()

    def _best(self) -> Notice | None:
        if not self._standing:
            return None
        newest_first = reversed(list(self._standing.values()))
        return max((notice for notice, _ in newest_first), key=lambda notice: _RANK[notice.level])
