"""`bench`: how fast engines and stages are on this machine."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from typing import Any

from u2live.commands.options import ENGINES, parsed_size
from u2live.errors import U2LiveError, UsageError
from u2live.model.registry import find_weights

_STARTS = 3


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser(
        "bench",
        help="how fast the engines and stages are here",
        description="The network on every engine that works here, beside torch in full precision, and each stage of the "
        "pipeline as a share of a thirtieth of a second. Close what else is running.",
    )
    parser.add_argument("--weights", metavar="W", default="auto", help="a registered name or a file (default: auto)")
    parser.add_argument("--engine", choices=ENGINES, default="auto", help="the engine the stages are timed with")
    parser.add_argument("--size", metavar="WxH", default="1280x720", help="of the frames (default: 1280x720)")
    parser.add_argument("--rounds", metavar="N", type=int, default=30, help="how often each is timed (default: 30)")
    parser.add_argument("--startup", action="store_true", help="time the window's start instead, three times")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def execute(args: argparse.Namespace) -> int:
    return _time_startup(args) if args.startup else _time_engines_and_stages(args)


def _time_startup(args: argparse.Namespace) -> int:
    from u2live.bench.machine import machine_name
    from u2live.bench.startup import time_startup
    from u2live.commands.window import has_display

    if not has_display(os.environ, sys.platform):
        raise U2LiveError("there is no display for a window: set QT_QPA_PLATFORM=offscreen, or use a machine that has one")
    starts = time_startup(_STARTS, args.weights)
    if args.json:
        print(json.dumps({"machine": machine_name(), "starts": [dataclasses.asdict(start) for start in starts]}))
        return 0
    print(f"{machine_name()}\n\n{'start':<8} {'window s':>9} {'matted picture s':>17}")
    for number, start in enumerate(starts, start=1):
        print(f"{number:<8} {start.window_visible_s:>9.2f} {start.first_matted_s:>17.2f}")
    return 0


def _time_engines_and_stages(args: argparse.Namespace) -> int:
    if args.rounds < 1:
        raise UsageError(f"--rounds takes a number from 1, not {args.rounds}")
    size = parsed_size(args.size)
    find_weights(args.weights)  # what is wrong is told before torch is imported

    from u2live.bench.engines import time_engines
    from u2live.bench.machine import machine_name
    from u2live.bench.stages import time_stages
    from u2live.capture.demo import DemoSource
    from u2live.model.weights import load_weights
    from u2live.pipeline.loading import load_live_matter
    from u2live.settings import CameraSettings, ModelSettings, Settings
    from u2live.types import Notice

    weights = load_weights(args.weights)
    demo = DemoSource(size)
    pictures = [demo.render(index)[0] for index in range(0, 60, 6)]
    engines = time_engines(weights, pictures, args.rounds)
    settings = Settings(CameraSettings(width=size.width, height=size.height), ModelSettings(args.weights, args.engine))
    notices: list[Notice] = []
    engine = load_live_matter(settings, notices.append).engine
    info = engine.info
    stages, live = time_stages(engine, size, args.rounds)
    report = {
        "machine": machine_name(),
        "weights": weights.name,
        "frame": args.size,
        "rounds": args.rounds,
        "engines": [dataclasses.asdict(timing) for timing in engines],
        "live_engine": dataclasses.asdict(info),
        "live_choice": [notice.message for notice in notices],
        "stages": [dataclasses.asdict(timing) for timing in stages],
        "live": dataclasses.asdict(live),
    }
    print(json.dumps(report) if args.json else _table(report))
    return 0


def _table(report: dict[str, Any]) -> str:
    lines = [f"{report['machine']} · {report['weights']} · {report['frame']} · median of {report['rounds']}", ""]
    lines.append(
        f"{'engine':<10} {'precision':<9} {'input':>5} {'p50 ms':>8} {'p95 ms':>8} {'of torch fp32':>13} {'load s':>7}"
    )
    for row in report["engines"]:
        if row["error"]:
            lines.append(f"{row['engine']:<10} {row['error']}")
        else:
            lines.append(
                f"{row['engine']:<10} {row['precision']:<9} {row['input_size']:>5} {row['p50_ms']:>8.1f} "
                f"{row['p95_ms']:>8.1f} {row['ratio']:>13.2f} {row['load_s']:>7.1f}  {row['device']}"
            )
    live = report["live_engine"]
    lines += ["", f"live: {live['name']}, {live['precision']}, {live['input_size']} × {live['input_size']}"]
    lines += report["live_choice"]
    lines += ["", f"{'stage':<34} {'p50 ms':>8} {'p95 ms':>8} {'of 1/30 s':>9} {'processor ms':>13}"]
    for row in report["stages"]:
        lines.append(
            f"{row['stage']:<34} {row['p50_ms']:>8.1f} {row['p95_ms']:>8.1f} {row['share']:>9.0%} {row['cpu_ms']:>13.1f}"
        )
    return "\n".join([*lines, "", _live(report["live"])])


def _live(live: dict[str, Any]) -> str:
    if not live["keyframe_interval"]:
        return f"live at {live['rate']:.0f} fps: this network is too slow here; `--weights auto` takes the faster one"
    often = "every frame" if live["keyframe_interval"] == 1 else f"one frame in {live['keyframe_interval']}"
    return (
        f"live at {live['rate']:.0f} fps, blur: the network on {often}, {live['cpu_ms']:.0f} ms of processor time a frame: "
        f"{live['cores']:.1f} cores busy"
    )
