"""Paths that a person wrote, and places where they may not look."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from u2live.paths import expanded

# A process of its own, so that a test run by root becomes somebody who may not look everywhere.
AS_NOBODY = """
import os, sys
from pathlib import Path
import u2live.capture.file, u2live.capture.image
from u2live.capture.factory import make_source
from u2live.errors import SourceError
from u2live.gui.logic.gallery import Entry, Look, look_of
from u2live.settings import CameraSettings
if os.geteuid() == 0:
    os.setgroups([])
    os.setuid(65534)
closed = Path(sys.argv[1])
try:
    make_source(str(closed / "clip.mp4"), CameraSettings(), print)
except SourceError as error:
    print(error)
print(look_of(closed), Entry(str(closed / "clip.mp4"), "clip", Look.VIDEO).missing)
"""


def test_home_is_expanded_and_nobodys_home_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert expanded("~/clip.mp4") == Path("/home/ada/clip.mp4")
    assert expanded("~no-such-user/clip.mp4") == Path("~no-such-user/clip.mp4")


@pytest.mark.skipif(sys.platform != "linux", reason="needs setuid and POSIX permissions")
def test_what_lies_in_a_closed_folder_is_told_and_ends_nothing(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "clip.mp4").write_bytes(b"some")
    (closed / "one.png").write_bytes(b"some")
    closed.chmod(0)
    try:
        done = subprocess.run([sys.executable, "-c", AS_NOBODY, str(closed)], capture_output=True, text=True, check=False)
    finally:
        closed.chmod(0o700)
    assert done.returncode == 0, done.stderr
    told, looked = done.stdout.splitlines()
    assert "clip.mp4 may not be read; check its permissions" in told
    assert looked == "None True"
