"""The list of recordings in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from u2live.gui.logic.i18n import noop, tr
from u2live.gui.logic.status import clock, size_text
from u2live.sinks.library import RecordingInfo

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
