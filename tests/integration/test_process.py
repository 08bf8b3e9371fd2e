"""Files through the whole pipeline, read back with ffmpeg's own programs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.integration.av_sync import CLAPS_S, PICTURE, claps_s, flashes_s, make_clip
from tests.unit.sinks.video_files import decoded, duration_s, frame_times, needs_ffmpeg, probe
from u2live.cli import main
from u2live.errors import SourceError
from u2live.pipeline.process import Interrupted, Processing, Progress, SharedMatter, process_file
from u2live.pipeline.process_plan import Job
from u2live.settings import Settings, with_text

pytestmark = needs_ffmpeg

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def matter() -> Iterator[SharedMatter]:
    shared = SharedMatter()
    yield shared
    shared.close()


@pytest.fixture
def settings(u2netp_weights: Path) -> Settings:
    """Without an effect: what these tests are about is files, not mattes."""
    wanted = with_text(Settings(), f"model.weights={u2netp_weights}")
    wanted = with_text(wanted, "model.engine=torch")
    return with_text(wanted, "background.choice=original")


def process(source: Path, target: Path, settings: Settings, matter: SharedMatter, **more: Any) -> list[str]:
    told: list[str] = []
    process_file(Job(source, target), Processing(settings, **more), matter=matter, notify=lambda n: told.append(n.message))
    return told


@pytest.mark.parametrize(
    ("source", "coding", "target", "sound"),
    [
        ("in.mp4", ("-c:a", "aac"), "out.mp4", "aac"),
        pytest.param("in.mp4", ("-c:a", "aac"), "out.mkv", "aac", marks=pytest.mark.slow),
        ("in.mkv", ("-c:a", "pcm_s16le"), "out.mp4", "aac"),
        pytest.param("in.mkv", ("-c:a", "pcm_s16le"), "out.mkv", "pcm_s16le", marks=pytest.mark.slow),
        pytest.param("in.webm", ("-c:v", "libvpx", "-c:a", "libvorbis"), "out.mp4", "aac", marks=pytest.mark.slow),
        pytest.param("in.mkv", ("-c:a", "libopus"), "out.mp4", "opus", marks=pytest.mark.slow),
        ("in.avi", ("-c:v", "mpeg4", "-c:a", "libmp3lame"), "out.mp4", "mp3"),
        pytest.param("in.ts", ("-c:a", "mp2"), "out.mp4", "aac", marks=pytest.mark.slow),
        ("in.mp4", ("-c:a", "aac"), "out.webm", "opus"),
        ("in.mkv", ("-c:a", "pcm_s24le"), "out.mov", "pcm_s24le"),
    ],
)
def test_sound_stays_in_step(
    tmp_path: Path, settings: Settings, matter: SharedMatter, source: str, coding: tuple[str, ...], target: str, sound: str
) -> None:
    clip = make_clip(tmp_path / source, *coding)
    out = tmp_path / target
    assert process(clip, out, settings, matter) == []

    assert probe(out, "-show_streams", "-select_streams", "a")["streams"][0]["codec_name"] == sound
    assert len(frame_times(out)) == len(frame_times(clip)) == 90
    assert duration_s(out) == pytest.approx(duration_s(clip), abs=0.05)
    before = np.subtract(claps_s(clip), flashes_s(clip))
    after = np.subtract(claps_s(out), flashes_s(out))
    assert len(after) == len(CLAPS_S)
    np.testing.assert_allclose(after, before, atol=0.005)
    np.testing.assert_allclose(np.diff(flashes_s(out)), np.diff(CLAPS_S), atol=0.002)


def test_every_sound_stream_is_kept(tmp_path: Path, settings: Settings, matter: SharedMatter) -> None:
    both = ("-map", "0", "-map", "1", "-map", "1", "-c:a:0", "aac", "-c:a:1", "pcm_s16le")
    names = ("-metadata:s:a:0", "language=deu", "-metadata:s:a:1", "language=fra")
    clip = make_clip(tmp_path / "in.mkv", *both, *names)
    process(clip, tmp_path / "out.mp4", settings, matter)
    streams = probe(tmp_path / "out.mp4", "-show_streams", "-select_streams", "a")["streams"]
    assert [stream["codec_name"] for stream in streams] == ["aac", "aac"]
    assert [stream["tags"]["language"] for stream in streams] == ["deu", "fra"]
    np.testing.assert_allclose(claps_s(tmp_path / "out.mp4", 1), CLAPS_S, atol=0.005)


@pytest.mark.parametrize("late_s", [0.4, -0.4])
def test_sound_that_begins_later_or_earlier_than_the_picture(
    tmp_path: Path, settings: Settings, matter: SharedMatter, late_s: float
) -> None:
    whole = make_clip(tmp_path / "whole.mkv")
    clip = tmp_path / "in.mkv"
    shifted = ["-itsoffset", str(max(late_s, 0)), "-i", str(whole), "-itsoffset", str(max(-late_s, 0)), "-i", str(whole)]
    maps = ["-map", "0:a", "-map", "1:v", "-c", "copy", str(clip)]
    subprocess.run(["ffmpeg", "-v", "error", *shifted, *maps], check=True)
    process(clip, tmp_path / "out.mp4", settings, matter)
    distance = np.subtract(claps_s(tmp_path / "out.mp4"), flashes_s(tmp_path / "out.mp4"))
    np.testing.assert_allclose(distance, late_s, atol=0.03)
    assert len(frame_times(tmp_path / "out.mp4")) == 90


def test_a_variable_rate_keeps_its_times(tmp_path: Path, settings: Settings, matter: SharedMatter) -> None:
    uneven = PICTURE + ",select='not(between(n,10,30))*not(mod(n,3)*gt(n,50))'"
    clip = make_clip(tmp_path / "in.mkv", "-fps_mode", "vfr", "-c:a", "aac", picture=uneven)
    process(clip, tmp_path / "out.mp4", settings, matter)
    wanted = np.array(frame_times(clip))
    np.testing.assert_allclose(frame_times(tmp_path / "out.mp4"), wanted - wanted[0], atol=0.0006)


def test_the_best_quality_gives_every_frame_too(tmp_path: Path, settings: Settings, matter: SharedMatter) -> None:
    clip = make_clip(tmp_path / "in.mp4", "-t", "0.4", "-c:a", "aac")
    best = with_text(with_text(settings, "background.choice=color:#00b140"), "recording.quality=best")
    assert process(clip, tmp_path / "out.mp4", best, matter) == []
    assert len(frame_times(tmp_path / "out.mp4")) == len(frame_times(clip)) == 12


BARS = "smptehdbars=s=640x360:r=10:d=0.5,format=gbrp"
CODINGS = {
    "bt709": ("scale=out_color_matrix=bt709:out_range=tv,format=yuv420p", "bt709", "tv"),
    "bt601": ("scale=out_color_matrix=bt601:out_range=tv,format=yuv420p", "smpte170m", "tv"),
    "full": ("scale=out_color_matrix=bt709:out_range=pc,format=yuv420p", "bt709", "pc"),
    "10-bit": ("scale=out_color_matrix=bt709:out_range=tv,format=yuv420p10le", "bt709", "tv"),
    "4:4:4": ("scale=out_color_matrix=bt709:out_range=tv,format=yuv444p", "bt709", "tv"),
}


def raw_pictures(*arguments: str) -> np.ndarray:
    command = ["ffmpeg", "-v", "error", *arguments, "-f", "rawvideo", "-pix_fmt", "bgr24", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    return np.frombuffer(done.stdout, np.uint8)


@pytest.mark.parametrize(
    "coding", [pytest.param(name, marks=() if name in ("bt601", "full") else pytest.mark.slow) for name in CODINGS]
)
@pytest.mark.parametrize("target", ["out.mp4", pytest.param("out.webm", marks=pytest.mark.slow)])
def test_colour_bars_come_through(
    tmp_path: Path, settings: Settings, matter: SharedMatter, coding: str, target: str
) -> None:
    filters, matrix, colour_range = CODINGS[coding]
    tags = ["-colorspace", matrix, "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", colour_range]
    source = ["-f", "lavfi", "-i", BARS]
    clip = tmp_path / "in.mkv"
    encoding = ["-vf", filters, "-c:v", "libx264", "-crf", "4", *tags]
    subprocess.run(["ffmpeg", "-v", "error", *source, *encoding, str(clip)], check=True)
    wanted = raw_pictures(*source).reshape(-1, 360, 640, 3).astype(int)
    process(clip, tmp_path / target, settings, matter)
    got = decoded(tmp_path / target)
    assert got.shape == wanted.shape
    middles = np.abs(got - wanted)[:, 40:180:20, 45:600:69]  # within the large bars
    assert middles.max() <= 6
    assert middles.mean() < 2


def test_a_telephone_held_upright_gives_an_upright_video(tmp_path: Path, settings: Settings, matter: SharedMatter) -> None:
    lying, clip = tmp_path / "lying.mp4", tmp_path / "in.mp4"
    source = ["-f", "lavfi", "-i", BARS, "-pix_fmt", "yuv420p", "-crf", "4"]
    subprocess.run(["ffmpeg", "-v", "error", *source, str(lying)], check=True)
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(lying), "-c", "copy", "-metadata:s:v:0", "rotate=90", str(clip)], check=True
    )
    process(clip, tmp_path / "out.mp4", settings, matter)
    wanted = raw_pictures("-i", str(clip)).reshape(-1, 640, 360, 3).astype(int)
    got = decoded(tmp_path / "out.mp4")
    assert got.shape == wanted.shape
    assert np.abs(got - wanted).mean() < 6  # ffmpeg takes untagged bars for BT.601, we small ones too


def test_an_interrupted_file_leaves_nothing(tmp_path: Path, settings: Settings, matter: SharedMatter) -> None:
    clip = make_clip(tmp_path / "in.mp4")
    stop = threading.Event()

    def stop_soon(progress: Progress) -> None:
        if progress.frames > 5:
            stop.set()

    slow = with_text(settings, "background.choice=blur:30")
    with pytest.raises(Interrupted):
        process_file(
            Job(clip, tmp_path / "out.mp4"),
            Processing(slow),
            matter=matter,
            notify=lambda _: None,
            progress=stop_soon,
            interrupted=stop,
        )
    assert [entry.name for entry in tmp_path.iterdir()] == ["in.mp4"]


def test_a_file_that_breaks_off_keeps_what_there_is_and_says_so(
    tmp_path: Path, settings: Settings, matter: SharedMatter
) -> None:
    clip = make_clip(tmp_path / "in.mkv", "-c:v", "libx264", "-g", "15", "-c:a", "aac", picture=PICTURE + ",noise=alls=40")
    data = clip.read_bytes()
    clip.write_bytes(data[: len(data) // 2])
    process(clip, tmp_path / "out.mkv", settings, matter)
    assert 20 < len(frame_times(tmp_path / "out.mkv")) < 80


def test_nothing_that_can_be_decoded_is_an_error_and_leaves_nothing(
    tmp_path: Path, settings: Settings, matter: SharedMatter
) -> None:
    (tmp_path / "in.mp4").write_text("no video, just words\n" * 50)
    with pytest.raises(SourceError):
        process(tmp_path / "in.mp4", tmp_path / "out.mp4", settings, matter)
    assert [entry.name for entry in tmp_path.iterdir()] == ["in.mp4"]


def options(u2netp_weights: Path, *more: str) -> list[str]:
    return ["--weights", str(u2netp_weights), "--engine", "torch", "--background", "original", *more]


def test_a_folder_gives_a_folder_and_goes_on_after_bad_files(
    tmp_path: Path, u2netp_weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = tmp_path / "in"
    (inputs / "deeper").mkdir(parents=True)
    make_clip(inputs / "clip.mkv")
    (inputs / "bad.mp4").write_text("no video")
    (inputs / "notes.txt").write_text("nothing to work on")
    still = np.random.default_rng(0).integers(0, 255, (90, 120, 3), dtype=np.uint8)
    cv2.imwrite(str(inputs / "deeper" / "still.bmp"), still)
    (inputs / "empty.jpg").write_bytes(b"")

    code = main(["process", str(inputs), "--output", str(tmp_path / "out"), "--json", *options(u2netp_weights)])
    out, err = capsys.readouterr()
    report = json.loads(out)
    assert code == 1
    assert report["failed"] == 2
    made = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert made == ["clip.mkv", "deeper/still.png"]
    np.testing.assert_array_equal(cv2.imread(str(tmp_path / "out/deeper/still.png")), still)
    assert "bad.mp4" in err
    assert "empty.jpg" in err
    assert "Traceback" not in err

    code = main(["process", str(inputs), "--output", str(tmp_path / "out"), "--json", *options(u2netp_weights, "--resume")])
    report = json.loads(capsys.readouterr().out)
    assert [file.get("skipped", False) for file in report["files"] if "error" not in file] == [True, True]


def test_what_is_there_is_not_replaced(
    tmp_path: Path, u2netp_weights: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    clip = make_clip(tmp_path / "in.mp4")
    out = tmp_path / "out.mp4"
    out.write_bytes(b"mine")
    arguments = ["process", str(clip), "--output", str(out), *options(u2netp_weights)]
    assert main(arguments) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert out.read_bytes() == b"mine"
    assert main([*arguments, "--overwrite"]) == 0
    assert len(frame_times(out)) == 90


@pytest.mark.parametrize(
    ("source", "target", "code", "words"),
    [
        ("missing.mp4", "out.mp4", 1, "there is no"),
        ("words.mp4", "out.mp4", 1, "words.mp4"),
        ("empty.png", "out.png", 1, "empty"),
        ("clip.mp4", "out.xyz", 2, "ends with"),
        ("clip.mp4", "words.mp4/out.mp4", 1, "cannot be made"),
        ("clip.mp4", "clip.mp4", 1, "its own result"),
        ("words.mp4/folder", "out.mp4", 1, "words.mp4"),
        ("bare", "out", 1, "no video and no picture"),
    ],
)
def test_bad_inputs_are_one_clear_line(
    tmp_path: Path,
    u2netp_weights: Path,
    capsys: pytest.CaptureFixture[str],
    source: str,
    target: str,
    code: int,
    words: str,
) -> None:
    (tmp_path / "words.mp4").write_text("just words\n" * 20)
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "bare").mkdir()
    make_clip(tmp_path / "clip.mp4")
    arguments = ["process", str(tmp_path / source), "--output", str(tmp_path / target), "--overwrite"]
    assert main([*arguments, *options(u2netp_weights)]) == code
    lines = [line for line in capsys.readouterr().err.replace("\r", "\n").split("\n") if line.startswith("u2live:")]
    assert len(lines) == 1
    assert words in lines[0]
    assert not list(tmp_path.glob(".*part*"))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may mount a small disk")
@pytest.mark.parametrize(
    "ending", ["mp4", pytest.param("mkv", marks=pytest.mark.slow), pytest.param("png", marks=pytest.mark.slow)]
)
def test_a_full_disk_is_one_clear_line_and_leaves_nothing(
    tmp_path: Path, u2netp_weights: Path, capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        clip = make_clip(tmp_path / "in.mp4", picture=PICTURE + ",noise=alls=60:allf=t")
        code = main(["process", str(clip), "--output", f"{disk}/out", "--format", ending, *options(u2netp_weights)])
        lines = [line for line in capsys.readouterr().err.replace("\r", "\n").split("\n") if line.startswith("u2live:")]
        assert code == 1
        assert len(lines) == 1
        assert "full" in lines[0]
        assert [path for path in disk.rglob("*") if path.is_file()] == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_signals_remove_what_is_not_finished(tmp_path: Path, u2netp_weights: Path, number: int) -> None:
    clip = make_clip(tmp_path / "in.mp4", "-c:v", "libx264", picture=PICTURE.replace(":d=3.0", ":d=600"))
    (tmp_path / "out").mkdir()
    command = [sys.executable, "main.py", "process", str(clip), "--output", str(tmp_path / "out" / "out.mp4")]
    process = subprocess.Popen(
        [*command, *options(u2netp_weights)], cwd=REPOSITORY, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    deadline = time.monotonic() + 60
    while not list((tmp_path / "out").iterdir()) and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.05)
    assert list((tmp_path / "out").iterdir()), "it never started writing"
    assert not (tmp_path / "out" / "out.mp4").exists()
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted" in err
    assert "Traceback" not in err
    assert list((tmp_path / "out").iterdir()) == []
