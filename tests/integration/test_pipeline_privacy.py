"""At no moment does a picture of the room leave: changes of the source, a failing engine, a broken background.

The matter is the real one, smoothing and propagation included; only the network is replaced, by one that finds red.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import cv2
import numpy as np
import pytest

from tests.integration.numbered import RED, SIZE, Collector, until
from u2live.capture.source import SourceInfo
from u2live.compose import compositor
from u2live.errors import EngineError
from u2live.matting.engine import EngineInfo
from u2live.matting.ladder import LadderEngine, Rung
from u2live.matting.matter import Matter
from u2live.pipeline.compose_stage import ComposeStage
from u2live.pipeline.events import State
from u2live.pipeline.pipeline import Pipeline
from u2live.pipeline.session import Matted, MatteItem, Preview, Session
from u2live.pipeline.slot import Channel
from u2live.settings import CameraSettings, Settings, with_value
from u2live.types import Composite, Frame, MattedFrame

GREEN = with_value(RED, "background.choice", "color:#00ff00")
ROOM, PERSON = (200, 60, 0), (0, 0, 194)  # BGR of one and the same luma: no scene cut tells one view from another


def room_with_person(left: int, index: int) -> np.ndarray:
    """A textured blue room with somebody red, 20 pixels wide."""
    pixels = np.empty((SIZE.height, SIZE.width, 3), np.uint8)
    pixels[:] = ROOM
    pixels[::4, ::4] = (240, 52, 0)
    pixels[8:, left : left + 20] = PERSON
    pixels[0, 0] = (200, 60, index % 2)
    return pixels


def shows_the_room(composite: Composite) -> bool:
    blue, _, red = (composite.pixels[..., channel].astype(int) for channel in range(3))
    return int(((blue > 120) & (red < 60)).sum()) > 30


def shows_the_person(composite: Composite) -> bool:
    return int(((composite.pixels[..., 2] > 150) & (composite.pixels[..., 1] < 60)).sum()) > 300


class Room:
    """A live camera in a room: somebody sits at `left`."""

    def __init__(self, left: int) -> None:
        self._left = left
        self._index = 0

    def open(self) -> SourceInfo:
        return SourceInfo("room", SIZE, Fraction(30), True, None)

    def read(self) -> Frame:
        time.sleep(0.004)
        self._index += 1
        return Frame(self._index, time.monotonic_ns(), room_with_person(self._left, self._index))

    def close(self) -> None:
        return None


class FindsRed:
    """A slow network that finds red. From run `fails_at` on it fails; in runs `insane` its maps are no numbers."""

    picture = None

    def __init__(self, delay_s: float = 0.0, fails_at: int | None = None, insane: range = range(0)) -> None:
        self.info = EngineInfo("torch", "test", "fp32", 64)
        self.runs = 0
        self.closed = False
        self._delay_s = delay_s
        self._fails_at = fails_at
        self._insane = insane

    def infer(self, pixels: np.ndarray) -> np.ndarray:
        self.runs += 1
        time.sleep(self._delay_s)
        if self._fails_at is not None and self.runs >= self._fails_at:
            raise EngineError("the device is gone")
        found = cv2.resize((pixels[..., 2] > 150).astype(np.float32), (64, 64), interpolation=cv2.INTER_AREA)
        return np.full_like(found, np.nan) if self.runs in self._insane else found

    def close(self) -> None:
        self.closed = True


def loader(engine: Any, interval: int = 1) -> Callable[..., Matter]:
    return lambda _settings, _notify: Matter(engine, keyframe_interval=interval)


def rooms(camera: CameraSettings, _notify: Any) -> Room:
    return Room({"left": 4, "right": 40}[camera.source])


def more_than(count: int, sink: Collector) -> None:
    seen = len(sink.composites)
    until(lambda: len(sink.composites) > seen + count, "composites")


@pytest.mark.parametrize(
    ("key", "values"), [("camera.source", ("left", "right")), ("camera.mirror", (False, True)), ("camera.rotate", (0, 180))]
)
def test_no_matte_is_carried_over_to_another_view(make: Callable[..., Pipeline], key: str, values: tuple[Any, Any]) -> None:
    """The network is slower than the camera opens, so nothing but the change itself tells the two views apart."""
    sink = Collector()
    start = with_value(GREEN, "camera.source", "left")
    pipeline = make(start, make_source=rooms, sinks=[sink], load_matter=loader(FindsRed(0.02), interval=8))
    pipeline.start()
    until(lambda: len(sink.composites) > 10, "composites")
    for number in range(6):
        pipeline.apply(with_value(start, key, values[(number + 1) % 2]))
        more_than(12, sink)
    assert not any(map(shows_the_room, sink.composites))
    assert sum(map(shows_the_person, sink.composites)) > len(sink.composites) // 2


def test_an_engine_that_steps_down_shows_nothing_meanwhile(make: Callable[..., Pipeline]) -> None:
    def slowly(_reason: str) -> FindsRed:
        time.sleep(0.3)
        return FindsRed()

    rungs = [
        Rung("openvino", "OpenVINO", lambda: "", lambda _reason: FindsRed(fails_at=6)),
        Rung("torch", "torch CPU", lambda: "", slowly),
    ]
    sink = Collector()
    pipeline = make(
        GREEN, source=Room(4), sinks=[sink], load_matter=loader(LadderEngine(rungs, notify=lambda _notice: None))
    )
    pipeline.start()
    until(lambda: len(sink.composites) > 40, "pictures from the second engine")
    assert not any(map(shows_the_room, sink.composites))
    assert shows_the_person(sink.composites[-1])


def test_maps_that_are_no_numbers_show_nobody_and_leave_nothing_behind(make: Callable[..., Pipeline]) -> None:
    engine, sink = FindsRed(insane=range(5, 15)), Collector()
    pipeline = make(GREEN, source=Room(4), sinks=[sink], load_matter=loader(engine))
    pipeline.start()
    until(lambda: engine.runs > 30 and len(sink.composites) > 30, "pictures")
    assert not any(map(shows_the_room, sink.composites))
    assert shows_the_person(sink.composites[-1])


def test_a_compositor_that_fails_ends_it_with_nothing_raw(
    make: Callable[..., Pipeline], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = compositor.make_compositor

    class Failing:
        def __init__(self) -> None:
            self.inner, self.left = real("numpy"), 5

        def compose(self, *arguments: Any) -> Composite:
            self.left -= 1
            if not self.left:
                raise MemoryError("no memory for the picture")
            return self.inner.compose(*arguments)

    monkeypatch.setattr(compositor, "make_compositor", lambda _on: Failing())
    sink = Collector()
    pipeline = make(GREEN, source=Room(4), sinks=[sink], load_matter=loader(FindsRed()))
    pipeline.start()
    assert pipeline.wait(10)
    assert pipeline.state is State.FAILED
    assert sink.composites
    assert not any(map(shows_the_room, sink.composites))
    assert sink.closed == 1


@pytest.mark.parametrize("bare", ["original", "blur:0"])
def test_a_background_that_fails_after_no_effect_is_a_blur_not_the_bare_room(
    make: Callable[..., Pipeline], bare: str
) -> None:
    sink = Collector()
    start = with_value(GREEN, "background.choice", bare)
    pipeline = make(start, source=Room(4), sinks=[sink], load_matter=loader(FindsRed()))
    pipeline.start()
    until(lambda: len(sink.composites) > 3 and shows_the_room(sink.composites[-1]), "the room, as was asked for")
    pipeline.apply(with_value(start, "background.choice", "/no/such/picture.png"))
    until(lambda: any("a blur stands in" in notice.message for notice in pipeline.notices.recent()), "a warning")
    more_than(3, sink)
    texture = sink.composites[-1].pixels[20:40, 35:60, 0].astype(int)
    assert texture.max() - texture.min() < 20, "the texture of the room, 40 steps strong, is blurred away"
    assert shows_the_person(sink.composites[-1])


def test_a_bare_frame_on_its_way_is_held_back_once_an_effect_is_chosen() -> None:
    bare = with_value(GREEN, "background.choice", "original")
    session, shown = Session(bare, patient=False), list[Preview]()
    session.source_info = Room(4).open()
    channel: Channel[MatteItem] = Channel(4)

    def send(number: int, settings: Settings) -> None:
        pixels = room_with_person(4, number)
        alpha = np.zeros(pixels.shape[:2], np.float32) if settings is GREEN else np.ones(pixels.shape[:2], np.float32)
        channel.put(Matted(MattedFrame(Frame(number, number, pixels), alpha, pixels), settings, 0))

    send(1, bare)
    session.settings = GREEN
    send(2, bare)
    send(3, GREEN)
    channel.close()
    ComposeStage(session, channel, shown.append).run()
    assert [preview.composite.index for preview in shown] == [0, 3]  # the placeholder, and the first with the effect
    assert not any(shows_the_room(preview.composite) for preview in shown)


@pytest.mark.parametrize("mode", ["away", "black", "freeze"])
def test_privacy_holds_through_every_change(make: Callable[..., Pipeline], mode: str) -> None:
    """With no effect chosen frames are bare: privacy alone must keep every one of them back."""
    sink = Collector()
    hidden = with_value(with_value(GREEN, "privacy.mode", mode), "camera.source", "left")
    pipeline = make(hidden, make_source=rooms, sinks=[sink], load_matter=loader(FindsRed()))
    pipeline.start()
    changes = (
        ("background.choice", "original"),
        ("camera.source", "right"),
        ("camera.mirror", True),
        ("framing.auto", True),
    )
    for key, value in changes:
        hidden = with_value(hidden, key, value)
        pipeline.apply(hidden)
        more_than(8, sink)
    pipeline.sleep()
    time.sleep(0.05)
    pipeline.wake()
    more_than(8, sink)
    assert not any(map(shows_the_room, sink.composites))
    assert not any(map(shows_the_person, sink.composites))
