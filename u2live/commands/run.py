"""`run`: the pipeline without a window, until the time is up, the file ends, or somebody stops it."""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from u2live.commands.options import (
    add_camera_options,
    add_matting_options,
    with_camera_options,
    with_matting_options,
)
from u2live.commands.run_report import report_line, report_of
from u2live.errors import UsageError
from u2live.paths import expanded
from u2live.pipeline.stopping import told_to_stop
from u2live.settings import CameraSettings, Settings, with_value
from u2live.types import Level, Notice, Notify, Size

if TYPE_CHECKING:
    from u2live.pipeline.capture_stage import MakeSource
    from u2live.pipeline.pipeline import Pipeline
    from u2live.sinks.sink import Sink

FIRST_VIRTUAL_CAMERA = "auto"
_STATUS_EVERY_S = 1.0
_LONGEST_S = 1e9


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser(
        "run",
        help="replace the background live, without a window",
        description="Until --duration is over, a video file ends, or Ctrl-C: a recording is then finished as it should be.",
    )
    add_run_options(parser)


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Everything `run` takes; the window takes the same."""
    add_camera_options(parser)
    add_matting_options(parser)
    parser.add_argument("--record", metavar="FILE", type=Path, help="record to this .mp4, .mkv, .mov or .webm")
    parser.add_argument(
        "--microphone", metavar="NAME", nargs="?", const="default", help="record sound too, from this microphone"
    )
    parser.add_argument("--overwrite", action="store_true", help="let --record replace a file that is there")
    parser.add_argument(
        "--virtual-camera",
        metavar="DEVICE",
        nargs="?",
        const=FIRST_VIRTUAL_CAMERA,
        help="be a camera in call programs: a device path, pipewire, or the first one there is",
    )
    parser.add_argument("--duration", metavar="SECONDS", type=float, help="stop after so many seconds of pictures")
    parser.add_argument("--json", action="store_true", help="one JSON object with the report on stdout")


def settings_from(args: argparse.Namespace, base: Settings) -> Settings:
    """`base` with the command line laid over it. Raises UsageError."""
    from u2live.compose.choice import parse_background

    if args.duration is not None and not 0 < args.duration <= _LONGEST_S:
        raise UsageError(f"--duration takes seconds above 0, not {args.duration:g}; without it there is no end")
    if args.background is not None:
        parse_background(args.background)
    if args.microphone is not None:
        base = with_value(base, "recording.microphone", args.microphone)
    settings = with_matting_options(with_camera_options(base, args), args)
    _check_replaces_nothing_in_use(args.record, settings)
    return settings


def _check_replaces_nothing_in_use(record: Path | None, settings: Settings) -> None:
    """Raises UsageError where a recording would be written over what it is made from, which --overwrite does not mean."""
    for used in (settings.camera.source, settings.background.choice):
        with suppress(OSError, ValueError):
            if record is not None and record.samefile(expanded(used)):
                raise UsageError(f"--record {record} would replace what it is made from: choose another name")


def execute(args: argparse.Namespace) -> int:
    return execute_with(args, None)


def execute_with(args: argparse.Namespace, make_source: MakeSource | None) -> int:
    """`execute`, with the source that `make_source` makes of the camera's settings; None: the one they name."""
    from u2live.compose.factory import open_background
    from u2live.model.registry import find_weights
    from u2live.pipeline.pipeline import Pipeline

    # A command in a script listens to nobody unless it is asked to.
    settings = settings_from(args, with_value(Settings(), "recording.microphone", ""))
    # What is wrong is told before anything starts: loading the network takes seconds.
    open_background(settings.background).close()
    find_weights(settings.model.weights)
    _check_source(settings.camera)
    sinks = sinks_from(args, settings, _to_stderr)
    pipeline = Pipeline(settings, make_source=make_source, sinks=sinks, notify=_to_stderr, duration_s=args.duration)
    started = time.monotonic()
    with told_to_stop(pipeline.request_stop) as told_to, _asleep_while_nobody_looks(pipeline, args, sinks):
        pipeline.start()
        _watch(pipeline, told_to)
    report = report_of(pipeline, time.monotonic() - started)
    if args.json:
        print(json.dumps(report))
    if report["frames_out"]:
        print(report_line(report), file=sys.stderr)
    if pipeline.error is not None:
        raise pipeline.error
    if not report["frames_out"]:
        print("u2live: it ended before the first picture", file=sys.stderr)
    return 1 if pipeline.sink_errors or not report["frames_out"] else 0


