"""Work in the background with progress and cancel: files through the pipeline, weights from the network."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from u2live.errors import U2LiveError
from u2live.gui.logic.i18n import tr
from u2live.gui.logic.status import size_text
from u2live.paths import free_name
from u2live.settings import Settings
from u2live.types import Notice

Report = Callable[[float, str], None]
"""Takes the share that is done (below 0: unknown) and a line. Raises Cancelled once the person wants no more."""


class Cancelled(Exception):  # noqa: N818 -- what the person asked for is not an error
    """The job was cancelled; what it began is removed."""


class Job(QObject):
    """A thread that runs `work(report)`. `succeeded` carries the file it made; every job ends with `ended`."""

    progressed = pyqtSignal(float, str)
    succeeded = pyqtSignal(object)
    failed = pyqtSignal(str)
    ended = pyqtSignal()

    def __init__(self, title: str, work: Callable[[Report, threading.Event], Path]) -> None:
        super().__init__()
        self.title = title
        self._work = work
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="u2live-job", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def cancel(self) -> None:
        """Ask the job to stop; `ended` follows."""
        self._cancelled.set()

    def wait(self, timeout_s: float) -> bool:
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            made = self._work(self._report, self._cancelled)
            self.succeeded.emit(made)
        except Cancelled:
            pass
        except U2LiveError as error:
            self.failed.emit(str(error))
        except Exception as error:  # a job's fault must not be a silent one
            self.failed.emit(f"{type(error).__name__}: {error}")
        finally:
            self.ended.emit()

    def _report(self, share: float, line: str) -> None:
        if self._cancelled.is_set():
            raise Cancelled
        self.progressed.emit(share, line)


def process_job(source: Path, settings: Settings, notify: Callable[[Notice], None]) -> Job:
    """A video or still, with the look of `settings`, written beside itself under a name of its own."""
    target = free_name(source.with_name(f"{source.stem}-u2live{'.png' if _is_still(source) else '.mp4'}"))

    def work(report: Report, cancelled: threading.Event) -> Path:
        from u2live.pipeline.process import Interrupted, Processing, Progress, process_file
        from u2live.pipeline.process_plan import Job as FileJob
        from u2live.pipeline.shared_matter import SharedMatter

        matter = SharedMatter()

        def tell(progress: Progress) -> None:
            if progress.total:
                share = min(1.0, progress.frames / progress.total)
                line = tr("{done} of {total} pictures", done=progress.frames, total=progress.total)
            else:
                share, line = -1.0, tr("{done} pictures", done=progress.frames)
            if not cancelled.is_set():
                report(share, line)

        try:
            process_file(
                FileJob(source, target),
                Processing(settings),
                matter=matter,
                notify=notify,
                progress=tell,
                interrupted=cancelled,
            )
        except Interrupted:
            raise Cancelled from None
        finally:
            matter.close()
        return target

    return Job(tr("Processing {name}", name=source.name), work)


def fetch_job(name: str, notify: Callable[[Notice], None]) -> Job:
    """Download the registered weights `name`."""

    def work(report: Report, cancelled: threading.Event) -> Path:
        from u2live.model.install import fetch
        from u2live.model.registry import REGISTRY

        def tell(done: int, total: int | None) -> None:
            share = done / total if total else -1.0
            report(share, f"{size_text(done)} / {size_text(total)}" if total else size_text(done))

        return fetch(REGISTRY[name], progress=tell, notify=notify).path

    return Job(tr("Downloading {name}", name=name), work)


def finish_job(paths: list[Path]) -> Job:
    """Give recordings that nobody ended their end: after a crash or a power cut."""

    def work(report: Report, cancelled: threading.Event) -> Path:
        from u2live.sinks.unfinished import finish

        for number, path in enumerate(paths):
            report(number / len(paths), path.name)
            finish(path)
        return paths[-1]

    return Job(tr("Finishing recordings"), work)


def _is_still(path: Path) -> bool:
    from u2live.gui.logic.gallery import PICTURES

    return path.suffix.lower() in PICTURES
