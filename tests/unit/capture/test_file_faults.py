"""Video files: everything that can be wrong with one."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import av
import numpy as np
import pytest

from tests.unit.capture import media
from u2live.capture.file import FileSource
from u2live.errors import SourceError
from u2live.types import Level, Notice


def test_cut_off_file_gives_what_is_there(tmp_path: Path) -> None:
    whole = media.write_video(tmp_path / "whole.mkv", media.numbered_frames(60), options={"g": "10"})
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * 0.6)])
    _, frames = media.all_frames(cut)
    assert 10 < len(frames) < 60
    assert [media.number_of(frame.pixels) for frame in frames[:10]] == list(range(10))


def test_damaged_middle_is_passed_over_and_told(tmp_path: Path) -> None:
    noise = np.random.default_rng(1)
    pictures = [noise.integers(0, 255, (64, 96, 3), dtype=np.uint8) for _ in range(30)]
    frames = [av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p") for picture in pictures]
    path = media.write_video(tmp_path / "damaged.mp4", frames, options={"g": "5", "slices": "1"})
    data = bytearray(path.read_bytes())
    middle = data.index(b"mdat") + len(data) // 2
    data[middle : middle + 20_000] = bytes(20_000)
    path.write_bytes(data)
    notices: list[Notice] = []
    source = FileSource(path, notices.append)
    source.open()
    count = 0
    while source.read() is not None:
        count += 1
    source.close()
    assert 5 < count <= 30
    assert [(notice.level, notice.topic) for notice in notices] == [(Level.WARNING, "source")]
    assert "damaged" in notices[0].message


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("text.mp4", b"this is not a video\n" * 50, "not a video"),
        ("text.txt", b"a plain text\n" * 50, "no picture"),
        ("empty.mp4", b"", "0 bytes"),
        ("noise.mkv", bytes(range(256)) * 40, "not a video"),
    ],
)
def test_what_is_not_a_video(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert words in refusal(path)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    assert "there is no file" in refusal(tmp_path / "nothing.mp4")
    assert "folder" in refusal(tmp_path)
    assert "cannot be read" in refusal(Path("a\0b.mp4"))


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "tone.mka"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert "no picture" in refusal(path)


def test_head_without_pictures(tmp_path: Path) -> None:
    whole = media.write_video(tmp_path / "whole.mkv", media.numbered_frames(5))
    data = whole.read_bytes()
    cut = tmp_path / "head.mkv"
    cut.write_bytes(data[: data.index(b"\x1f\x43\xb6\x75")])  # up to the first Cluster
    assert "breaks off" in refusal(cut)


@pytest.mark.skipif(sys.platform != "linux", reason="needs setuid and POSIX permissions")
def test_forbidden_file_is_one_clear_line() -> None:
    # A process of its own, so that a test run by root becomes somebody who may not read everything.
    script = (
        "import os, pathlib, sys\n"
        "from u2live.capture.file import check_readable\n"
        "from u2live.errors import SourceError\n"
        "if os.geteuid() == 0: os.setuid(65534)\n"
        "try: check_readable(pathlib.Path(sys.argv[1]))\n"
        "except SourceError as error: print(error)\n"
    )
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        Path(file.name).write_bytes(b"some")
        Path(file.name).chmod(0)
        done = subprocess.run([sys.executable, "-c", script, file.name], capture_output=True, text=True, check=False)
    assert "may not be read" in done.stdout, done.stderr


def refusal(path: Path) -> str:
    source = FileSource(path)
    with pytest.raises(SourceError) as caught:
        source.open()
    source.close()
    message = str(caught.value)
    assert "\n" not in message
    assert path.name.split("\0")[0] in message
    return message
