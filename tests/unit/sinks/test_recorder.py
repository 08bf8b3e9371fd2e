"""The recorder's files, read back with ffmpeg's own programs."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.unit.sinks.video_files import (
    START_NS,
    composites,
    decoded,
    duration_s,
    frame_times,
    needs_ffmpeg,
    video_stream,
)
from u2live.errors import SinkError, UsageError
from u2live.sinks.recorder import Content, Layout, Recorder
from u2live.types import Composite, Notice, Size

pytestmark = needs_ffmpeg

ENDINGS = ("mp4", "mkv")
LAYOUTS = tuple(Layout)


def record(recorder: Recorder, pictures: list[Composite], rate: Fraction = Fraction(30)) -> None:
    height, width = pictures[0].pixels.shape[:2]
    recorder.open(Size(width, height), rate)
    for picture in pictures:
        recorder.write(picture)
    recorder.close()
    recorder.keep()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("ending", ENDINGS)
def test_every_picture_once_with_its_colours(tmp_path: Path, ending: str, layout: Layout) -> None:
    path = tmp_path / f"out.{ending}"
    pictures = composites([i / 30 for i in range(45)])
    record(Recorder(path, layout=layout), pictures)

    stream = video_stream(path)
    assert int(stream["nb_read_frames"]) == 45
    assert (stream["codec_name"], stream["pix_fmt"]) == ("h264", "yuv420p")
    tags = [stream[f"color_{tag}"] for tag in ("range", "space", "primaries", "transfer")]
    assert tags == ["tv", "bt709", "bt709", "bt709"]
    assert duration_s(path) == pytest.approx(1.5, abs=0.04)
    back = decoded(path)
    for wanted, got in zip(pictures, back, strict=True):
        flat = cv2.dilate(wanted.pixels, np.ones((7, 7))) == cv2.erode(wanted.pixels, np.ones((7, 7)))
        difference = got.astype(int) - wanted.pixels
        assert np.abs(difference[flat]).mean() < 3
        assert np.abs(difference).mean() < 5, "with the edges, where colour is half as fine"
        assert np.abs(difference.mean((0, 1))).max() < 1, "a colour cast"


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_variable_rate_keeps_its_times(tmp_path: Path, ending: str, layout: Layout) -> None:
    path = tmp_path / f"out.{ending}"
    times = [0.0, 0.033, 0.066, 0.31, 0.32, 0.9, 2.5, 2.51, 2.52, 3.7]
    record(Recorder(path, layout=layout), composites(times))
    assert frame_times(path) == pytest.approx(times, abs=0.0006)


def test_the_same_timestamp_twice_is_still_two_pictures(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    record(Recorder(path), composites([0.0, 0.1, 0.1, 0.099, 0.2]))
    times = frame_times(path)
    assert len(times) == 5
    assert times == sorted(set(times))


def test_a_source_that_starts_again_continues(tmp_path: Path) -> None:
    path = tmp_path / "out.mkv"
    record(Recorder(path), composites([0.0, 0.1, 0.2, 0.0, 0.1, 0.2]), Fraction(10))
    assert frame_times(path) == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5], abs=0.002)


def test_an_odd_size_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    pictures = composites([0.0, 0.1, 0.2], 161, 99)
    record(Recorder(path), pictures)
    back = decoded(path)
    assert back.shape == (3, 100, 162, 3)
    assert np.abs(back[0, :99, :161].astype(int) - pictures[0].pixels).mean() < 4
    assert np.abs(back[0, 99].astype(int) - back[0, 98]).mean() < 4


def test_another_size_is_fitted_with_bars(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    recorder = Recorder(path)
    recorder.open(Size(320, 192), Fraction(30))
    white = np.full((192, 320, 3), 255, np.uint8)
    recorder.write(Composite(0, START_NS, white))
    recorder.write(Composite(1, START_NS + 10**8, np.full((400, 200, 3), 255, np.uint8)))
    recorder.close()
    back = decoded(path)
    assert back.shape == (2, 192, 320, 3)
    assert back[1, 96, 160].min() > 245
    assert back[1, 96, :90].max() < 12
    assert back[1, 96, 230:].max() < 12


def test_a_transparent_composite_lies_over_black_and_this_is_said_once(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    notices: list[Notice] = []
    alpha = np.zeros((192, 320), np.uint8)
    alpha[:, 160:] = 255
    pictures = [Composite(c.index, c.timestamp_ns, np.full_like(c.pixels, 200), alpha) for c in composites([0, 0.1])]
    record(Recorder(path, notify=notices.append), pictures)
    back = decoded(path)[0]
    assert back[:, :150].max() < 8
    assert back[:, 170:].min() > 190
    assert len(notices) == 1


def test_status_tells_length_and_size(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    recorder = Recorder(path)
    assert recorder.status.seconds == 0
    record(recorder, composites([i / 10 for i in range(20)]), Fraction(10))
    assert recorder.status.seconds == pytest.approx(2.0, abs=0.01)
    assert recorder.status.size_bytes == path.stat().st_size
    assert recorder.status.frames == 20


def test_an_existing_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_bytes(b"mine")
    with pytest.raises(SinkError, match="exists already"):
        Recorder(path).open(Size(64, 64), Fraction(30))
    assert path.read_bytes() == b"mine"
    record(Recorder(path, overwrite=True), composites([0.0, 0.1]))
    assert len(frame_times(path)) == 2


def test_nothing_recorded_leaves_no_file(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "out.mp4")
    recorder.open(Size(64, 64), Fraction(30))
    recorder.close()
    recorder.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nowhere/out.mp4", "does not exist"),
        ("file/out.mp4", "not a folder"),
    ],
)
def test_places_that_cannot_be_written(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SinkError, match=words) as caught:
        Recorder(tmp_path / name).open(Size(64, 64), Fraction(30))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["out.xyz", "out"])
def test_a_name_that_is_no_video_is_wrong_usage(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="ends with") as caught:
        Recorder(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_an_unknown_quality_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="small, good, best, edit"):
        Recorder(tmp_path / "out.mp4", "superb")


def test_quality_orders_the_sizes(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 40, (20, 192, 320, 3), dtype=np.uint8)
    sizes = []
    for quality in ("small", "good", "best", "edit"):
        path = tmp_path / f"{quality}.mp4"
        pictures = [Composite(i, START_NS + i * 10**8, picture) for i, picture in enumerate(noise)]
        record(Recorder(path, quality), pictures)
        sizes.append(path.stat().st_size)
    assert sizes == sorted(set(sizes))


def test_a_finished_file_has_its_name_only_when_it_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    recorder = Recorder(path, layout=Layout.FINISHED)
    recorder.open(Size(320, 192), Fraction(30))
    for picture in composites([0.0, 0.1]):
        recorder.write(picture)
        assert not path.exists()
    recorder.close()
    assert not path.exists()
    recorder.keep()
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.mp4"]


def test_a_finished_file_that_is_discarded_leaves_nothing_and_what_was_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_bytes(b"mine")
    recorder = Recorder(path, layout=Layout.FINISHED, overwrite=True)
    recorder.open(Size(320, 192), Fraction(30))
    recorder.write(composites([0.0])[0])
    recorder.close()
    recorder.discard()
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.mp4"]
    assert path.read_bytes() == b"mine"


def test_a_name_taken_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    recorder = Recorder(path, layout=Layout.FINISHED)
    recorder.open(Size(320, 192), Fraction(30))
    recorder.write(composites([0.0])[0])
    recorder.close()
    path.write_bytes(b"mine")
    with pytest.raises(SinkError, match="exists already"):
        recorder.keep()
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.mp4"]
    assert path.read_bytes() == b"mine"


def test_the_matte_in_grey(tmp_path: Path) -> None:
    path = tmp_path / "out.mkv"
    alpha = np.tile(np.linspace(0, 255, 320).astype(np.uint8), (192, 1))
    pictures = [Composite(c.index, c.timestamp_ns, c.pixels, alpha) for c in composites([0, 0.1])]
    record(Recorder(path, content=Content.MATTE), pictures)
    back = decoded(path)[1].astype(int)
    assert np.abs(back - alpha[:, :, None]).mean() < 2
    assert np.abs(back[..., 0] - back[..., 2]).max() <= 3
