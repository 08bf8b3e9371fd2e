"""What a run says of itself at its end: source, engine, counts, times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from u2live.pipeline.pipeline import Pipeline


def report_of(pipeline: Pipeline, wall_s: float) -> dict[str, Any]:
    """What happened, as plain values for JSON."""
    source, engine = pipeline.source_info, pipeline.engine_info
    return {
        "state": pipeline.state.value,
        "wall_s": round(wall_s, 3),
        "source": None
        if source is None
        else {
            "name": source.name,
            "width": source.size.width,
            "height": source.size.height,
            "frame_rate": float(source.frame_rate),
            "live": source.live,
        },
        "engine": None
        if engine is None
        else {
            "name": engine.name,
            "device": engine.device,
            "precision": engine.precision,
            "input_size": engine.input_size,
            "reason": engine.reason,
        },
        **pipeline.metrics.snapshot().as_dict(),
        "sink_errors": {name: str(error) for name, error in pipeline.sink_errors},
        "notices": [
            {"level": notice.level.value, "topic": notice.topic, "message": notice.message}
            for notice in pipeline.notices.recent()
        ],
    }


def report_line(report: dict[str, Any]) -> str:
    """The same for people, in one line."""
    stages = "  ".join(
        f"{name} {latency['p50_ms']:.1f}/{latency['p95_ms']:.1f}" for name, latency in report["stages"].items()
    )
    engine = report["engine"]
    return (
        f"in {report['frames_in']}  out {report['frames_out']}  dropped {report['dropped']}  "
        f"keyframes {report['keyframes']}  delay {report['delay']['p50_ms']:.0f}/{report['delay']['p95_ms']:.0f} ms  "
        f"[p50/p95 ms] {stages}" + (f"  on {engine['name']} ({engine['device']}, {engine['precision']})" if engine else "")
    )
