"""The pipeline's promises, with sources and sinks whose every picture can be told apart.

The network is replaced by a matter that reads a frame's number out of its pixels and writes it into the matte, so that a
frame painted with another frame's matte would show. What the real network does is tested elsewhere, on real clips.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from u2live.capture.source import SourceInfo
from u2live.errors import EngineError, SinkError, SourceError, UsageError, WeightsError
from u2live.matting.engine import EngineInfo
from u2live.pipeline.events import State
from u2live.pipeline.pipeline import Pipeline
from u2live.settings import Settings, with_value
from u2live.sinks.sink import Delivery
from u2live.types import Composite, Frame, Level, MattedFrame, Notice, Size

SIZE = Size(64, 48)
RED = with_value(Settings(), "background.choice", "color:#ff0000")
RAW_BLUE = 200
"""The blue of every raw frame: no background or placeholder here has it where the matte is 0."""


def numbered(index: int) -> np.ndarray:
    """A raw frame that carries its number in green and is blue all over."""
    pixels = np.zeros((SIZE.height, SIZE.width, 3), np.uint8)
    pixels[..., 0] = RAW_BLUE
    pixels[..., 1] = index % 250
    return pixels


class Numbered:
    """A source of `count` numbered frames; live ones come every 5 ms. `lose_at` raises once at that frame."""

    def __init__(self, count: int | None, *, live: bool, lose_at: int | None = None) -> None:
        self.count = count
        self.live = live
        self.lose_at = lose_at
        self.absent = False
        self.opened = 0
        self.closed = 0
        self._index = 0

    def open(self) -> SourceInfo:
        if self.absent:
            raise SourceError("no camera 0: plug one in")
        self.opened += 1
        return SourceInfo("numbered", SIZE, Fraction(30), self.live, None if self.live else self.count)

    def read(self) -> Frame | None:
        if self.lose_at is not None and self._index >= self.lose_at:
            self.lose_at = None
            self.absent = self.live
            raise SourceError("the camera was unplugged: plug it in again")
        if self.count is not None and self._index >= self.count:
            return None
        if self.live:
            time.sleep(0.005)
        index = self._index
        self._index += 1
        timestamp = time.monotonic_ns() if self.live else index * 33_000_000
        return Frame(index, timestamp, numbered(index))

    def close(self) -> None:
        self.closed += 1


class NumberMatter:
    """The left half of the frame is the subject, with an opacity that tells the frame's number."""

    info = EngineInfo("torch", "test", "fp32", 32)

    def __init__(self, delay_s: float = 0.0, fail_at: int | None = None) -> None:
        self.delay_s = delay_s
        self.fail_at = fail_at
        self.resets = 0
        self.closed = False

    def matte(self, frame: Frame, _settings: Any) -> MattedFrame:
        if frame.index == self.fail_at:
            raise EngineError("the device is gone: restart the program")
        time.sleep(self.delay_s)
        alpha = np.zeros(frame.pixels.shape[:2], np.float32)
        alpha[:, : SIZE.width // 2] = frame.pixels[0, 0, 1] / 250
        return MattedFrame(frame, alpha, np.full_like(frame.pixels, 255))

    def reset(self) -> None:
        self.resets += 1

    def close(self) -> None:
        self.closed = True


class Collector:
    """A sink that keeps everything; `slow_s` a write, failing at `fail_at`, gated by `gate`."""

    def __init__(self, name: str = "collector", delivery: Delivery = Delivery.EVERY, slow_s: float = 0.0) -> None:
        self.name = name
        self.delivery = delivery
        self.slow_s = slow_s
        self.fail_at: int | None = None
        self.opened: tuple[Size, Fraction] | None = None
        self.closed = 0
        self.composites: list[Composite] = []

    def open(self, size: Size, frame_rate: Fraction) -> None:
        self.opened = (size, frame_rate)

    def write(self, composite: Composite) -> None:
        if self.fail_at is not None and len(self.composites) >= self.fail_at:
            raise SinkError("the disk is full: make room")
        time.sleep(self.slow_s)
        self.composites.append(composite)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def make() -> Iterator[Callable[..., Pipeline]]:
    """Builds pipelines around a NumberMatter, and stops them all at the end."""
    built: list[Pipeline] = []

    def build(settings: Settings = RED, *, matter: NumberMatter | None = None, **rest: Any) -> Pipeline:
        rest.setdefault("load_matter", lambda _model, _notify: matter or NumberMatter())
        built.append(Pipeline(settings, **rest))
        return built[-1]

    yield build
    for pipeline in built:
        if pipeline.state is not State.NEW:
            assert pipeline.stop(10), "the pipeline did not end in time"


def until(condition: Callable[[], object], what: str, timeout_s: float = 10.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.005)


def carries_its_own_matte(composite: Composite) -> bool:
    """White blended over red by the frame's number: any other frame's matte gives another pink."""
    expected = 255 * (composite.index % 250) / 250
    return abs(float(composite.pixels[10, 5, 0]) - expected) <= 1.5


def shows_the_room(composite: Composite) -> bool:
    """Whether the raw frame's blue stands in the half that the background covers."""
    right = composite.pixels[:, SIZE.width // 2 + 4 :, :]
    return bool(((right[..., 0] == RAW_BLUE) & (right[..., 2] == 0)).any())


def test_a_file_gives_exactly_its_frames_each_with_its_own_matte(make: Callable[..., Pipeline]) -> None:
    sink = Collector(slow_s=0.001)
    pipeline = make(source=Numbered(120, live=False), sinks=[sink])
    pipeline.start()
    assert pipeline.wait(30)
    assert pipeline.state is State.STOPPED
    assert pipeline.error is None
    assert [composite.index for composite in sink.composites] == list(range(120))
    assert [composite.timestamp_ns for composite in sink.composites] == [n * 33_000_000 for n in range(120)]
    assert all(map(carries_its_own_matte, sink.composites))
    assert sink.opened == (SIZE, Fraction(30))
    assert sink.closed == 1
    metrics = pipeline.metrics.snapshot()
    assert (metrics.frames_in, metrics.dropped, metrics.keyframes) == (120, 0, 120)
    assert metrics.sinks["collector"].written == 120


def test_a_live_source_drops_at_the_door_only_and_counts_it(make: Callable[..., Pipeline]) -> None:
    sink = Collector()
    pipeline = make(matter=NumberMatter(delay_s=0.02), source=Numbered(None, live=True), sinks=[sink])
    pipeline.start()
    until(lambda: len(sink.composites) > 20, "twenty composites")
    pipeline.stop()
    metrics = pipeline.metrics.snapshot()
    assert metrics.dropped > 20
    real = [composite for composite in sink.composites if composite.index > 0]
    assert all(map(carries_its_own_matte, real))
    assert metrics.frames_in == metrics.dropped + metrics.keyframes
    indices = [composite.index for composite in real]
    assert indices == sorted(set(indices))


def test_duration_ends_the_stream_by_the_frames_own_clock(make: Callable[..., Pipeline]) -> None:
    sink = Collector()
    pipeline = make(source=Numbered(None, live=False), sinks=[sink], duration_s=0.33)
    pipeline.start()
    assert pipeline.wait(10)
    assert len(sink.composites) == 10


def test_until_a_matte_exists_outputs_carry_the_placeholder(make: Callable[..., Pipeline]) -> None:
    """And a recording does not begin before the first real picture."""
    loaded = threading.Event()
    live, recording = Collector("camera", Delivery.LATEST), Collector("recording")

    def load(_model: Any, _notify: Any) -> NumberMatter:
        loaded.wait(10)
        return NumberMatter()

    pipeline = make(load_matter=load, source=Numbered(None, live=True), sinks=[live, recording])
    pipeline.start()
    until(lambda: live.composites, "a placeholder")
    time.sleep(0.1)
    assert not any(map(shows_the_room, live.composites))
    assert not recording.composites
    loaded.set()
    until(lambda: len(recording.composites) > 3, "composites")
    assert all(map(carries_its_own_matte, recording.composites))


def test_a_lost_camera_shows_the_placeholder_and_comes_back(make: Callable[..., Pipeline]) -> None:
    notices: list[Notice] = []
    source, matter, sink = Numbered(None, live=True, lose_at=20), NumberMatter(), Collector()
    pipeline = make(matter=matter, source=source, sinks=[sink], notify=notices.append)
    pipeline.start()
    until(lambda: pipeline.state is State.WAITING, "waiting for the camera")
    until(lambda: any(not carries_its_own_matte(composite) for composite in sink.composites), "a placeholder")
    assert "unplugged" in notices[-1].message or "plug" in notices[-1].message
    assert matter.resets > 0, "what was smoothed before the gap must not reach across it"
    before = len(sink.composites)
    source.absent = False
    until(lambda: pipeline.state is State.RUNNING, "the camera is back")
    until(lambda: len(sink.composites) > before + 5, "pictures again")
    assert any("back" in notice.message for notice in notices)
    assert not any(map(shows_the_room, sink.composites))


def test_a_missing_camera_ends_a_command_but_not_a_window(make: Callable[..., Pipeline]) -> None:
    source = Numbered(None, live=True)
    source.absent = True
    command = make(source=source)
    command.start()
    assert command.wait(10)
    assert command.state is State.FAILED
    assert isinstance(command.error, SourceError)

    window = make(source=source, patient=True)
    window.start()
    until(lambda: window.state is State.WAITING, "the window waits")
    source.absent = False
    until(lambda: window.state is State.RUNNING, "the window goes on")


def test_a_source_that_means_nothing_waits_for_another(make: Callable[..., Pipeline]) -> None:
    def make_source(camera: Any, _notify: Any) -> Numbered:
        if camera.source == "nonsense":
            raise UsageError("there is no source nonsense: choose a camera, a file, or demo")
        return Numbered(None, live=True)

    window = make(with_value(RED, "camera.source", "nonsense"), make_source=make_source, patient=True)
    window.start()
    until(lambda: window.state is State.WAITING, "the window waits")
    window.apply(with_value(RED, "camera.source", "demo"))
    until(lambda: window.state is State.RUNNING, "the other source runs")


def test_following_the_person_needs_the_network_even_without_effect(make: Callable[..., Pipeline]) -> None:
    sink = Collector()
    original = with_value(RED, "background.choice", "original")
    pipeline = make(original, source=Numbered(None, live=True), sinks=[sink])
    pipeline.start()
    until(lambda: len(sink.composites) > 5, "composites")
    assert pipeline.metrics.snapshot().keyframes == 0, "with no effect chosen the network rests"
    pipeline.apply(with_value(original, "framing.auto", True))
    until(lambda: pipeline.metrics.snapshot().keyframes > 3, "keyframes")


def test_a_failing_stage_ends_everything_with_its_own_error(make: Callable[..., Pipeline]) -> None:
    source, sink = Numbered(None, live=True), Collector()
    matter = NumberMatter(fail_at=7)
    pipeline = make(matter=matter, source=source, sinks=[sink])
    pipeline.start()
    assert pipeline.wait(10)
    assert pipeline.state is State.FAILED
    assert isinstance(pipeline.error, EngineError)
    assert "matte" in [frame.name for frame in _traceback(pipeline.error)]
    assert sink.closed == 1
    assert source.closed >= 1
    assert matter.closed
    assert not any(map(shows_the_room, sink.composites))


def _traceback(error: BaseException) -> Any:
    import traceback

    return traceback.extract_tb(error.__traceback__)


def test_a_failing_sink_is_detached_and_the_rest_goes_on(make: Callable[..., Pipeline]) -> None:
    broken, good, notices = Collector("broken"), Collector("good"), list[Notice]()
    broken.fail_at = 5
    pipeline = make(source=Numbered(None, live=True), sinks=[broken, good], notify=notices.append)
    pipeline.start()
    until(lambda: pipeline.sink_errors, "the broken sink is detached")
    count = len(good.composites)
    until(lambda: len(good.composites) > count + 10, "the good sink goes on")
    assert pipeline.sink_names() == ("good",)
    assert broken.closed == 1
    assert [(n.level, n.topic) for n in notices] == [(Level.ERROR, "sink:broken")]


def test_a_file_whose_sink_fails_ends_with_that_error(make: Callable[..., Pipeline]) -> None:
    sink = Collector()
    sink.fail_at = 5
    pipeline = make(source=Numbered(10_000, live=False), sinks=[sink])
    pipeline.start()
    assert pipeline.wait(10)
    assert isinstance(pipeline.error, SinkError)


def test_a_slow_sink_holds_up_neither_the_others_nor_the_pipeline(make: Callable[..., Pipeline]) -> None:
    slow, fast = Collector("slow", Delivery.LATEST, slow_s=0.2), Collector("fast")
    pipeline = make(source=Numbered(None, live=True), sinks=[slow, fast])
    pipeline.start()
    until(lambda: len(fast.composites) > 100, "a hundred composites", 20)
    pipeline.stop()
    assert len(slow.composites) < len(fast.composites) / 4
    assert pipeline.metrics.snapshot().sinks["fast"].dropped == 0


def test_a_recorder_that_falls_behind_a_live_source_drops_and_counts(make: Callable[..., Pipeline]) -> None:
    sink = Collector(slow_s=0.05)
    pipeline = make(source=Numbered(None, live=True), sinks=[sink])
    pipeline.start()
    until(
        lambda: (
            pipeline.metrics.snapshot().sinks.get("collector")
            and pipeline.metrics.snapshot().sinks["collector"].dropped > 10
        ),
        "drops",
        20,
    )
    pipeline.stop()
    count = pipeline.metrics.snapshot().sinks["collector"]
    assert count.written == len(sink.composites)


def test_sinks_come_and_go_while_it_runs(make: Callable[..., Pipeline]) -> None:
    pipeline = make(source=Numbered(None, live=True))
    pipeline.start()
    for _ in range(3):
        sink = Collector("recording")
        pipeline.attach(sink)
        with pytest.raises(ValueError, match="attached already"):
            pipeline.attach(Collector("recording"))
        until(lambda sink=sink: len(sink.composites) > 5, "composites")
        assert pipeline.detach("recording")
        until(lambda sink=sink: sink.closed, "closed")
        until(lambda: not pipeline.sink_names(), "detached")
    assert not pipeline.detach("recording")


@pytest.mark.parametrize("mode", ["away", "black", "freeze"])
def test_privacy_follows_within_one_frame(make: Callable[..., Pipeline], mode: str) -> None:
    sink = Collector()
    source = Numbered(None, live=True)
    pipeline = make(source=source, sinks=[sink])
    pipeline.start()
    until(lambda: len(sink.composites) > 10, "composites")
    pipeline.apply(with_value(RED, "privacy.mode", mode))
    seen = len(sink.composites)
    until(lambda: len(sink.composites) > seen + 20, "composites in privacy")
    # One that was composed already, and one that was being handed over when the mode changed.
    private = sink.composites[seen + 2 :]
    assert all(np.array_equal(composite.pixels, private[0].pixels) for composite in private)
    if mode == "black":
        assert not private[0].pixels.any()
    stamps = [composite.timestamp_ns for composite in private]
    assert stamps == sorted(set(stamps)), "time goes on in privacy"
    pipeline.apply(RED)
    until(lambda: carries_its_own_matte(sink.composites[-1]) and sink.composites[-1].pixels[..., 2].max() == 255, "back")


def test_privacy_shows_even_when_no_frames_come(make: Callable[..., Pipeline]) -> None:
    source = Numbered(None, live=True)
    sink = Collector("camera", Delivery.LATEST)
    pipeline = make(source=source, sinks=[sink])
    pipeline.start()
    until(lambda: sink.composites and carries_its_own_matte(sink.composites[-1]) and sink.composites[-1].index, "pictures")
    blocked = threading.Event()
    read, source.read = source.read, lambda: (blocked.wait(5), read())[1]  # type: ignore[method-assign]
    time.sleep(0.1)
    pipeline.apply(with_value(RED, "privacy.mode", "black"))
    until(lambda: not sink.composites[-1].pixels.any(), "black", 1)
    blocked.set()


def test_settings_change_live(make: Callable[..., Pipeline]) -> None:
    sink = Collector()
    pipeline = make(source=Numbered(None, live=True), sinks=[sink])
    pipeline.start()
    until(lambda: len(sink.composites) > 5, "composites")
    pipeline.apply(with_value(RED, "background.choice", "color:#00ff00"))
    until(lambda: tuple(sink.composites[-1].pixels[5, -5]) == (0, 255, 0), "a green background")
    pipeline.apply(with_value(RED, "background.choice", "/no/such/picture.png"))
    until(lambda: any("no/such" in notice.message for notice in pipeline.notices.recent()), "the missing picture is told")
    assert tuple(sink.composites[-1].pixels[5, -5]) == (0, 255, 0), "the previous background stays"
    assert pipeline.state is State.RUNNING


def test_the_raw_picture_leaves_only_with_no_effect_chosen(make: Callable[..., Pipeline]) -> None:
    """Switching to and from it never pairs the skipped matte with another background."""
    sink = Collector()
    pipeline = make(source=Numbered(None, live=True), sinks=[sink])
    pipeline.start()
    for choice in ("original", "color:#ff0000") * 4:
        seen = len(sink.composites)
        pipeline.apply(with_value(RED, "background.choice", choice))
        until(lambda seen=seen: len(sink.composites) > seen + 6, "composites")
    for composite in sink.composites[1:]:
        right = composite.pixels[:, SIZE.width // 2 + 4 :]
        raw = np.array_equal(composite.pixels, numbered(composite.index))
        assert raw or tuple(right[0, 0]) == (0, 0, 255), "neither the untouched frame nor one on the background"


def test_another_model_is_loaded_beside_the_running_one(make: Callable[..., Pipeline]) -> None:
    slow_load = threading.Event()
    matters: list[NumberMatter] = []

    def load(settings: Settings, _notify: Any) -> NumberMatter:
        if settings.model.weights == "missing":
            raise WeightsError("there are no weights named missing: see weights list")
        if matters:
            slow_load.wait(10)
        matters.append(NumberMatter())
        return matters[-1]

    sink = Collector()
    pipeline = make(load_matter=load, source=Numbered(None, live=True), sinks=[sink])
    pipeline.start()
    until(lambda: len(sink.composites) > 3, "composites")
    pipeline.apply(with_value(RED, "model.weights", "u2netp"))
    count = len(sink.composites)
    until(lambda: len(sink.composites) > count + 20, "pictures while loading")
    assert len(matters) == 1
    slow_load.set()
    until(lambda: matters[0].closed, "the first model is released")
    pipeline.apply(with_value(RED, "model.weights", "missing"))
    until(lambda: any("missing" in notice.message for notice in pipeline.notices.recent()), "told")
    count = len(sink.composites)
    until(lambda: len(sink.composites) > count + 5, "the running one goes on")


def test_the_person_is_placed_while_it_runs(make: Callable[..., Pipeline]) -> None:
    sink = Collector()
    pipeline = make(source=Numbered(None, live=True), sinks=[sink])
    pipeline.start()
    until(lambda: sink.composites and sink.composites[-1].index % 250 > 20, "a visible person")
    pipeline.apply(with_value(with_value(RED, "scene.scale", 0.5), "scene.x", 0.25))
    seen = len(sink.composites)
    until(lambda: len(sink.composites) > seen + 5, "composites")
    pixels = sink.composites[-1].pixels
    assert tuple(pixels[5, 5]) == (0, 0, 255), "the person left the upper left corner"
    assert pixels[-5, SIZE.width // 2 + 5, 0] > 0, "the person stands below, right of the middle"


def test_sleep_releases_the_camera_and_wakes_with_the_placeholder(make: Callable[..., Pipeline]) -> None:
    source, sink = Numbered(None, live=True), Collector()
    pipeline = make(source=source, sinks=[sink])
    pipeline.start()
    until(lambda: len(sink.composites) > 5, "composites")
    pipeline.sleep()
    until(lambda: pipeline.state is State.ASLEEP, "asleep")
    until(lambda: source.closed == 1, "the camera is released")
    opened = source.opened
    pipeline.wake()
    until(lambda: pipeline.state is State.RUNNING and source.opened == opened + 1, "awake")
    assert not any(map(shows_the_room, sink.composites))


def test_other_camera_settings_reopen_the_source(make: Callable[..., Pipeline]) -> None:
    asked: list[str] = []

    def make_source(camera: Any, _notify: Any) -> Numbered:
        asked.append(camera.source)
        return Numbered(None, live=True)

    sink = Collector()
    pipeline = make(with_value(RED, "camera.source", "1"), make_source=make_source, sinks=[sink])
    pipeline.start()
    until(lambda: len(sink.composites) > 3, "composites")
    pipeline.apply(with_value(RED, "camera.source", "2"))
    until(lambda: asked == ["1", "2"], "the other camera")
    count = len(sink.composites)
    until(lambda: len(sink.composites) > count + 5, "its pictures")
    mirrored = with_value(with_value(RED, "camera.source", "2"), "camera.mirror", True)
    pipeline.apply(mirrored)
    time.sleep(0.1)
    assert asked == ["1", "2"], "mirroring needs no other camera"


def test_a_hanging_camera_does_not_hang_the_program(make: Callable[..., Pipeline]) -> None:
    source = Numbered(None, live=True)
    released = threading.Event()
    source.read = lambda: (released.wait(30), None)[1]  # type: ignore[method-assign]
    pipeline = make(source=source)
    pipeline.start()
    time.sleep(0.1)
    started = time.monotonic()
    assert pipeline.stop(10)
    assert time.monotonic() - started < 6
    assert any("does not answer" in notice.message for notice in pipeline.notices.recent())
    released.set()


def test_a_wrong_background_ends_a_command_and_a_window_shows_a_blur(make: Callable[..., Pipeline]) -> None:
    wrong = with_value(RED, "background.choice", "plaid")
    command = make(wrong, source=Numbered(None, live=True))
    command.start()
    assert command.wait(10)
    assert isinstance(command.error, UsageError)
    sink = Collector()
    window = make(wrong, source=Numbered(None, live=True), sinks=[sink], patient=True)
    window.start()
    until(lambda: len(sink.composites) > 3, "composites")
    assert any("plaid" in notice.message for notice in window.notices.recent())


def test_a_window_plays_a_file_again_with_time_going_on(make: Callable[..., Pipeline]) -> None:
    sink = Collector()

    def make_source(_camera: Any, _notify: Any) -> Numbered:
        source = Numbered(20, live=False)
        opened = source.open

        def reopen() -> SourceInfo:
            source._index = 0
            return opened()

        source.open = reopen  # type: ignore[method-assign]
        return source

    pipeline = make(make_source=make_source, sinks=[sink], patient=True)
    pipeline.start()
    until(lambda: len(sink.composites) > 50, "three rounds")
    stamps = [composite.timestamp_ns for composite in sink.composites]
    assert stamps == sorted(set(stamps))


def test_the_preview_is_what_the_sinks_get(make: Callable[..., Pipeline]) -> None:
    sink = Collector()
    pipeline = make(source=Numbered(3, live=False), sinks=[sink])
    pipeline.start()
    assert pipeline.wait(10)
    preview = pipeline.preview.take(0)
    assert preview is not None
    assert preview.composite is sink.composites[-1]
    assert preview.matted is not None
    assert preview.matted.frame.index == preview.composite.index


def test_stopping_at_any_moment_ends_in_time(make: Callable[..., Pipeline]) -> None:
    for delay in (0.0, 0.001, 0.01, 0.05):
        sink = Collector()
        pipeline = make(matter=NumberMatter(0.01), source=Numbered(None, live=delay > 0), sinks=[sink])
        pipeline.start()
        time.sleep(delay)
        assert pipeline.stop(10)
        assert pipeline.state is State.STOPPED
        assert sink.closed == 1
