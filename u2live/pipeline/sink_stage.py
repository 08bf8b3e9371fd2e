"""The thread of one sink: opens it, writes to it, closes it, and detaches it when it fails."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from fractions import Fraction

from u2live.errors import SinkError
from u2live.pipeline.metrics import SinkCount
from u2live.pipeline.session import Session
from u2live.pipeline.slot import Channel, Closed
from u2live.sinks.sink import Delivery, Sink
from u2live.types import Composite, Level, Size

log = logging.getLogger(__name__)

QUEUE_FRAMES = 32
"""How far a sink that wants every composite may fall behind a live pipeline: a second of 720p is 80 MB."""


class SinkStage:
    """Delivers composites to one sink as the sink wants them."""

    def __init__(self, session: Session, sink: Sink, on_end: Callable[[SinkStage], None]) -> None:
        self.name = sink.name
        self.error: SinkError | None = None
        self._session = session
        self._sink = sink
        self._on_end = on_end
        self._every = sink.delivery is Delivery.EVERY
        self._channel: Channel[Composite] = Channel(QUEUE_FRAMES if self._every else 1)
        self._written = 0
        self._thread = threading.Thread(target=self._run, name=f"u2live-{sink.name}", daemon=True)
        self._thread.start()

    @property
    def wants_every(self) -> bool:
        return self._every

    def deliver(self, composite: Composite) -> None:
        """Hand `composite` over. Waits only where a sink wants each one and the source can wait too."""
        if not self._every:
            self._channel.replace(composite)
        elif self._session.live:
            self._channel.offer(composite)
        else:
            self._channel.put(composite)

    def finish(self) -> None:
        """Let the sink write what it has and close it. Returns at once; `join` waits."""
        self._channel.close()

    def join(self, timeout_s: float | None = None) -> bool:
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._attempt(self._write_all)
            self._channel.close()
            self._attempt(self._sink.close)
        finally:
            self._on_end(self)

    def _attempt(self, step: Callable[[], None]) -> None:
        try:
            step()
        except SinkError as error:
            self._fail(error)
        except Exception as error:
            self._fail(SinkError(f"{self.name} stopped working ({type(error).__name__}: {error})"), error)

    def _write_all(self) -> None:
        is_open = False
        try:
            while True:
                composite = self._channel.take()
                if composite is None:
                    continue
                if not is_open:
                    self._sink.open(_size(composite), self._frame_rate())
                    is_open = True
                with self._session.metrics.timed(self.name):
                    self._sink.write(composite)
                self._written += 1
                self._count()
        except Closed:
            self._count()

    def _frame_rate(self) -> Fraction:
        info = self._session.source_info
        if info is not None:
            return info.frame_rate
        return Fraction(self._session.settings.camera.frame_rate).limit_denominator(1001)

    def _count(self) -> None:
        # A slot replaces by design; only a queue's refusals are losses.
        dropped = self._channel.dropped if self._every else 0
        self._session.metrics.set_sink(self.name, SinkCount(self._written, dropped))

    def _fail(self, error: SinkError, cause: Exception | None = None) -> None:
        """The first failure is told: what goes wrong in closing after it is its consequence."""
        if self.error is not None:
            log.info("%s, after that: %s", self.name, error)
            return
        error.__cause__ = cause or error.__cause__
        self.error = error
        self._session.tell(Level.ERROR, f"sink:{self.name}", str(error))


def _size(composite: Composite) -> Size:
    height, width = composite.pixels.shape[:2]
    return Size(width, height)
