"""`process`: files and folders, every frame, with their sound."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from u2live.commands.options import add_matting_options, with_matting_options
from u2live.errors import SinkError, U2LiveError
from u2live.pipeline.stopping import told_to_stop
from u2live.settings import Settings, with_value

if TYPE_CHECKING:
    from u2live.pipeline.process import Processing, Progress
    from u2live.pipeline.process_plan import Job
    from u2live.pipeline.shared_matter import SharedMatter
    from u2live.types import Notice

_log = logging.getLogger(__name__)


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser(
        "process",
        help="replace the background of files and folders",
        description="Every frame exactly once, the sound as it was. A folder gives a folder: same names, stills as PNG. "
        "A result appears under its name when it is whole, and not before.",
    )
    parser.add_argument("inputs", metavar="INPUT", nargs="+", type=Path, help="videos, pictures, folders of them")
    parser.add_argument("--output", metavar="PATH", type=Path, required=True, help="a file for one file, else a folder")
    add_matting_options(parser)
    parser.add_argument("--matte", action="store_true", help="write the matte in grey instead of the composite")
    parser.add_argument(
        "--format",
        choices=("mp4", "mkv", "mov", "webm", "png"),
        help="of videos in an output folder (default: as they were)",
    )
    parser.add_argument("--quality", metavar="Q", help="small, good, best or edit (default: good); the last two look twice")
    present = parser.add_mutually_exclusive_group()
    present.add_argument("--overwrite", action="store_true", help="replace results that are there already")
    present.add_argument("--resume", action="store_true", help="leave out what an earlier run has finished")
    parser.add_argument("--json", action="store_true", help="one JSON object with the report on stdout")


def execute(args: argparse.Namespace) -> int:
    from u2live.compose.factory import open_background
    from u2live.pipeline.process import Interrupted, Processing
    from u2live.pipeline.process_plan import plan
    from u2live.pipeline.shared_matter import SharedMatter
    from u2live.sinks.recorder import Content

    settings = with_matting_options(Settings(), args)
    if args.quality is not None:
        settings = with_value(settings, "recording.quality", args.quality)
    open_background(settings.background).close()  # a wrong background is told before anything starts
    content = Content.MATTE if args.matte else Content.COMPOSITE
    processing = Processing(settings, content, args.overwrite)
    jobs = plan(args.inputs, args.output, args.format)
    reports: list[dict[str, Any]] = []
    with closing(SharedMatter()) as matter, told_to_stop() as interrupted:
        for number, job in enumerate(jobs, 1):
            title = job.source.name if len(jobs) == 1 else f"[{number}/{len(jobs)}] {job.source.name}"
            try:
                reports.append(_work(job, processing, matter, title, interrupted, resume=args.resume))
            except Interrupted:
                break
            except U2LiveError as error:
                reports.append(_failed(job, str(error)))
            except Exception as error:
                if len(jobs) == 1:
                    raise
                # A fault of ours with one file must not cost the others.
                _log.debug("%s failed", job.source, exc_info=True)
                reports.append(_failed(job, f"{job.source}: a fault in u2live itself ({type(error).__name__}: {error})"))
    return _finish(args, jobs, reports, interrupted=interrupted.is_set())


def _failed(job: Job, told: str) -> dict[str, Any]:
    print(f"u2live: {told}", file=sys.stderr)
    return {"input": str(job.source), "error": told}


def _work(
    job: Job, processing: Processing, matter: SharedMatter, title: str, interrupted: threading.Event, *, resume: bool
) -> dict[str, Any]:
    from u2live.pipeline.process import process_file

    if job.problem is not None:
        raise job.problem
    report: dict[str, Any] = {"input": str(job.source), "output": str(job.target)}
    if os.path.exists(job.target):
        if resume:
            return {**report, "skipped": True}
        processing = _allowed_to_replace(job, processing)
    with _bar(title, stays=not job.is_still) as show:
        done = process_file(job, processing, matter=matter, notify=_tell, progress=show, interrupted=interrupted)
    rate = done.frames / done.wall_s if done.wall_s > 0 else 0.0
    return {
        **report,
        "frames": done.frames,
        "duration_s": round(done.seconds, 3),
        "wall_s": round(done.wall_s, 3),
        "frames_per_second": round(rate, 2),
    }


@contextmanager
def _bar(title: str, *, stays: bool) -> Iterator[Callable[[Progress], None]]:
    """Shows progress once there is any: a file that cannot be read gets no bar. One that failed keeps none."""
    from tqdm import tqdm

    every_s = 0.2 if sys.stderr.isatty() else 10.0  # a log file is no place for an animation
    with ExitStack() as closed:
        bar: tqdm[NoReturn] | None = None

        def show(progress: Progress) -> None:
            nonlocal bar
            if bar is None:
                if not progress.frames and progress.total is None:
                    return
                bar = tqdm(
                    desc=title,
                    total=progress.total,
                    unit=" frames",
                    file=sys.stderr,
                    dynamic_ncols=True,
                    leave=False,
                    mininterval=every_s,
                )
                closed.enter_context(bar)
            bar.total = progress.total
            bar.update(progress.frames - bar.n)

        yield show
        if bar is not None:
            bar.leave = stays


def _tell(notice: Notice) -> None:
    from tqdm import tqdm

    if notice.level.value == "warning":  # what is an error is raised as well
        tqdm.write(f"u2live: {notice.message}", file=sys.stderr)


def _allowed_to_replace(job: Job, processing: Processing) -> Processing:
    """Ask, where somebody can answer. Raises SinkError when the answer is no."""
    import dataclasses

    if processing.overwrite:
        return processing
    if sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty():
        print(f"{job.target} exists already. Replace it? [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() in ("y", "yes"):
            return dataclasses.replace(processing, overwrite=True)
    raise SinkError(f"{job.target} exists already: choose another name, or allow overwriting (--overwrite)")


def _finish(args: argparse.Namespace, jobs: list[Job], reports: list[dict[str, Any]], *, interrupted: bool) -> int:
    failed = sum("error" in report for report in reports)
    if args.json:
        print(json.dumps({"files": reports, "failed": failed, "interrupted": interrupted}))
    if interrupted:
        print("u2live: interrupted; what was not finished was removed", file=sys.stderr)
        return 128 + signal.SIGINT
    if len(jobs) > 1:
        print(f"{len(jobs) - failed} of {len(jobs)} done, in {args.output}", file=sys.stderr)
    return 1 if failed else 0
