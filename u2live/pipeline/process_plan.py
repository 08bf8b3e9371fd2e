"""Which input becomes which output: paths only, nothing is read but folders."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from u2live.capture.factory import is_picture
from u2live.errors import SinkError, SourceError, U2LiveError, UsageError
from u2live.sinks.formats import FORMATS
from u2live.sinks.stills import STILL_ENDINGS

_VIDEO_ENDINGS = frozenset(
    {".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts", ".wmv", ".flv", ".3gp"}
    | {".3g2", ".ogv", ".vob", ".mxf", ".dv", ".gif", ".y4m"}
)
"""What a folder is searched for. A file that is named itself may end as it likes."""


@dataclass(frozen=True, slots=True)
class Job:
    """One input and what becomes of it; a target without an ending is a folder of PNGs. `problem` says why nothing can."""

    source: Path
    target: Path
    problem: U2LiveError | None = None

    @property
    def is_still(self) -> bool:
        return is_picture(self.source)


def plan(inputs: Sequence[Path], output: Path, video_format: str | None = None) -> list[Job]:
    """The jobs for `inputs`, in order; those of a folder sorted by name, its subfolders kept.

    One file becomes `output` itself, unless that is a folder or its name has no ending. Everything else goes into the folder
    `output` under its own name: a still as PNG, a video as `video_format` (mp4, mkv, mov, webm, or png for a folder of
    pictures), else with its own ending where that can be written and as MP4 where not. Raises UsageError.
    """
    if not inputs:
        raise UsageError("process needs at least one file or folder to work on")
    if len(inputs) == 1 and not _is_folder(inputs[0]) and output.suffix and not _is_folder(output):
        jobs = [_single(inputs[0], output)]
    else:
        if os.path.exists(output) and not _is_folder(output):
            raise UsageError(f"--output {output} is a file: name a folder for {_several(inputs)}")
        if output.suffix.lower() in FORMATS or output.suffix.lower() in STILL_ENDINGS:
            raise UsageError(f"--output {output} looks like a file: name a folder for {_several(inputs)}")
        jobs = [job for path in inputs for job in _into_folder(path, output, video_format)]
    return list(_without_collisions(jobs))


def _several(inputs: Sequence[Path]) -> str:
    return f"the folder {inputs[0]}" if len(inputs) == 1 else "several inputs"


def _single(source: Path, output: Path) -> Job:
    endings = STILL_ENDINGS if is_picture(source) else tuple(FORMATS)
    if output.suffix.lower() not in endings:
        kind = "a picture" if is_picture(source) else "a video"
        raise UsageError(f"{source.name} becomes {kind}: --output ends with {', '.join(endings)}, not {output.suffix}")
    return Job(source, output)


def _into_folder(path: Path, output: Path, video_format: str | None) -> Iterator[Job]:
    if not _is_folder(path):
        yield Job(path, output / _name(path, video_format))
        return
    try:
        files = sorted(_media_in(path, output))
    except OSError as error:
        reason = SourceError(f"the folder {path} cannot be read: {error.strerror or error}; check its permissions")
        yield Job(path, output, reason)
        return
    if not files:
        yield Job(path, output, SourceError(f"there is no video and no picture in the folder {path}"))
    for file in files:
        relative = file.relative_to(path)
        yield Job(file, output / relative.parent / _name(file, video_format))


def _media_in(folder: Path, output: Path) -> Iterator[Path]:
    """Raises OSError for a folder that cannot be listed."""
    for entry in folder.iterdir():
        if entry.name.startswith(".") or _same(entry, output):
            continue
        if _is_folder(entry):
            yield from _media_in(entry, output)
        elif is_picture(entry) or entry.suffix.lower() in _VIDEO_ENDINGS:
            yield entry


def _name(source: Path, video_format: str | None) -> str:
    if is_picture(source):
        return f"{source.stem}.png"
    if video_format is not None:
        return source.stem if video_format == "png" else f"{source.stem}.{video_format}"
    return source.name if source.suffix.lower() in FORMATS else f"{source.stem}.mp4"


def _without_collisions(jobs: list[Job]) -> Iterator[Job]:
    taken: dict[Path, Path] = {}
    for job in jobs:
        if job.problem is not None:
            yield job
        elif _same(job.source, job.target):
            yield Job(
                job.source, job.target, SinkError(f"{job.source} would be replaced by its own result: change --output")
            )
        elif job.target in taken:
            problem = SinkError(f"{job.source} and {taken[job.target]} would both become {job.target}: rename one of them")
            yield Job(job.source, job.target, problem)
        else:
            taken[job.target] = job.source
            yield job


def _is_folder(path: Path) -> bool:
    """False for what may not be looked at, where Path.is_dir raises."""
    return os.path.isdir(path)


def _same(one: Path, other: Path) -> bool:
    with contextlib.suppress(OSError):
        return one.samefile(other)
    return False
