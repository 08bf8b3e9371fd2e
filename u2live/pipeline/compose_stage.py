"""The compose thread: puts the person before the background and hands the picture to everybody."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from u2live.errors import U2LiveError
from u2live.pipeline.session import Blank, Matted, MatteItem, Preview, Session
from u2live.pipeline.slot import Channel, Closed
from u2live.settings import BackgroundSettings, Settings
from u2live.types import Composite, Level, MattedFrame, Size

if TYPE_CHECKING:
    from u2live.compose.backgrounds import Background
    from u2live.compose.compositor import Compositor
    from u2live.compose.scene import Staging

_PRIVACY_POLL_S = 0.05
"""How soon a change of privacy reaches the outputs when no frames come."""

Publish = Callable[[Preview], None]


class ComposeStage:
    """Turns matted frames into composites and gives each to `publish`.

    Fails closed: whatever cannot be composed goes out as the placeholder.
    """

    def __init__(self, session: Session, matted: Channel[MatteItem], publish: Publish) -> None:
        self._session = session
        self._in = matted
        self._publish = publish
        self._background: Background | None = None
        self._opened: BackgroundSettings | None = None
        self._compositor: Compositor | None = None
        self._staging: Staging | None = None
        self._last: Composite | None = None
        self._privacy = "off"
        self._private: Composite | None = None

    def run(self) -> None:
        try:
            self._show_placeholder(time.monotonic_ns())
            while True:
                item = self._in.take(_PRIVACY_POLL_S)
                if item is None:
                    self._follow_privacy()
                elif isinstance(item, Blank):
                    if self._staging is not None:
                        self._staging.reset()
                    self._show_placeholder(item.timestamp_ns)
                else:
                    self._compose(item)
        except Closed:
            pass
        finally:
            self._in.close()
            if self._background is not None:
                self._background.close()

    def _compose(self, item: Matted) -> None:
        from u2live.compose.compositor import make_compositor
        from u2live.compose.scene import Staging

        settings = item.settings
        if self._session.live and _bare(settings) and not _bare(self._session.settings):
            return  # an effect was chosen while this one was on its way: the room has been seen enough
        with self._session.metrics.timed("compose"):
            background = self._background_for(settings.background, item.matted)
            self._compositor = self._compositor or make_compositor("auto")
            self._staging = self._staging or Staging(self._session.notices)
            matted = self._staging.stage(item.matted, settings)
            composite = self._staging.finish(self._compositor.compose(matted, background, settings.matte), settings)
        self._session.began.set()
        self._show(composite, matted)
        self._session.metrics.took("delay", time.monotonic_ns() - item.taken_ns)

    def _background_for(self, wanted: BackgroundSettings, matted: MattedFrame) -> Background:
        """The background that `wanted` means. Where that fails the old one stays, or a blur stands in for the bare room."""
        from u2live.compose.backgrounds import Original

        if self._background is not None and wanted == self._opened:
            return self._background
        height, width = matted.frame.pixels.shape[:2]
        self._opened = wanted
        try:
            background = self._open(wanted, Size(width, height))
        except U2LiveError as error:
            if self._background is not None and not isinstance(self._background, Original):
                self._session.tell(Level.WARNING, "background", f"{error} (the previous background stays)")
                return self._background
            if not self._session.patient and self._background is None:
                raise
            self._session.tell(Level.WARNING, "background", f"{error} (a blur stands in)")
            background = self._open(BackgroundSettings(), Size(width, height))
        if self._background is not None:
            self._background.close()
        self._background = background
        return background

    def _open(self, wanted: BackgroundSettings, size: Size) -> Background:
        from u2live.compose.factory import open_background

        return open_background(wanted, size, live=self._session.live, notify=self._session.notices)

    def _show_placeholder(self, timestamp_ns: int) -> None:
        index = self._last.index if self._last else 0
        self._show(Composite(index, timestamp_ns, self._placeholder()), None)

    def _show(self, composite: Composite, matted: MattedFrame | None) -> None:
        """Publish `composite`, or what privacy shows in its place. The mode is read last: it holds for this very one."""
        mode = self._session.settings.privacy.mode
        if mode == "off":
            self._last = composite
            self._privacy = mode
            self._publish(Preview(composite, matted))
            return
        if mode != self._privacy or self._private is None or self._private.pixels.shape != composite.pixels.shape:
            self._privacy = mode
            self._private = self._private_picture(mode, composite)
        self._publish(
            Preview(dataclasses.replace(self._private, index=composite.index, timestamp_ns=composite.timestamp_ns), None)
        )

    def _follow_privacy(self) -> None:
        """Privacy that is switched on shows even while no frames come; switched off, it waits for the next frame."""
        mode = self._session.settings.privacy.mode
        if mode in ("off", self._privacy) or self._last is None:
            return
        timestamp_ns = time.monotonic_ns() if self._session.live else self._last.timestamp_ns
        self._show(dataclasses.replace(self._last, timestamp_ns=timestamp_ns), None)

    def _private_picture(self, mode: str, composite: Composite) -> Composite:
        if mode == "freeze" and self._last is not None and self._last.pixels.shape == composite.pixels.shape:
            return self._last
        if mode == "black":
            return dataclasses.replace(composite, pixels=np.zeros_like(composite.pixels), alpha=None)
        return dataclasses.replace(composite, pixels=self._placeholder(), alpha=None)

    def _placeholder(self) -> np.ndarray:
        from u2live.compose.placeholder import placeholder

        if self._last is not None:
            height, width = self._last.pixels.shape[:2]
            return placeholder(Size(width, height))
        info = self._session.source_info
        camera = self._session.settings.camera
        return placeholder(info.size if info is not None else Size(camera.width, camera.height))


def _bare(settings: Settings) -> bool:
    """Whether frames leave as they come."""
    return settings.background.choice == "original"
