"""Files through the pipeline: every frame exactly once, with the sound they came with."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from u2live.capture.factory import file_source
from u2live.errors import SinkError, SourceError
from u2live.pipeline.look_ahead import LookAheadSource
from u2live.pipeline.matte_stage import LoadMatter
from u2live.pipeline.pipeline import Pipeline
from u2live.pipeline.process_plan import Job
from u2live.pipeline.shared_matter import SharedMatter
from u2live.settings import Settings, with_value
from u2live.sinks.canvas import matte_picture
from u2live.sinks.output_file import remove_leftovers
from u2live.sinks.recorder import Content, Layout
from u2live.sinks.recording import make_layout
from u2live.sinks.sink import Delivery, Sink
from u2live.sinks.soundtrack import Soundtrack
from u2live.sinks.stills import save_picture, save_still
from u2live.types import Composite, Notify, Size

if TYPE_CHECKING:
    from u2live.capture.source import Source, SourceInfo

_POLL_S = 0.1
LOOKING_AHEAD = ("best", "edit")
"""The qualities for which the network sees every frame twice and mattes are smoothed in both directions of time."""


class Interrupted(Exception):  # noqa: N818 -- what the user asked for is not an error
    """Stopped before the end; nothing was left behind."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one file is. `total` is what the file says of itself, and may be wrong or missing."""

    frames: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Processed:
    """One finished file."""

    frames: int
    seconds: float
    wall_s: float


@dataclass(frozen=True, slots=True)
class Processing:
    """What is done to every file."""

    settings: Settings
    content: Content = Content.COMPOSITE
    overwrite: bool = False

    def pipeline_settings(self) -> Settings:
        """A matte is what a transparent background leaves of a composite."""
        if self.content is Content.MATTE:
            return with_value(self.settings, "background.choice", "transparent")
        return self.settings


class _StillSink:
    """Writes the one composite of a still."""

    name = "still"
    delivery = Delivery.EVERY

    def __init__(self, path: Path, content: Content, overwrite: bool) -> None:
        self._path = path
        self._content = content
        self._overwrite = overwrite
        self._composite: Composite | None = None
        self.frames = 0

    def open(self, size: Size, frame_rate: Fraction) -> None:
        pass

    def write(self, composite: Composite) -> None:
        self._composite = composite
        self.frames = 1

    def close(self) -> None:
        pass

    def keep(self) -> None:
        """Raises SinkError."""
        assert self._composite is not None
        if self._content is Content.MATTE:
            save_picture(self._path, matte_picture(self._composite)[..., 0], overwrite=self._overwrite)
        else:
            save_still(self._path, self._composite, overwrite=self._overwrite)


def process_file(
    job: Job,
    processing: Processing,
    *,
    matter: SharedMatter,
    notify: Notify,
    progress: Callable[[Progress], None] = lambda _: None,
    interrupted: threading.Event | None = None,
) -> Processed:
    """Work through one file. Its target appears whole or not at all.

    Raises SourceError, SinkError, EngineError … or Interrupted once `interrupted` is set.
    """
    if job.problem is not None:
        raise job.problem
    begin = time.monotonic()
    _make_folder(job.target.parent)
    remove_leftovers(job.target)
    if job.is_still:
        still = _StillSink(job.target, processing.content, processing.overwrite)
        _run(job, processing, still, lambda: still.frames, matter, notify, progress, interrupted)
        still.keep()
        return Processed(1, 0.0, time.monotonic() - begin)
    recorder = make_layout(
        job.target,
        processing.settings.recording,
        Layout.FINISHED,
        processing.content,
        Soundtrack(job.source, notify),
        notify=notify,
        overwrite=processing.overwrite,
    )
    try:
        _run(job, processing, recorder, lambda: recorder.status.frames, matter, notify, progress, interrupted)
        done = recorder.status
        recorder.keep()
    finally:
        recorder.discard()
    return Processed(done.frames, done.seconds, time.monotonic() - begin)


def _run(
    job: Job,
    processing: Processing,
    sink: Sink,
    frames: Callable[[], int],
    matter: SharedMatter,
    notify: Notify,
    progress: Callable[[Progress], None],
    interrupted: threading.Event | None,
) -> None:
    """One pipeline from `job.source` to `sink`, until its end. Raises what ended it."""
    source: Source = file_source(job.source, notify)
    load: LoadMatter = matter
    if job.is_still:
        load = matter.for_a_still
    elif processing.settings.recording.quality in LOOKING_AHEAD:
        source = ahead = LookAheadSource(source)
        load = matter.looking_ahead(ahead)
    settings = processing.pipeline_settings()
    pipeline = Pipeline(settings, source=source, sinks=[sink], notify=notify, load_matter=load)
    pipeline.start()
    try:
        while not pipeline.wait(_POLL_S):
            progress(Progress(frames(), _total(pipeline.source_info)))
            if interrupted is not None and interrupted.is_set():
                pipeline.request_stop()
    except BaseException:
        pipeline.stop()
        raise
    if interrupted is not None and interrupted.is_set():
        raise Interrupted
    if pipeline.error is not None:
        raise pipeline.error
    for _, error in pipeline.sink_errors:
        raise error
    if not frames():
        raise SourceError(f"no picture of {job.source} came through; play it to check")
    progress(Progress(frames(), frames()))


def _total(info: SourceInfo | None) -> int | None:
    if info is None:
        return None
    if info.frame_count is None and info.duration_ns is not None:
        return max(1, round(info.duration_ns * info.frame_rate / 1_000_000_000))
    return info.frame_count


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SinkError(f"the folder {folder} cannot be made: {error.strerror or error}; choose another --output") from error
