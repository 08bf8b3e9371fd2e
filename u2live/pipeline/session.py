"""What the stages of one pipeline share, and what travels between them."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TypeAlias

from u2live.capture.source import SourceInfo
from u2live.matting.engine import EngineInfo
from u2live.pipeline.events import NoticeBoard, StateHolder
from u2live.pipeline.metrics import MetricsCollector
from u2live.settings import Settings
from u2live.types import Composite, Frame, Level, MattedFrame, Notice


@dataclass(frozen=True, slots=True)
class Captured:
    """A frame on its way; `taken_ns` is the monotonic clock when it came in, whatever its own timestamp counts from."""

    frame: Frame
    taken_ns: int


@dataclass(frozen=True, slots=True)
class Matted:
    """A matted frame with the settings it was matted under: compositing it under others could show what they hide."""

    matted: MattedFrame
    settings: Settings
    taken_ns: int


@dataclass(frozen=True, slots=True)
class Blank:
    """There is no picture: outputs go to the placeholder. `timestamp_ns` is on the frames' clock."""

    timestamp_ns: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What the window looks at: the composite every sink got, and what it was made from (None for placeholders)."""

    composite: Composite
    matted: MattedFrame | None


CaptureItem: TypeAlias = Captured | Blank
MatteItem: TypeAlias = Matted | Blank


class Session:
    """The state that all stages of one pipeline read. Attributes are replaced whole, never changed inside."""

    def __init__(self, settings: Settings, *, patient: bool) -> None:
        self.settings = settings
        self.patient = patient
        """Whether to wait, telling why, for what is missing at the start (a window), or to fail (a command)."""
        self.stopping = threading.Event()
        self.ready = threading.Event()
        """Set once the network can run. Live frames before that are not dropped but never counted."""
        self.began = threading.Event()
        """Set with the first composite of a real frame: what keeps every picture starts with it, not with a placeholder."""
        self.asleep = threading.Event()
        self.state = StateHolder()
        self.metrics = MetricsCollector()
        self.notices = NoticeBoard()
        self.source_info: SourceInfo | None = None
        self.engine_info: EngineInfo | None = None

    @property
    def live(self) -> bool:
        """Whether the open source runs on its own clock; a source not yet known counts as live."""
        return self.source_info is None or self.source_info.live

    def tell(self, level: Level, topic: str, message: str) -> None:
        self.notices(Notice(level, topic, message))
