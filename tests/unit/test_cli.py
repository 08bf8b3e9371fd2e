"""From words to a command, and from whatever goes wrong to one line and an exit code."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from u2live.capture import devices
from u2live.cli import COMMANDS, main
from u2live.errors import SourceError, U2LiveError, UsageError

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[None]:
    """`--verbose` turns the log on for the whole process: as it was, afterwards."""
    ours = logging.getLogger("u2live")
    level = ours.level
    yield
    ours.setLevel(level)


@pytest.mark.parametrize(
    ("error", "code"), [(UsageError("no such thing"), 2), (SourceError("the camera is gone"), 1), (U2LiveError("no"), 1)]
)
def test_what_a_person_can_act_on_is_one_line(
    error: U2LiveError, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _fails_with(error, monkeypatch)
    assert main(["cameras"]) == code
    assert capsys.readouterr().err == f"u2live: {error}\n"


def test_a_fault_of_ours_is_one_line_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _fails_with(RuntimeError("first line\nsecond line"), monkeypatch)
    assert main(["cameras"]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "RuntimeError: first line" in told
    assert "--verbose" in told


def test_what_the_system_refuses_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _fails_with(PermissionError(13, "Permission denied", "/some/place"), monkeypatch)
    assert main(["cameras"]) == 1
    assert capsys.readouterr().err.startswith("u2live: /some/place: Permission denied")


def test_letters_that_a_terminal_lacks_do_not_stop_it() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "main.py", "--help"], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "U?-Net" in done.stdout


@pytest.mark.parametrize("arguments", [["--verbose", "cameras"], ["cameras", "--verbose"]])
def test_verbose_shows_where_a_fault_is(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    _fails_with(RuntimeError("ours"), monkeypatch)
    with pytest.raises(RuntimeError, match="ours"):
        main(arguments)


def test_interrupted_is_told_as_the_shell_expects(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _fails_with(KeyboardInterrupt(), monkeypatch)
    assert main(["cameras"]) == 130
    assert "interrupted" in capsys.readouterr().err


def test_interrupted_while_something_is_imported_is_no_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise RuntimeError("half imported") from None

    monkeypatch.setattr(devices, "list_cameras", fail)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    try:
        assert main(["cameras"]) == 130
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err == "u2live: interrupted\n"


@pytest.mark.parametrize(("word", "meant"), [("proces", "process"), ("benchmark", "bench"), ("weight", "weights")])
def test_a_mistyped_command_names_the_right_one(word: str, meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([word, "clip.mp4"]) == 2
    assert f"did you mean {meant}?" in capsys.readouterr().err


def test_a_file_instead_of_a_command_says_how_to_open_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = tmp_path / "clip.mp4"
    clip.touch()
    assert main([str(clip)]) == 2
    told = capsys.readouterr().err
    assert f"--source {clip}" in told
    assert "process" in told


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    shown = capsys.readouterr().out
    usage, _, description = shown.partition("\n\n")
    assert usage.startswith(f"usage: main.py {command}")
    assert not description.startswith(("options:", "positional arguments:")), "it says what it does before its options"


def test_the_process_ends_while_a_thread_still_loads() -> None:
    script = (
        "import threading, time; from u2live import cli\n"
        "threading.Thread(target=time.sleep, args=(60,), name='u2live-load').start()\n"
        "cli.main = lambda: 3\n"
        "cli.program()"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, timeout=20, check=False)
    assert done.returncode == 3


def _fails_with(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(devices, "list_cameras", fail)
