"""A window over a real pipeline.

Only the two ends are made for tests: a camera that can be pulled, and an engine that finds the presenter by colour, so that
every pixel of the outputs is known. Matting, compositing, threads and sinks are the real ones.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from PyQt6.QtCore import QObject, QUrl, pyqtSlot
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from u2live.capture.source import SourceInfo
from u2live.errors import SourceError, UsageError
from u2live.gui.app import make_app
from u2live.gui.assembly import Window, assemble
from u2live.gui.controller import Controller
from u2live.gui.theme import Theme
from u2live.matting.engine import EngineInfo
from u2live.matting.matter import Matter
from u2live.pipeline.pipeline import Pipeline
from u2live.settings import CameraSettings, Settings, with_value
from u2live.sinks.sink import Delivery
from u2live.types import Composite, Frame, Notify, Size

WIDTH, HEIGHT = 320, 180
PERSON = (40, 40, 220)  # BGR
WALL = (150, 170, 60)
BODY = (slice(60, 180), slice(120, 200))  # rows and columns surely inside the presenter
RATE = 30


class FakeCamera:
    """A live source whose cable can be pulled: a red presenter before a wall with a moving stripe."""

    def __init__(self) -> None:
        self.plugged = threading.Event()
        self.plugged.set()
        self.opened = 0
        self._index = 0

    def open(self) -> SourceInfo:
        if not self.plugged.is_set():
            raise SourceError("the camera Test is not there: plug it in again")
        self.opened += 1
        return SourceInfo("Test camera", Size(WIDTH, HEIGHT), Fraction(RATE), True)

    def read(self) -> Frame | None:
        time.sleep(1 / RATE)
        if not self.plugged.is_set():
            raise SourceError("the camera Test is gone: plug it in again")
        self._index += 1
        return Frame(self._index, time.monotonic_ns(), picture(self._index))

    def close(self) -> None:
        pass


def picture(index: int) -> np.ndarray:
    """The frame with this index."""
    pixels = np.full((HEIGHT, WIDTH, 3), WALL, np.uint8)
    x = (index * 3) % 100
    pixels[:, x : x + 6] = (90, 200, 90)
    pixels[40:, 100:220] = PERSON
    return pixels


class ColorEngine:
    """Finds what is red: the network's map, exact."""

    info = EngineInfo("torch", "test", "fp32", 160, "the only one here")
    picture = None

    def infer(self, pixels: np.ndarray) -> np.ndarray:
        small = cv2.resize(pixels, (160, 160), interpolation=cv2.INTER_AREA).astype(np.float32)
        return np.clip((small[..., 2] - small[..., 1]) / 120, 0, 1).astype(np.float32)

    def close(self) -> None:
        pass


@dataclass
class Collector:
    """A sink that keeps what it gets."""

    name: str = "collector"
    delivery: Delivery = Delivery.EVERY
    composites: list[Composite] = field(default_factory=list)
    closed: bool = False

    def open(self, size: Size, frame_rate: Fraction) -> None:
        pass

    def write(self, composite: Composite) -> None:
        self.composites.append(composite)
        del self.composites[:-3000]

    def close(self) -> None:
        self.closed = True

    @property
    def device(self) -> str:
        return "test"


@dataclass
class Desk:
    """What a test works with."""

    window: Window
    controller: Controller
    camera: FakeCamera
    out: Collector
    qtbot: QtBot
    folder: Path

    @property
    def newest(self) -> Composite:
        return self.out.composites[-1]

    def until(self, condition: Callable[[], object], timeout_ms: int = 20_000) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=timeout_ms)

    def settled(self) -> np.ndarray:
        """The output picture of a frame that was taken after everything set so far."""
        now = time.monotonic_ns()
        self.until(lambda: self.newest.timestamp_ns > now)
        return self.newest.pixels

    def frames(self, count: int) -> None:
        """Let so many pictures go by."""
        have = len(self.out.composites)
        self.until(lambda: len(self.out.composites) >= have + count)


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    return QApplication


@pytest.fixture(scope="session")
def theme() -> Theme:
    return Theme(make_app(), "dark")


def make_controller(
    camera: FakeCamera, folder: Path, settings: Settings | None = None, path: Path | None = None
) -> tuple[Controller, Collector]:
    """A controller whose pipeline has the fake camera, the colour engine and a collector."""
    out = Collector()

    def build(running: Settings) -> Pipeline:
        def load(_: Settings, notify: Notify) -> Matter:
            return Matter(ColorEngine())

        def make_source(wanted: CameraSettings, notify: Notify) -> FakeCamera:
            if wanted.source == "nonsense":
                raise UsageError("there is no source 'nonsense'; choose a camera")
            return camera

        return Pipeline(running, make_source=make_source, sinks=[out], patient=True, load_matter=load)

    start = settings or with_value(with_value(Settings(), "background.choice", "color:#1f2733"), "matte.steadiness", 0.0)
    start = with_value(start, "recording.microphone", "")
    start = with_value(start, "recording.folder", str(folder / "videos"))
    return Controller(start, start, path or folder / "settings.json", build), out


@pytest.fixture
def desk(qtbot: QtBot, theme: Theme, tmp_path: Path) -> Iterator[Desk]:
    """A window that is live."""
    camera = FakeCamera()
    controller, out = make_controller(camera, tmp_path)
    window = assemble(controller, theme, tmp_path)
    window.show()
    window.start()
    controller.start()
    made = Desk(window, controller, camera, out, qtbot, tmp_path)
    made.until(lambda: out.composites and window.live.preview is not None and window.live.preview.matted is not None)
    yield made
    window.quitting = True
    window.close()
    qtbot.wait(20)
    window.deleteLater()


class Desktop(QObject):
    """What the desktop was asked to open."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Path] = []

    @pyqtSlot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(Path(url.toLocalFile()))


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    made = Desktop()
    QDesktopServices.setUrlHandler("file", made, "open")
    yield made
    QDesktopServices.unsetUrlHandler("file")
