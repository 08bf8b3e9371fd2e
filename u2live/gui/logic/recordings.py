"""The list of recordings in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from u2live.gui.logic.i18n import noop, tr
from u2live.gui.logic.status import clock, size_text
from u2live.sinks.library import RecordingInfo
from u2live.sinks.recording_status import RecordingStatus
from u2live.sinks.unfinished import State

_MONTHS = (
    noop("January"), noop("February"), noop("March"), noop("April"), noop("May"), noop("June"), noop("July"),
    noop("August"), noop("September"), noop("October"), noop("November"), noop("December"),
)  # fmt: skip


def when_text(moment: datetime, now: datetime) -> str:
    """`Today 14:03`, `Yesterday 09:12`, `21 November 14:03`, in another year `21 November 2025`."""
    time = f"{moment:%H:%M}"
    if moment.date() == now.date():
        return tr("Today {time}", time=time)
    if moment.date() == (now - timedelta(days=1)).date():
        return tr("Yesterday {time}", time=time)
    month = tr(_MONTHS[moment.month - 1])
    if moment.year == now.year:
        return tr("{day} {month} {time}", day=moment.day, month=month, time=time)
    return tr("{day} {month} {year}", day=moment.day, month=month, year=moment.year)


def length_text(info: RecordingInfo) -> str:
    """`12:31`, empty where the file does not say."""
    return clock(info.seconds) if info.seconds is not None else ""


def detail_text(info: RecordingInfo, now: datetime) -> str:
    """`Today 14:03 · 24.1 MB · 1280 × 720 · with sound`."""
    parts = [when_text(datetime.fromtimestamp(info.modified_s), now), size_text(info.size_bytes)]
    if info.size is not None:
        parts.append(f"{info.size.width} × {info.size.height}")
    if info.path.suffix == "":
        parts.append(tr("PNG pictures"))
    parts.append(tr("with sound") if info.has_sound else tr("no sound"))
    if info.matte is not None:
        parts.append(tr("with its matte"))
    return "  ·  ".join(parts)


def short_path(path: Path) -> str:
    """`~/Videos/u2live` for what lies in the person's own folder."""
    return f"~/{path.relative_to(Path.home()).as_posix()}" if path.is_relative_to(Path.home()) else str(path)


def broken(info: RecordingInfo) -> bool:
    """Whether there is nothing in it that plays."""
    return info.size is None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a recording stands: in words, empty where there is nothing to say, and in which of the window's colours."""

    state: State
    text: str = ""
    color: str = "quiet"


def standing(info: RecordingInfo | None, running: RecordingStatus | None, *, finishing: bool) -> Standing:
    """Of a recording that `info` was read of, if it was yet.

    `running`, how it stands, when this window is recording it; `finishing` while its file is being ended.
    """
    if running is not None:
        now = tr("Paused") if running.paused else tr("Recording now")
        text = f"{now}  ·  {clock(running.seconds)}  ·  {size_text(running.size_bytes)}"
        return Standing(State.RUNNING, text, "danger")
    if finishing:
        return Standing(State.RUNNING, tr("Is being finished"))
    if info is None:
        return Standing(State.FINISHED)
    if info.state is State.RUNNING:
        return Standing(info.state, tr("Is being recorded"))
    if info.state is State.UNFINISHED:
        return Standing(info.state, tr("Was not ended; it plays, and can be made whole"), "warning")
    if broken(info):
        return Standing(info.state, tr("Nothing in it can be played"), "warning")
    return Standing(info.state)
