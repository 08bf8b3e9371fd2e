"""Threads, and nothing else: capture → matte → compose → sinks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from u2live.capture.source import Source, SourceInfo
from u2live.errors import SinkError
from u2live.matting.engine import EngineInfo
from u2live.pipeline.capture_stage import CaptureStage, MakeSource, source_maker
from u2live.pipeline.compose_stage import ComposeStage
from u2live.pipeline.events import NoticeBoard, State
from u2live.pipeline.loading import load_live_matter
from u2live.pipeline.matte_stage import LoadMatter, MatteStage
from u2live.pipeline.metrics import MetricsCollector
from u2live.pipeline.session import CaptureItem, MatteItem, Preview, Session
from u2live.pipeline.sink_stage import SinkStage
from u2live.pipeline.slot import Channel
from u2live.settings import Settings
from u2live.sinks.sink import Sink
from u2live.types import Level, Notify

_CAPTURE_GRACE_S = 3.0
_LOADING_GRACE_S = 0.5
_STAGE_GRACE_S = 30.0
_SINK_GRACE_S = 30.0
_POLL_S = 0.05


class Pipeline:
    """One source, one network, one background, any number of sinks; all changeable while it runs.

    `make_source` is given the camera settings and returns the source for them; `source` is for a fixed one. With
    `patient` the pipeline waits, telling why, for what is missing (a window); without, it fails (a command).
    `duration_s` ends the stream when the frames' timestamps have covered it. `load_matter` decides which network runs
    where; see `loading`. What `load_live_matter` is still loading at the end is nobody else's and not waited for.
    Every method may be called from any thread.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        source: Source | None = None,
        make_source: MakeSource | None = None,
        sinks: Sequence[Sink] = (),
        notify: Notify | None = None,
        patient: bool = False,
        duration_s: float | None = None,
        load_matter: LoadMatter = load_live_matter,
    ) -> None:
        self._session = Session(settings, patient=patient)
        self.notices: NoticeBoard = self._session.notices
        if notify is not None:
            self.notices.subscribe(notify)
        self.preview: Channel[Preview] = Channel(1)
        self._door: Channel[CaptureItem] = Channel(1)
        self._matted: Channel[MatteItem] = Channel(1)
        self._sinks_lock = threading.Lock()
        self._initial_sinks = tuple(sinks)
        self._sinks: list[SinkStage] = []
        self._ended_sinks: list[SinkStage] = []
        self._sinks_are_over = False
        self._waits_for_loading = load_matter is not load_live_matter
        self._error_lock = threading.Lock()
        self._error: BaseException | None = None
        self._done = threading.Event()

        session = self._session
        duration_ns = None if duration_s is None else round(duration_s * 1e9)
        capture = CaptureStage(session, self._door, make_source or source_maker(source), duration_ns)
        matte = MatteStage(session, self._door, self._matted, load_matter)
        compose = ComposeStage(session, self._matted, self._publish)
        self._threads = [
            self._thread(name, stage.run) for name, stage in (("capture", capture), ("matte", matte), ("compose", compose))
        ]

    @property
    def state(self) -> State:
        return self._session.state.state

    @property
    def error(self) -> BaseException | None:
        """What ended the pipeline, with its original traceback."""
        return self._error

    @property
    def settings(self) -> Settings:
        return self._session.settings

    @property
    def metrics(self) -> MetricsCollector:
        return self._session.metrics

    @property
    def source_info(self) -> SourceInfo | None:
        return self._session.source_info

    @property
    def engine_info(self) -> EngineInfo | None:
        return self._session.engine_info

    @property
    def sink_errors(self) -> tuple[tuple[str, SinkError], ...]:
        """The sinks that failed and were detached, by name."""
        with self._sinks_lock:
            return tuple((stage.name, stage.error) for stage in self._ended_sinks if stage.error is not None)

    def start(self) -> None:
        """Start all threads and return; devices and the model load in them. Nothing starts after `stop`."""
        if not self._session.state.move(State.STARTING):
            return
        for sink in self._initial_sinks:
            self.attach(sink)
        for thread in self._threads:
            thread.start()
        threading.Thread(target=self._supervise, name="u2live-supervisor", daemon=True).start()

    def apply(self, settings: Settings) -> None:
        """Make `settings` the ones every stage reads from its next frame on; what needs a restart restarts by itself."""
        self._session.settings = settings

    def sleep(self) -> None:
        """Release the source and show the placeholder until `wake`."""
        self._session.asleep.set()

    def wake(self) -> None:
        self._session.asleep.clear()

    def attach(self, sink: Sink) -> None:
        """Give `sink` every composite from now on. Raises ValueError for a name that is attached already.

        Once the pipeline has ended a sink is only closed.
        """
        with self._sinks_lock:
            if any(stage.name == sink.name for stage in self._sinks):
                raise ValueError(f"a sink named {sink.name!r} is attached already")
            stage = SinkStage(self._session, sink, self._sink_ended)
            self._sinks.append(stage)
            if self._sinks_are_over:
                stage.finish()

    def detach(self, name: str) -> bool:
        """Have the sink finish and close in its own thread. False when there is none of that name."""
        with self._sinks_lock:
            stage = next((stage for stage in self._sinks if stage.name == name), None)
        if stage is not None:
            stage.finish()
        return stage is not None

    def sink_names(self) -> tuple[str, ...]:
        with self._sinks_lock:
            return tuple(stage.name for stage in self._sinks)

    def stop(self, timeout_s: float = 10.0) -> bool:
        """Stop front to back: sinks write what is on its way and close. True when all of it ended in time."""
        self.request_stop()
        return self.wait(timeout_s)

    def request_stop(self) -> None:
        """Start stopping and return at once. Safe in a signal handler's thread."""
        self._session.stopping.set()
        if self._session.state.move(State.STOPPED, only_from=State.NEW):
            self._close_sinks()
            self._done.set()
        self._session.state.move(State.STOPPING)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the end, by `stop`, by the source, or by a failure. False when `timeout_s` passed first."""
        return self._done.wait(timeout_s)

    def _thread(self, name: str, run: Callable[[], None]) -> threading.Thread:
        def guarded() -> None:
            try:
                run()
            except BaseException as error:
                self._fail(error)

        return threading.Thread(target=guarded, name=f"u2live-{name}", daemon=True)

    def _fail(self, error: BaseException) -> None:
        """One failure, one story: the first error ends the pipeline, the rest are its consequences."""
        with self._error_lock:
            self._error = self._error or error
        self.request_stop()

    def _publish(self, preview: Preview) -> None:
        self.preview.replace(preview)
        began = self._session.began.is_set()
        with self._sinks_lock:
            stages = tuple(self._sinks)
        for stage in stages:
            if began or not stage.wants_every:
                stage.deliver(preview.composite)
        if began:
            self._session.metrics.count("frames_out")

    def _sink_ended(self, stage: SinkStage) -> None:
        with self._sinks_lock:
            if stage in self._sinks:
                self._sinks.remove(stage)
            self._ended_sinks.append(stage)
        if stage.error is not None and not self._session.live and not self._session.patient:
            # A file that cannot be written makes reading on pointless.
            self._fail(stage.error)

    def _supervise(self) -> None:
        """Waits for the stages in order, then closes what is behind them."""
        capture, matte, compose = self._threads
        self._join(capture, _CAPTURE_GRACE_S, "source", "the camera")
        self._door.close()
        self._wait_for_loading(matte)
        if self._session.ready.is_set():
            self._join(matte, _STAGE_GRACE_S, "model", "the network")
        self._matted.close()
        self._join(compose, _STAGE_GRACE_S, "background", "compositing")
        self._close_sinks()
        self.preview.close()
        self._session.state.move(State.STOPPING)
        self._session.state.move(State.FAILED if self._error is not None else State.STOPPED)
        self._done.set()

    def _wait_for_loading(self, matte: threading.Thread) -> None:
        """Loading cannot be broken off; where nobody else waits for the result, stopping does not wait for it either."""
        session = self._session
        while matte.is_alive() and not session.ready.is_set():
            if session.stopping.is_set() and not self._waits_for_loading:
                matte.join(_LOADING_GRACE_S)
                return
            matte.join(_POLL_S)

    def _join(self, thread: threading.Thread, grace_s: float, topic: str, who: str) -> None:
        """Wait for a stage's end; once stopping, no longer than `grace_s`: what hangs must not hold the rest."""
        while thread.is_alive() and not self._session.stopping.is_set():
            thread.join(_POLL_S)
        thread.join(grace_s)
        if thread.is_alive():
            self._session.tell(Level.WARNING, topic, f"{who} does not answer; leaving it behind")

    def _close_sinks(self) -> None:
        with self._sinks_lock:
            self._sinks_are_over = True
            stages = tuple(self._sinks)
        for stage in stages:
            stage.finish()
        for stage in stages:
            if not stage.join(_SINK_GRACE_S):
                self._session.tell(Level.WARNING, f"sink:{stage.name}", f"{stage.name} does not end; leaving it behind")
