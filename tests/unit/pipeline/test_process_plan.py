"""Which input becomes which output."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from u2live.capture.factory import file_source
from u2live.errors import SourceError, UsageError
from u2live.pipeline.process_plan import plan


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def test_one_file_becomes_the_output_itself(tmp_path: Path) -> None:
    (job,) = plan([tmp_path / "a.avi"], tmp_path / "b.mp4")
    assert (job.source, job.target) == (tmp_path / "a.avi", tmp_path / "b.mp4")


def test_one_file_into_a_folder(tmp_path: Path) -> None:
    (job,) = plan([tmp_path / "a.avi"], tmp_path / "folder")
    assert job.target == tmp_path / "folder" / "a.mp4"


def test_a_folder_keeps_its_names_and_subfolders(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    touch(folder / "b.mkv", folder / "a.mp4", folder / "c" / "d.jpg", folder / ".hidden.mp4", folder / "notes.txt")
    jobs = plan([folder], tmp_path / "out")
    assert [str(job.target.relative_to(tmp_path / "out")) for job in jobs] == ["a.mp4", "b.mkv", "c/d.png"]


def test_an_output_inside_the_input_is_not_worked_on_again(tmp_path: Path) -> None:
    touch(tmp_path / "a.mp4", tmp_path / "out" / "a.mp4")
    jobs = plan([tmp_path], tmp_path / "out")
    assert [job.source for job in jobs] == [tmp_path / "a.mp4"]


def test_two_inputs_never_become_one_output(tmp_path: Path) -> None:
    touch(tmp_path / "in" / "a.jpg", tmp_path / "in" / "a.png")
    first, second = plan([tmp_path / "in"], tmp_path / "out")
    assert first.problem is None
    assert "both become" in str(second.problem)


def test_an_input_is_never_replaced_by_its_own_result(tmp_path: Path) -> None:
    touch(tmp_path / "a.mp4")
    (job,) = plan([tmp_path / "a.mp4"], tmp_path)
    assert "its own result" in str(job.problem)


@pytest.mark.parametrize(
    ("inputs", "output"),
    [(["a.mp4", "b.mp4"], "out.mp4"), (["a.mp4"], "out.png"), (["a.png"], "out.mp4"), (["a.mp4"], "x.txt")],
)
def test_outputs_that_make_no_sense(tmp_path: Path, inputs: list[str], output: str) -> None:
    with pytest.raises(UsageError):
        plan([tmp_path / name for name in inputs], tmp_path / output)


@contextmanager
def nobody() -> Iterator[None]:
    """Root may look everywhere: be somebody else for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(os.name != "posix", reason="permissions")
@pytest.mark.parametrize("inside", ["", "deeper", "a.mp4"])
def test_what_may_not_be_read_is_a_problem_in_one_line(tmp_path: Path, inside: str) -> None:
    secret = tmp_path / "secret"
    touch(secret / "a.mp4")
    secret.chmod(0)
    try:
        with nobody():
            (job,) = plan([secret / inside], tmp_path / "out")
            if job.problem is None:  # a file: its source tells
                with pytest.raises(SourceError, match="may not be read"):
                    file_source(job.source, lambda _: None).open()
            else:
                assert "permissions" in str(job.problem)
    finally:
        secret.chmod(0o700)
