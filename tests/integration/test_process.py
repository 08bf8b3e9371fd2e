"""Files through the whole pipeline, read back with ffmpeg's own programs: pictures, times, sound."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.integration.av_sync import CLAPS_S, PICTURE, claps_s, flashes_s, make_clip
from tests.integration.processing import process
from tests.unit.sinks.video_files import duration_s, frame_times, needs_ffmpeg, probe
from u2live.errors import SourceError
from u2live.matting.torch_engine import TorchEngine
from u2live.pipeline.process import Interrupted, Processing, Progress, process_file
from u2live.pipeline.process_plan import Job
from u2live.pipeline.shared_matter import SharedMatter
from u2live.settings import Settings, with_text

pytestmark = needs_ffmpeg


@pytest.mark.parametrize(
    ("source", "coding", "target", "sound"),
    [
        ("in.mp4", ("-c:a", "aac"), "out.mp4", "aac"),
        pytest.param("in.mp4", ("-c:a", "aac"), "out.mkv", "aac", marks=pytest.mark.slow),
        ("in.mkv", ("-c:a", "pcm_s16le"), "out.mp4", "aac"),
        pytest.param("in.mkv", ("-c:a", "pcm_s16le"), "out.mkv", "pcm_s16le", marks=pytest.mark.slow),
        pytest.param("in.webm", ("-c:v", "libvpx", "-c:a", "libvorbis"), "out.mp4", "aac", marks=pytest.mark.slow),
        pytest.param("in.mkv", ("-c:a", "libopus"), "out.mp4", "opus", marks=pytest.mark.slow),
        pytest.param("in.avi", ("-c:v", "mpeg4", "-c:a", "libmp3lame"), "out.mp4", "mp3", marks=pytest.mark.slow),
        pytest.param("in.ts", ("-c:a", "mp2"), "out.mp4", "aac", marks=pytest.mark.slow),
        ("in.mp4", ("-c:a", "aac"), "out.webm", "opus"),
        pytest.param("in.mkv", ("-c:a", "pcm_s24le"), "out.mov", "pcm_s24le", marks=pytest.mark.slow),
    ],
)
def test_sound_stays_in_step(
    tmp_path: Path,
    file_settings: Settings,
    file_matter: SharedMatter,
    source: str,
    coding: tuple[str, ...],
    target: str,
    sound: str,
) -> None:
    clip = make_clip(tmp_path / source, *coding)
    out = tmp_path / target
    assert process(clip, out, file_settings, file_matter) == []

    assert probe(out, "-show_streams", "-select_streams", "a")["streams"][0]["codec_name"] == sound
    assert len(frame_times(out)) == len(frame_times(clip)) == 90
    assert duration_s(out) == pytest.approx(duration_s(clip), abs=0.05)
    before = np.subtract(claps_s(clip), flashes_s(clip))
    after = np.subtract(claps_s(out), flashes_s(out))
    assert len(after) == len(CLAPS_S)
    np.testing.assert_allclose(after, before, atol=0.005)
    np.testing.assert_allclose(np.diff(flashes_s(out)), np.diff(CLAPS_S), atol=0.002)


def test_every_sound_stream_is_kept(tmp_path: Path, file_settings: Settings, file_matter: SharedMatter) -> None:
    both = ("-map", "0", "-map", "1", "-map", "1", "-c:a:0", "aac", "-c:a:1", "pcm_s16le")
    names = ("-metadata:s:a:0", "language=deu", "-metadata:s:a:1", "language=fra")
    clip = make_clip(tmp_path / "in.mkv", *both, *names)
    process(clip, tmp_path / "out.mp4", file_settings, file_matter)
    streams = probe(tmp_path / "out.mp4", "-show_streams", "-select_streams", "a")["streams"]
    assert [stream["codec_name"] for stream in streams] == ["aac", "aac"]
    assert [stream["tags"]["language"] for stream in streams] == ["deu", "fra"]
    np.testing.assert_allclose(claps_s(tmp_path / "out.mp4", 1), CLAPS_S, atol=0.005)


@pytest.mark.parametrize("late_s", [0.4, -0.4])
def test_sound_that_begins_later_or_earlier_than_the_picture(
    tmp_path: Path, file_settings: Settings, file_matter: SharedMatter, late_s: float
) -> None:
    whole = make_clip(tmp_path / "whole.mkv")
    clip = tmp_path / "in.mkv"
    shifted = ["-itsoffset", str(max(late_s, 0)), "-i", str(whole), "-itsoffset", str(max(-late_s, 0)), "-i", str(whole)]
    maps = ["-map", "0:a", "-map", "1:v", "-c", "copy", str(clip)]
    subprocess.run(["ffmpeg", "-v", "error", *shifted, *maps], check=True)
    process(clip, tmp_path / "out.mp4", file_settings, file_matter)
    distance = np.subtract(claps_s(tmp_path / "out.mp4"), flashes_s(tmp_path / "out.mp4"))
    np.testing.assert_allclose(distance, late_s, atol=0.03)
    assert len(frame_times(tmp_path / "out.mp4")) == 90


def test_a_variable_rate_keeps_its_times(tmp_path: Path, file_settings: Settings, file_matter: SharedMatter) -> None:
    uneven = PICTURE + ",select='not(between(n,10,30))*not(mod(n,3)*gt(n,50))'"
    clip = make_clip(tmp_path / "in.mkv", "-fps_mode", "vfr", "-c:a", "aac", picture=uneven)
    process(clip, tmp_path / "out.mp4", file_settings, file_matter)
    wanted = np.array(frame_times(clip))
    np.testing.assert_allclose(frame_times(tmp_path / "out.mp4"), wanted - wanted[0], atol=0.0006)


def test_the_best_quality_gives_every_frame_too(tmp_path: Path, file_settings: Settings, file_matter: SharedMatter) -> None:
    clip = make_clip(tmp_path / "in.mp4", "-t", "0.2", "-c:a", "aac")
    best = with_text(with_text(file_settings, "background.choice=color:#00b140"), "recording.quality=best")
    assert process(clip, tmp_path / "out.mp4", best, file_matter) == []
    assert len(frame_times(tmp_path / "out.mp4")) == len(frame_times(clip)) == 6


@pytest.mark.parametrize(("quality", "still", "runs"), [("good", False, 6), ("best", False, 12), ("good", True, 2)])
def test_what_can_wait_is_seen_twice(
    tmp_path: Path,
    file_settings: Settings,
    file_matter: SharedMatter,
    monkeypatch: pytest.MonkeyPatch,
    quality: str,
    still: bool,
    runs: int,
) -> None:
    clip = make_clip(tmp_path / "in.mp4", "-t", "0.2", "-c:a", "aac")
    picture = tmp_path / "in.png"
    cv2.imwrite(str(picture), np.zeros((36, 64, 3), np.uint8))
    settings = with_text(with_text(file_settings, "background.choice=color:#00b140"), f"recording.quality={quality}")
    file_matter(settings, lambda _: None)  # a new engine tries itself
    seen: list[np.ndarray] = []
    infer = TorchEngine.infer

    def counted(engine: TorchEngine, pixels: np.ndarray) -> np.ndarray:
        seen.append(pixels)
        return infer(engine, pixels)

    monkeypatch.setattr(TorchEngine, "infer", counted)
    process(picture if still else clip, tmp_path / ("out.png" if still else "out.mp4"), settings, file_matter)
    assert len(seen) == runs
    if runs != 6:
        np.testing.assert_array_equal(seen[0][:, ::-1], seen[1])


def test_an_interrupted_file_leaves_nothing(tmp_path: Path, file_settings: Settings, file_matter: SharedMatter) -> None:
    clip = make_clip(tmp_path / "in.mp4")
    stop = threading.Event()

    def stop_soon(progress: Progress) -> None:
        if progress.frames > 5:
            stop.set()

    slow = with_text(file_settings, "background.choice=blur:30")
    with pytest.raises(Interrupted):
        process_file(
            Job(clip, tmp_path / "out.mp4"),
            Processing(slow),
            matter=file_matter,
            notify=lambda _: None,
            progress=stop_soon,
            interrupted=stop,
        )
    assert [entry.name for entry in tmp_path.iterdir()] == ["in.mp4"]


def test_a_file_that_breaks_off_keeps_what_there_is_and_says_so(
    tmp_path: Path, file_settings: Settings, file_matter: SharedMatter
) -> None:
    clip = make_clip(tmp_path / "in.mkv", "-c:v", "libx264", "-g", "15", "-c:a", "aac", picture=PICTURE + ",noise=alls=40")
    data = clip.read_bytes()
    clip.write_bytes(data[: len(data) // 2])
    process(clip, tmp_path / "out.mkv", file_settings, file_matter)
    assert 20 < len(frame_times(tmp_path / "out.mkv")) < 80


def test_nothing_that_can_be_decoded_is_an_error_and_leaves_nothing(
    tmp_path: Path, file_settings: Settings, file_matter: SharedMatter
) -> None:
    (tmp_path / "in.mp4").write_text("no video, just words\n" * 50)
    with pytest.raises(SourceError):
        process(tmp_path / "in.mp4", tmp_path / "out.mp4", file_settings, file_matter)
    assert [entry.name for entry in tmp_path.iterdir()] == ["in.mp4"]