def _check_source(camera: CameraSettings) -> None:
    """Raises SourceError or UsageError for a file that cannot be shown, a camera that is not there, or nothing at all."""
    if camera.source.lower() in ("auto", "demo"):
        return
    from u2live.capture.camera import CameraSource
    from u2live.capture.factory import make_source
    from u2live.capture.file import FileSource
    from u2live.capture.image import RepeatedImage

    source = make_source(camera.source, camera, lambda _notice: None)
    if isinstance(source, CameraSource):
        source.check_present()
    elif isinstance(source, FileSource | RepeatedImage):
        with closing(source):
            source.open()


def sinks_from(args: argparse.Namespace, settings: Settings, notify: Notify) -> list[Sink]:
    """The sinks the command line names, not yet opened. Raises SinkError for what cannot be written."""
    sinks: list[Sink] = []
    if args.record is not None:
        from u2live.sinks.output_file import check_can_write
        from u2live.sinks.recording import make_recording

        recording = make_recording(args.record, settings.recording, notify=notify, overwrite=args.overwrite)
        check_can_write(args.record, overwrite=args.overwrite)
        sinks.append(recording)
    if args.virtual_camera is not None:
        from u2live.sinks.pipewire import open_any_virtual_camera

        camera, virtual = settings.camera, settings.virtual_camera
        device = virtual.device if args.virtual_camera == FIRST_VIRTUAL_CAMERA else args.virtual_camera
        size = Size(virtual.width or camera.width, virtual.height or camera.height)
        sinks.append(open_any_virtual_camera(device, size, virtual.frame_rate or camera.frame_rate, notify))
    return sinks


def _watch(pipeline: Pipeline, told_to_stop: threading.Event) -> None:
    """Wait for the end; show a status line on a terminal; stop when every sink that was asked for has failed."""
    shown = told = False
    while not pipeline.wait(_STATUS_EVERY_S):
        if told_to_stop.is_set() and not told:
            print("u2live: stopping; Ctrl-C again gives up at once", file=sys.stderr)
            told = True
        if pipeline.sink_errors and not pipeline.sink_names():
            pipeline.request_stop()
        if sys.stderr.isatty():
            now = pipeline.metrics.snapshot()
            print(
                f"\r{now.rate_out:5.1f} fps · {now.delay.p50_ms:4.0f} ms behind · {now.dropped} dropped ",
                end="",
                file=sys.stderr,
                flush=True,
            )
            shown = True
    if shown:
        print(file=sys.stderr)


def _to_stderr(notice: Notice) -> None:
    if notice.level is not Level.INFO or notice.topic in ("engine", "sleep", "virtual camera"):
        print(f"u2live: {notice.message}", file=sys.stderr)


@contextmanager
def _asleep_while_nobody_looks(pipeline: Pipeline, args: argparse.Namespace, sinks: Sequence[Sink]) -> Iterator[None]:
    """Release the camera while nobody looks at the virtual one. Seconds of pictures to deliver need it all the time."""
    from u2live.pipeline.attendance import Attendance, Viewed

    viewed = next((sink for sink in sinks if isinstance(sink, Viewed)), None)
    if viewed is None or args.duration is not None:
        yield
        return
    attendance = Attendance(pipeline, viewed)
    attendance.start()
    try:
        yield
    finally:
        attendance.stop()
