"""What every sink keeps to, whatever it writes to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.unit.sinks.video_files import composites
from u2live.errors import SinkError
from u2live.sinks.recorder import Layout, Recorder
from u2live.sinks.sink import Delivery, Sink
from u2live.types import Composite, Size

MakeSink = Callable[[Path], Sink]

SINKS: dict[str, MakeSink] = {
    "recorder-mp4": lambda folder: Recorder(folder / "out.mp4", overwrite=True),
    "recorder-mkv": lambda folder: Recorder(folder / "out.mkv", overwrite=True),
    "recorder-finished": lambda folder: Recorder(folder / "out.mp4", layout=Layout.FINISHED),
}


@pytest.fixture(params=SINKS)
def sink(request: pytest.FixtureRequest, tmp_path: Path) -> Sink:
    return SINKS[request.param](tmp_path)


SIZE = Size(160, 96)
RATE = Fraction(30)


def pictures() -> list[Composite]:
    made = composites([i / 30 for i in range(6)], SIZE.width, SIZE.height)
    for composite in made:
        composite.pixels.flags.writeable = False  # a sink that writes into what others look at fails here
    return made


def test_it_says_what_it_is(sink: Sink) -> None:
    assert sink.name
    assert isinstance(sink.delivery, Delivery)


def test_open_write_close(sink: Sink) -> None:
    sink.open(SIZE, RATE)
    for composite in pictures():
        sink.write(composite)
    sink.close()


def test_closing_is_harmless_before_after_and_twice(sink: Sink) -> None:
    sink.close()
    sink.open(SIZE, RATE)
    sink.close()
    sink.close()


def test_it_can_be_opened_again(sink: Sink) -> None:
    for _ in range(2):
        sink.open(SIZE, RATE)
        for composite in pictures():
            sink.write(composite)
        sink.close()
    if isinstance(sink, Recorder):
        sink.discard()


def test_writing_without_opening_is_a_sink_error(sink: Sink) -> None:
    with pytest.raises(SinkError):
        sink.write(pictures()[0])


def test_pictures_are_not_changed(sink: Sink) -> None:
    before = [composite.pixels.copy() for composite in pictures()]
    written = pictures()
    sink.open(SIZE, RATE)
    for composite in written:
        sink.write(composite)
    sink.close()
    for old, new in zip(before, written, strict=True):
        np.testing.assert_array_equal(old, new.pixels)


def test_other_sizes_and_transparency_are_taken(sink: Sink) -> None:
    sink.open(SIZE, RATE)
    first, second, third, *_ = pictures()
    sink.write(first)
    sink.write(Composite(second.index, second.timestamp_ns, np.zeros((301, 77, 3), np.uint8)))
    alpha = np.full((SIZE.height, SIZE.width), 128, np.uint8)
    sink.write(Composite(third.index, third.timestamp_ns, third.pixels, alpha))
    sink.close()


def test_views_that_are_not_contiguous_are_taken(sink: Sink) -> None:
    sink.open(SIZE, RATE)
    for composite in pictures():
        sink.write(Composite(composite.index, composite.timestamp_ns, composite.pixels[::-1, ::-1]))
    sink.close()


def test_odd_rates_are_taken(sink: Sink) -> None:
    for rate in (Fraction(30000, 1001), Fraction(1, 2), Fraction(1000)):
        sink.open(SIZE, rate)
        sink.write(pictures()[0])
        sink.close()


def test_no_thread_stays(sink: Sink) -> None:
    before = threading.active_count()
    sink.open(SIZE, RATE)
    sink.write(pictures()[0])
    sink.close()
    assert threading.active_count() <= before
