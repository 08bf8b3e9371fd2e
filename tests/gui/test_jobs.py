"""Files that are dropped on the window, worked through in the background."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import pytest

from u2live.gui.drop_zone import BACKGROUND, PROCESS
from u2live.gui.jobs import free_name
from u2live.matting.matter import Matter

from .conftest import HEIGHT, WIDTH, ColorEngine, Desk, picture


@pytest.fixture(autouse=True)
def color_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("u2live.pipeline.process.load_best_matter", lambda *_: Matter(ColorEngine()))


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("h264", rate=30)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(24):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture(number), format="bgr24")))
        container.mux(stream.encode())
    return path


def test_a_video_is_processed_while_the_window_stays_live(desk: Desk, clip: Path) -> None:
    desk.window.dropped([clip], PROCESS)
    card = desk.window.cards[0]
    seen = desk.newest.index
    desk.until(lambda: not card.running, 60_000)
    made = clip.with_name("clip-u2live.mp4")
    assert card.show_button.isVisible()
    assert "clip-u2live.mp4" in card.detail.text()
    with av.open(str(made)) as container:
        pictures = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    assert len(pictures) == 24
    assert abs(int(pictures[10][10, 10, 0]) - 0x33) < 12  # the slate of the look of now
    desk.until(lambda: desk.newest.index > seen)
    card.cancel.click()
    assert desk.window.cards == []


def test_cancelled_leaves_nothing_behind(desk: Desk, clip: Path) -> None:
    desk.window.dropped([clip], PROCESS)
    card = desk.window.cards[0]
    card.job.cancel()
    desk.until(lambda: not card.running, 60_000)
    assert sorted(path.name for path in clip.parent.glob("clip*")) == ["clip.mp4"]


def test_a_still_becomes_its_cutout_on_the_clipboard(desk: Desk, tmp_path: Path) -> None:
    from PyQt6.QtGui import QGuiApplication

    cv2.imwrite(str(tmp_path / "still.png"), picture(3))
    desk.window.dropped([tmp_path / "still.png"], PROCESS)
    card = desk.window.cards[0]
    desk.until(lambda: not card.running, 60_000)
    made = cv2.imread(str(tmp_path / "still-u2live.png"), cv2.IMREAD_UNCHANGED)
    assert made.shape == (HEIGHT, WIDTH, 4)
    assert made[10, 10, 3] == 0
    assert made[120, 160, 3] == 255
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert clipboard.image().pixelColor(160, 120).red() > 180


def test_a_picture_dropped_on_the_other_field_is_a_background(desk: Desk, tmp_path: Path) -> None:
    import numpy as np

    cv2.imwrite(str(tmp_path / "sea.png"), np.full((90, 160, 3), (200, 30, 10), np.uint8))
    desk.window.dropped([tmp_path / "sea.png"], BACKGROUND)
    assert tuple(desk.settled()[10, 10]) == (200, 30, 10)


def test_a_file_that_cannot_be_read_says_so_on_its_card(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"not a video")
    desk.window.dropped([tmp_path / "broken.mp4"], PROCESS)
    card = desk.window.cards[0]
    desk.until(lambda: not card.running, 60_000)
    assert "broken.mp4" in card.detail.text()
    assert card.detail.property("warning")
    assert not card.show_button.isVisible()


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("")
    (tmp_path / "a-1.mp4").write_text("")
    assert free_name(tmp_path / "a.mp4") == tmp_path / "a-2.mp4"
