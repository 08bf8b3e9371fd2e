"""Numbers as people read them."""

from __future__ import annotations

from dataclasses import dataclass

from u2live.gui.logic.i18n import tr
from u2live.matting.engine import EngineInfo

_ENGINE_NAMES = {"cuda": "CUDA", "openvino": "OpenVINO", "torch": "PyTorch"}


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the status line tells, taken from the pipeline's metrics."""

    rate_in: float
    rate_out: float
    delay_ms: float
    dropped: int


def status_line(numbers: Numbers, weights: str, engine: EngineInfo | None) -> str:
    """`30.0 fps · 41 ms behind · U2NETN on CPU (OpenVINO) · 0 dropped`. Frames in are told when they differ."""
    if abs(numbers.rate_in - numbers.rate_out) >= 1.0:
        rate = tr("{out} of {into} fps", out=f"{numbers.rate_out:.1f}", into=f"{numbers.rate_in:.1f}")
    else:
        rate = tr("{out} fps", out=f"{numbers.rate_out:.1f}")
    parts = [rate, tr("{ms} ms behind", ms=f"{numbers.delay_ms:.0f}")]
    if engine is not None:
        parts.append(engine_line(engine, weights))
    parts.append(tr("{count} dropped", count=numbers.dropped))
    return "  ·  ".join(parts)


def engine_line(engine: EngineInfo, weights: str = "") -> str:
    where = tr("{device} ({engine})", device=engine.device, engine=_ENGINE_NAMES.get(engine.name, engine.name))
    return tr("{weights} on {where}", weights=weights, where=where) if weights else where


def clock(seconds: float) -> str:
    """`12:31`, from an hour on `1:12:31`."""
    whole = int(max(0.0, seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes:02}:{whole % 60:02}"


def size_text(count: int) -> str:
    """Bytes with three figures: `640 KB`, `24.1 MB`, `1.20 GB`."""
    value, unit = float(count), "B"
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if value < 1000 or unit == "TB":
            break
        value /= 1000
    if unit == "B" or value >= 100:
        return f"{value:.0f} {unit}"
    return f"{value:.1f} {unit}" if value >= 10 else f"{value:.2f} {unit}"


def recording_text(seconds: float, written: int, free: int, minutes_left: float | None = None) -> str:
    """`12:31 · 240 MB · 5 h 20 min left`: the space that is left as time, once it can be told, else `18.0 GB free`."""
    text = f"{clock(seconds)} · {size_text(written)}"
    if minutes_left is None:
        return f"{text} · " + tr("{size} free", size=size_text(free))
    return f"{text} · " + tr("{time} left", time=span(minutes_left))


def span(minutes: float) -> str:
    """A time to come: `45 s`, `12 min`, `5 h 20 min`, from two days on `3 days`."""
    if minutes < 2:
        return tr("{count} s", count=int(minutes * 60))
    if minutes < 120:
        return tr("{count} min", count=int(minutes))
    if minutes < 48 * 60:
        return tr("{hours} h {minutes} min", hours=int(minutes // 60), minutes=int(minutes % 60) // 10 * 10)
    return tr("{count} days", count=int(minutes // (24 * 60)))
