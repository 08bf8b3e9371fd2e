"""Folders of numbered pictures: what is replaced in them, and what is left alone."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from tests.unit.sinks.video_files import composites
from u2live.errors import SinkError
from u2live.sinks.library import recordings
from u2live.sinks.png_sequence import LIST_NAME, PngSequence
from u2live.sinks.recording_status import Layout
from u2live.types import Size

LAYOUTS = pytest.mark.parametrize("layout", Layout)


def written(sequence: PngSequence, pictures: int) -> PngSequence:
    sequence.open(Size(320, 192), Fraction(10))
    for composite in composites([number / 10 for number in range(pictures)]):
        sequence.write(composite)
    sequence.close()
    return sequence


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@LAYOUTS
def test_a_shorter_one_leaves_nothing_of_the_longer_one_before_it(tmp_path: Path, layout: Layout) -> None:
    folder = tmp_path / "frames"
    written(PngSequence(folder, layout=layout), 3).keep()
    assert names(folder) == ["000000.png", "000001.png", "000002.png", LIST_NAME]
    written(PngSequence(folder, layout=layout, overwrite=True), 1).keep()
    assert names(folder) == ["000000.png", LIST_NAME]
    assert names(tmp_path) == ["frames"]


@LAYOUTS
def test_what_belongs_to_no_sequence_stays_where_it_is(tmp_path: Path, layout: Layout) -> None:
    mine = {"20240501.png": "a photograph", "1 walk.png": "another", "notes.txt": "notes"}
    for name, content in mine.items():
        (tmp_path / name).write_text(content)
    for _ in range(2):
        written(PngSequence(tmp_path, layout=layout, overwrite=True), 2).keep()
    assert names(tmp_path) == sorted(["000000.png", "000001.png", LIST_NAME, *mine])
    assert {name: (tmp_path / name).read_text() for name in mine} == mine


@LAYOUTS
def test_a_folder_with_something_in_it_is_refused(tmp_path: Path, layout: Layout) -> None:
    folder = tmp_path / "frames"
    folder.mkdir()
    (folder / "000000.png").write_text("mine")
    with pytest.raises(SinkError, match="not empty"):
        written(PngSequence(folder, layout=layout), 1)
    assert (folder / "000000.png").read_text() == "mine"


def test_a_folder_that_was_filled_meanwhile_is_refused_too(tmp_path: Path) -> None:
    folder = tmp_path / "frames"
    sequence = written(PngSequence(folder, layout=Layout.FINISHED), 2)
    folder.mkdir()
    (folder / "000000.png").write_text("mine")
    with pytest.raises(SinkError, match="exists already"):
        sequence.keep()
    assert names(tmp_path) == ["frames"]
    assert (folder / "000000.png").read_text() == "mine"
    assert names(folder) == ["000000.png"]


def test_a_list_that_a_power_cut_damaged_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    folder = tmp_path / "frames"
    written(PngSequence(folder), 3)
    listed = folder / LIST_NAME
    listed.write_bytes(listed.read_bytes()[:-10] + b"\xff\xfe\x00")
    (info,) = recordings(tmp_path)
    assert info.seconds == pytest.approx(0.2, abs=0.01)
