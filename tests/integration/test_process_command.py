"""The command `process`: folders, questions, mistakes, full disks, signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.integration.av_sync import PICTURE, make_clip
from tests.integration.processing import options
from tests.unit.sinks.video_files import frame_times, needs_ffmpeg
from u2live.cli import main

pytestmark = needs_ffmpeg

REPOSITORY = Path(__file__).resolve().parents[2]


def test_a_folder_gives_a_folder_and_goes_on_after_bad_files(
    tmp_path: Path, student_weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = tmp_path / "in"
    (inputs / "deeper").mkdir(parents=True)
    make_clip(inputs / "clip.mkv")
    (inputs / "bad.mp4").write_text("no video")
    (inputs / "notes.txt").write_text("nothing to work on")
    still = np.random.default_rng(0).integers(0, 255, (90, 120, 3), dtype=np.uint8)
    cv2.imwrite(str(inputs / "deeper" / "still.bmp"), still)
    (inputs / "empty.jpg").write_bytes(b"")

    code = main(["process", str(inputs), "--output", str(tmp_path / "out"), "--json", *options(student_weights)])
    out, err = capsys.readouterr()
    report = json.loads(out)
    assert code == 1
    assert report["failed"] == 2
    made = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert made == ["clip.mkv", "deeper/still.png"]
    np.testing.assert_array_equal(cv2.imread(str(tmp_path / "out/deeper/still.png")), still)
    assert "bad.mp4:" not in err, "a bar"
    assert "clip.mkv: 100%" in err
    assert "bad.mp4" in err
    assert "empty.jpg" in err
    assert "Traceback" not in err

    code = main(["process", str(inputs), "--output", str(tmp_path / "out"), "--json", *options(student_weights, "--resume")])
    report = json.loads(capsys.readouterr().out)
    assert [file.get("skipped", False) for file in report["files"] if "error" not in file] == [True, True]


def test_what_is_there_is_not_replaced(
    tmp_path: Path, student_weights: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    clip = make_clip(tmp_path / "in.mp4")
    out = tmp_path / "out.mp4"
    out.write_bytes(b"mine")
    arguments = ["process", str(clip), "--output", str(out), *options(student_weights)]
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
    student_weights: Path,
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
    assert main([*arguments, *options(student_weights)]) == code
    told = capsys.readouterr().err.strip().replace("\r", "\n").split("\n")
    assert len(told) == 1, "nor is there a bar of a file that was never begun"
    assert told[0].startswith("u2live:")
    assert words in told[0]
    assert not list(tmp_path.glob(".*part*"))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may mount a small disk")
@pytest.mark.parametrize(
    "ending", ["mp4", pytest.param("mkv", marks=pytest.mark.slow), pytest.param("png", marks=pytest.mark.slow)]
)
def test_a_full_disk_is_one_clear_line_and_leaves_nothing(
    tmp_path: Path, student_weights: Path, capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        clip = make_clip(tmp_path / "in.mp4", picture=PICTURE + ",noise=alls=60:allf=t")
        code = main(["process", str(clip), "--output", f"{disk}/out", "--format", ending, *options(student_weights)])
        lines = [line for line in capsys.readouterr().err.replace("\r", "\n").split("\n") if line.startswith("u2live:")]
        assert code == 1
        assert len(lines) == 1
        assert "full" in lines[0]
        assert [path for path in disk.rglob("*") if path.is_file()] == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_signals_remove_what_is_not_finished(tmp_path: Path, student_weights: Path, number: int) -> None:
    clip = make_clip(tmp_path / "in.mp4", "-c:v", "libx264", picture=PICTURE.replace(":d=3.0", ":d=600"))
    (tmp_path / "out").mkdir()
    command = [sys.executable, "main.py", "process", str(clip), "--output", str(tmp_path / "out" / "out.mp4")]
    process = subprocess.Popen(
        [*command, *options(student_weights)], cwd=REPOSITORY, stderr=subprocess.PIPE, text=True, start_new_session=True
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
