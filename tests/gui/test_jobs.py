"""Files that are dropped on the window, worked through in the background."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import av
import cv2
import pytest

from u2live.gui.drop_zone import BACKGROUND, PROCESS
from u2live.matting.matter import Matter
from u2live.paths import free_name

from .conftest import HEIGHT, WIDTH, ColorEngine, Desk, picture
from .slides import pdf


@pytest.fixture(autouse=True)
def color_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("u2live.pipeline.shared_matter.load_best_matter", lambda *_: Matter(ColorEngine()))


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


def test_slides_dropped_beside_a_video_are_not_processed_as_one(desk: Desk, clip: Path) -> None:
    desk.window.dropped([pdf(desk.folder / "talk.pdf"), clip], PROCESS)
    assert [card.title.text() for card in desk.window.cards] == ["Reading talk.pdf", "Processing clip.mp4"]
    desk.until(lambda: not any(card.running for card in desk.window.cards), 60_000)


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


def test_weights_are_downloaded_with_progress_and_chosen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from u2live.model import install
    from u2live.model.registry import REGISTRY, Found

    (tmp_path / "u2net.safetensors").write_bytes(b"")
    seen: list[str] = []

    def fetch(entry, *, progress, notify, patience=None):  # type: ignore[no-untyped-def]
        for done in range(0, 101, 25):
            time.sleep(0.1)
            progress(done * 10**6, 100 * 10**6)
        return Found(entry.name, tmp_path / "u2net.safetensors", entry)

    monkeypatch.setattr(install, "fetch", fetch)
    desk.window.arrangement.reveal("model")
    combo = desk.window.model.weights
    index = next(n for n in range(combo.count()) if combo.itemText(n).startswith("Download u2net "))
    assert f"{round(REGISTRY['u2net'].size / 1e6)} MB" in combo.itemText(index)
    combo.setCurrentIndex(index)
    combo.activated.emit(index)
    card = desk.window.cards[0]
    card.job.progressed.connect(lambda share, line: seen.append(f"{share:.2f} {line}"))
    desk.until(lambda: not card.running)
    assert "1.00 100 MB / 100 MB" in seen
    assert desk.controller.value("model.weights") == "u2net"


def test_a_download_can_be_cancelled(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from u2live.model import install

    def fetch(entry, *, progress, notify, patience=None):  # type: ignore[no-untyped-def]
        for done in range(10_000):
            progress(done, None)
            time.sleep(0.005)
        raise AssertionError("nobody stopped it")

    monkeypatch.setattr(install, "fetch", fetch)
    before = desk.controller.value("model.weights")
    desk.window.fetch_weights("u2net")
    card = desk.window.cards[0]
    desk.until(lambda: card.detail.text().endswith("B"))
    card.cancel.click()
    desk.until(lambda: not card.running)
    assert desk.window.cards == []
    assert desk.controller.value("model.weights") == before


def test_what_a_crash_left_is_offered_and_made_whole(desk: Desk) -> None:
    import os
    import signal
    import subprocess
    import sys

    folder = desk.window.outputs.folder()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "crash.mp4"
    script = f"""
import numpy as np, sys, time
from fractions import Fraction
from pathlib import Path
from u2live.sinks.recorder import Recorder
from u2live.types import Composite, Size
recorder = Recorder(Path({str(path)!r}))
recorder.open(Size(160, 90), Fraction(30))
for number in range(90):
    recorder.write(Composite(number, number * 33_333_333, np.full((90, 160, 3), number, np.uint8)))
print("written", flush=True)
time.sleep(60)
"""
    root = Path(__file__).resolve().parent.parent.parent
    with subprocess.Popen([sys.executable, "-c", script], cwd=root, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
    desk.window.look_for_unfinished()
    desk.until(lambda: desk.window.notice_bar.button.text() == "Finish them")
    desk.window.notice_bar.button.click()
    card = desk.window.cards[0]
    desk.until(lambda: not card.running)
    with av.open(str(path)) as container:
        assert sum(1 for _ in container.decode(video=0)) > 40
    desk.window.look_for_unfinished()
    desk.until(lambda: not any(thread.name == "u2live-unfinished" for thread in threading.enumerate()))
    desk.qtbot.wait(50)  # what it found is delivered
    assert desk.window.notice_bar.isHidden()
