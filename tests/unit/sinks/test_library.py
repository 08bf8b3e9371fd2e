"""The list of recordings, and giving them other names."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.unit.sinks.recordings import leave_a_recording, record
from tests.unit.sinks.video_files import composites, frame_times, needs_ffmpeg
from u2live.errors import SinkError
from u2live.settings import RecordingSettings
from u2live.sinks.library import kept_thumbnail, recordings, rename, thumbnail
from u2live.sinks.png_sequence import PngSequence
from u2live.sinks.recorder import Recorder
from u2live.sinks.recording import make_recording
from u2live.sinks.unfinished import State, finish, state_of, unfinished_recordings
from u2live.types import Size


@needs_ffmpeg
def test_the_list_is_newest_first_with_lengths_and_pictures(tmp_path: Path) -> None:
    record(tmp_path / "first.mp4", 2.0)
    record(tmp_path / "second.webm", 1.0)
    record(tmp_path / "third", 0.5)
    (tmp_path / "notes.txt").touch()
    (tmp_path / "broken.mp4").write_bytes(b"broken")
    os.utime(tmp_path / "first.mp4", (1, 1))
    os.utime(tmp_path / "broken.mp4", (0, 0))
    found = recordings(tmp_path)
    assert {info.path.name for info in found} == {"first.mp4", "second.webm", "third", "broken.mp4"}
    assert [info.path.name for info in found][-2:] == ["first.mp4", "broken.mp4"]
    lengths = {info.path.name: info.seconds for info in found}
    assert lengths["first.mp4"] == pytest.approx(2.0, abs=0.05)
    assert lengths["second.webm"] == pytest.approx(1.0, abs=0.05)
    assert lengths["third"] == pytest.approx(0.5, abs=0.05)
    assert lengths["broken.mp4"] is None
    for info in found[:-1]:
        picture = thumbnail(info.path, 80)
        assert picture is not None
        assert picture.shape == (48, 80, 3)
        assert np.ptp(picture) > 50
    assert thumbnail(tmp_path / "broken.mp4") is None
    assert recordings(tmp_path / "nowhere") == []


@needs_ffmpeg
def test_a_matte_belongs_to_its_recording(tmp_path: Path) -> None:
    record(tmp_path / "talk.mp4", matte=True)
    record(tmp_path / "frames", 0.2, matte=True)
    (tmp_path / "lonely.matte.mp4").write_bytes((tmp_path / "talk.mp4").read_bytes())
    found = {info.path.name: info for info in recordings(tmp_path)}
    assert set(found) == {"talk.mp4", "frames", "lonely.matte.mp4"}
    assert found["talk.mp4"].matte == tmp_path / "talk.matte.mp4"
    sizes = [(tmp_path / name).stat().st_size for name in ("talk.mp4", "talk.matte.mp4")]
    assert found["talk.mp4"].size_bytes == sum(sizes)
    assert found["frames"].matte == tmp_path / "frames.matte"
    assert found["frames"].size == Size(320, 192)
    assert found["lonely.matte.mp4"].matte is None


def test_what_runs_and_what_was_left_says_so(tmp_path: Path) -> None:
    running = Recorder(tmp_path / "running.mkv")
    running.open(Size(320, 192), Fraction(10))
    running.write(composites([0.0])[0])
    leave_a_recording(tmp_path / "left.mp4", 20)
    states = {info.path.name: info.state for info in recordings(tmp_path)}
    assert states == {"running.mkv": State.RUNNING, "left.mp4": State.UNFINISHED}
    running.close()
    finish(tmp_path / "left.mp4")
    assert {info.state for info in recordings(tmp_path)} == {State.FINISHED}


def test_it_counts_as_running_until_its_file_has_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.mp4"
    seen = []

    def look(_: Path) -> None:
        seen.append((state_of(path), unfinished_recordings(tmp_path)))

    monkeypatch.setattr("u2live.sinks.recorder.finish", look)
    recorder = Recorder(path)
    recorder.open(Size(320, 192), Fraction(10))
    recorder.write(composites([0.0])[0])
    recorder.close()
    assert seen == [(State.RUNNING, [])]
    assert state_of(path) is State.FINISHED


@needs_ffmpeg
def test_pictures_play_while_they_are_recorded_and_after_they_were_left(tmp_path: Path) -> None:
    path = tmp_path / "frames"
    sequence = PngSequence(path)
    sequence.open(Size(320, 192), Fraction(10))
    for composite in composites([0.0, 0.1, 0.5]):
        sequence.write(composite)
    assert frame_times(path / "frames.ffconcat") == pytest.approx([0.0, 0.1, 0.5], abs=0.05)
    assert state_of(path) is State.RUNNING
    sequence._release()  # what the end of the process does
    (left,) = unfinished_recordings(tmp_path)
    assert (left.path, left.size_bytes) == (path, sum(file.stat().st_size for file in path.iterdir()))
    finish(path)
    assert unfinished_recordings(tmp_path) == []
    assert recordings(tmp_path)[0].seconds == pytest.approx(0.5)


@needs_ffmpeg
def test_a_picture_is_read_once_and_anew_when_the_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(tmp_path / "a.mp4")
    first = kept_thumbnail(tmp_path / "a.mp4", 80)
    assert first is not None
    with monkeypatch.context() as patch:
        patch.setattr("u2live.sinks.library.thumbnail", lambda *_: pytest.fail("it was kept"))
        np.testing.assert_array_equal(kept_thumbnail(tmp_path / "a.mp4", 80), first)
    (tmp_path / "a.mp4").unlink()
    white = make_recording(tmp_path / "a.mp4", RecordingSettings(microphone=""), notify=lambda _: None)
    white.open(Size(320, 192), Fraction(10))
    white.write(composites([0.0])[0].__class__(0, 0, np.full((192, 320, 3), 255, np.uint8)))
    white.close()
    second = kept_thumbnail(tmp_path / "a.mp4", 80)
    assert second is not None
    assert second.mean() > 240
    assert cv2.absdiff(first, second).max() > 50
    assert kept_thumbnail(tmp_path / "gone.mp4") is None


@needs_ffmpeg
def test_renamed_with_its_matte(tmp_path: Path) -> None:
    record(tmp_path / "talk.mp4", matte=True)
    assert rename(tmp_path / "talk.mp4", " Greeting.mp4 ") == tmp_path / "Greeting.mp4"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Greeting.matte.mp4", "Greeting.mp4"]
    assert rename(tmp_path / "Greeting.mp4", "Greeting") == tmp_path / "Greeting.mp4"


@pytest.mark.parametrize("name", ["", "   ", "a/b", "..", ".hidden", "a\x00b", 'say "hi"', "C:talk"])
def test_what_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.mp4").write_bytes(b"video")
    with pytest.raises(SinkError, match="no name for a file"):
        rename(tmp_path / "a.mp4", name)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_nothing_is_replaced_by_renaming(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4", "a.matte.mp4", "c.matte.mp4"):
        (tmp_path / name).write_text(name)
    for name in ("b", "c"):
        with pytest.raises(SinkError, match="exists already"):
            rename(tmp_path / "a.mp4", name)
    assert all(path.read_text() == path.name for path in tmp_path.iterdir())
