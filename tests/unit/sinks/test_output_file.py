"""The file under a container, and the names beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from u2live.errors import SinkError
from u2live.sinks.output_file import OutputFile, move_into_place, remove_leftovers, temporary_beside


def test_what_is_written_is_there_at_once(tmp_path: Path) -> None:
    file = OutputFile(tmp_path / "a")
    file.write(b"abcdef")
    file.seek(2)
    file.write(b"XY")
    assert (tmp_path / "a").read_bytes() == b"abXYef"
    assert (file.tell(), file.size) == (4, 6)
    file.seek(0, os.SEEK_END)
    file.write(b"!")
    file.close()
    assert (tmp_path / "a").read_bytes() == b"abXYef!"


@pytest.mark.skipif(not hasattr(os, "pipe") or os.name != "posix", reason="descriptors")
def test_after_a_failure_it_ends_at_the_last_mark_and_swallows_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = OutputFile(tmp_path / "a")
    file.write(b"whole")
    file.mark()
    written = os.write

    def three_bytes(descriptor: int, data: memoryview) -> int:
        if len(data) < 4:
            raise OSError(28, "No space left on device")
        return written(descriptor, data[:3])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", three_bytes)
        assert file.write(b"half of this") == 12
    assert file.error is not None
    assert file.write(b"nor this") == 8
    file.seek(0)
    file.write(b"nor that")
    file.close()
    assert (tmp_path / "a").read_bytes() == b"whole"


def test_synced_files_end_their_thread(tmp_path: Path) -> None:
    file = OutputFile(tmp_path / "a", sync=True)
    file.write(b"x")
    file.close()
    file.close()


def test_nothing_is_replaced_unless_asked(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).write_text(name)
    with pytest.raises(SinkError, match="exists already"):
        move_into_place(tmp_path / "new", tmp_path / "old", overwrite=False)
    assert (tmp_path / "old").read_text() == "old"
    move_into_place(tmp_path / "new", tmp_path / "old", overwrite=True)
    assert (tmp_path / "old").read_text() == "new"


@pytest.mark.skipif(os.name != "posix", reason="asks for processes")
def test_leftovers_of_the_dead_are_removed_and_no_others(tmp_path: Path) -> None:
    target = tmp_path / "a [1].mp4"
    code = "import sys; from pathlib import Path; from u2live.sinks.output_file import temporary_beside as t\n"
    code += "p = t(Path(sys.argv[1])); p.touch(); d = t(Path(sys.argv[1])); d.mkdir(); (d / '000000.png').touch()"
    subprocess.run([sys.executable, "-c", code, str(target)], check=True, cwd=Path(__file__).resolve().parents[3])
    mine = temporary_beside(target)
    mine.touch()
    (tmp_path / ".a [1].mine.part.mp4").touch()
    assert len(list(tmp_path.iterdir())) == 4
    remove_leftovers(target)
    assert sorted(tmp_path.iterdir()) == sorted([mine, tmp_path / ".a [1].mine.part.mp4"])
