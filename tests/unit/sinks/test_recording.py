"""Names, folders and lists of recordings."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.unit.sinks.recordings import leave_a_recording, record
from tests.unit.sinks.video_files import composites, needs_ffmpeg
from u2live.errors import SinkError, UsageError
from u2live.settings import RecordingSettings
from u2live.sinks.library import recordings
from u2live.sinks.png_sequence import PngSequence
from u2live.sinks.recorder import Recorder
from u2live.sinks.recording import RecorderWithMatte, make_recording, new_recording_path, recording_name, sound_of
from u2live.sinks.recording_status import RecordingStatus
from u2live.sinks.unfinished import Marker, finish, unfinished_recordings
from u2live.types import Size

NOON = datetime(2026, 11, 22, 12, 0, 5)


def test_names_follow_the_pattern_and_never_meet(tmp_path: Path) -> None:
    settings = RecordingSettings(folder=str(tmp_path / "new" / "folder"), name="talk %H:%M", format="mkv")
    first = new_recording_path(settings, NOON)
    assert first == tmp_path / "new" / "folder" / "talk 12-00.mkv"
    first.touch()
    assert new_recording_path(settings, NOON).name == "talk 12-00 (2).mkv"


def test_a_name_never_leaves_its_folder(tmp_path: Path) -> None:
    settings = RecordingSettings(folder=str(tmp_path), name="../../etc/passwd")
    assert new_recording_path(settings, NOON).parent == tmp_path


@pytest.mark.parametrize("name", [".hidden", "..", "  ", "a/b\\c:d", "talk."])
def test_a_name_is_one_that_every_system_takes_and_shows(name: str) -> None:
    made = recording_name(RecordingSettings(name=name), NOON)
    assert made.endswith(".mp4")
    assert not made.startswith((".", " "))
    assert not set(made) & set('/\\:*?"<>|')
    assert not made.removesuffix(".mp4").endswith((".", " "))


def test_a_folder_of_pictures_is_not_taken_for_a_video() -> None:
    assert recording_name(RecordingSettings(name="talk v1.mp4", format="png"), NOON) == "talk v1-mp4"


def test_an_unknown_home_is_told_and_makes_no_folder_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="~nobody-of-that-name"):
        new_recording_path(RecordingSettings(folder="~nobody-of-that-name/videos"), NOON)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SinkError, match=r"not a folder|exists"):
        new_recording_path(RecordingSettings(folder=str(tmp_path / "file" / "deeper")), NOON)


def test_settings_choose_what_records(tmp_path: Path) -> None:
    def made(name: str, **settings: object) -> object:
        wanted = RecordingSettings(microphone="", **settings)  # type: ignore[arg-type]
        return make_recording(tmp_path / name, wanted, notify=lambda _: None)

    assert isinstance(made("a.mp4"), Recorder)
    assert isinstance(made("frames"), PngSequence)
    assert isinstance(made("a.mp4", matte_file=True), RecorderWithMatte)
    with pytest.raises(UsageError, match="takes no 'prores'"):
        made("a.mp4", codec="prores")


def test_the_sound_of_a_recording_can_be_reached(tmp_path: Path) -> None:
    recording = make_recording(tmp_path / "a.mp4", RecordingSettings(gain_db=3.0), notify=lambda _: None)
    sound = sound_of(recording)
    assert sound is not None
    assert sound.gain_db == 3.0
    silent = make_recording(tmp_path / "a.mp4", RecordingSettings(microphone=""), notify=lambda _: None)
    assert sound_of(silent) is None


@needs_ffmpeg
def test_an_unfinished_recording_is_found_and_finished_and_others_are_left_alone(tmp_path: Path) -> None:
    record(tmp_path / "ended.mp4")
    leave_a_recording(tmp_path / "left.mp4", 30)
    leave_a_recording(tmp_path / "empty.mp4", 0)
    running = Recorder(tmp_path / "running.mkv")
    running.open(Size(320, 192), Fraction(10))
    running.write(composites([0.0])[0])

    (found,) = unfinished_recordings(tmp_path)
    assert found.path == tmp_path / "left.mp4"
    finish(found.path)
    lengths = {info.path.name: info.seconds for info in recordings(tmp_path)}
    assert lengths["left.mp4"] == pytest.approx(3.0, abs=0.6)
    assert unfinished_recordings(tmp_path) == []
    assert not (tmp_path / "empty.mp4").exists()
    running.close()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["ended.mp4", "left.mp4", "running.mkv"]


def test_what_cannot_be_finished_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"broken")
    Marker(path).leave()
    with pytest.raises(SinkError, match="stays as it is"):
        finish(path)
    assert path.read_bytes() == b"broken"
    assert [entry.path for entry in unfinished_recordings(tmp_path)] == [path]


def test_two_files_fill_the_disk_sooner(tmp_path: Path) -> None:
    def status(minutes_left: float | None) -> RecordingStatus:
        return RecordingStatus(1.0, 500, 10, False, minutes_left, "libx264")

    recording = make_recording(tmp_path / "a.mp4", RecordingSettings(microphone="", matte_file=True), notify=lambda _: None)
    assert isinstance(recording, RecorderWithMatte)
    for fill, matte, both in ((60.0, 30.0, 20.0), (60.0, None, 60.0), (None, None, None)):
        recording._parts = tuple(SimpleNamespace(status=status(minutes)) for minutes in (fill, matte))  # type: ignore[assignment]
        assert recording.status.minutes_left == (pytest.approx(both) if both else None)
        assert recording.status.size_bytes == 1000
