"""The settings on disk: nothing is ever lost, whatever lies there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from u2live.settings import Settings, with_value
from u2live.settings_file import load_settings, save_settings, write_text_atomically

CHANGED = with_value(with_value(Settings(), "camera.width", 640), "background.choice", "color:#123456")


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.json"
    save_settings(path, CHANGED)
    assert load_settings(path) == (CHANGED, ())
    assert [file.name for file in path.parent.iterdir()] == ["settings.json"]


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "settings.json") == (Settings(), ())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[1]", b"null", b"\xff\xfe", b"not json at all", b'{"version": 1', b"[" * 10_000]
)
def test_a_broken_file_is_kept_and_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    settings, warnings = load_settings(path)
    assert settings == Settings()
    assert len(warnings) == 1
    save_settings(path, CHANGED)
    kept = list(tmp_path.glob("settings.kept-*.json"))
    assert [file.read_bytes() for file in kept] == [content]
    assert kept[0].name in warnings[0]


def test_a_broken_file_is_kept_once_however_often_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text("{")
    told = {load_settings(path) for _ in range(3)}
    assert len(told) == 1
    assert len(list(tmp_path.glob("settings.kept-*"))) == 1


@pytest.mark.parametrize("number", ["1" + "0" * 400, "1e999", "-1e999", "NaN"])
@pytest.mark.parametrize("key", ["detail", "width"])
def test_a_number_beyond_all_bounds_is_left_out(tmp_path: Path, number: str, key: str) -> None:
    path = tmp_path / "settings.json"
    section = "matte" if key == "detail" else "camera"
    path.write_text(f'{{"{section}": {{"{key}": {number}}}}}')
    settings, warnings = load_settings(path)
    assert settings == Settings()
    assert f"{section}.{key}" in warnings[0]


def test_a_newer_file_is_used_as_far_as_it_is_understood_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    tree = {"version": 99, "camera": {"width": 640, "lens": "wide"}, "holodeck": {"on": True}}
    path.write_text(json.dumps(tree))
    settings, warnings = load_settings(path)
    assert settings == with_value(Settings(), "camera.width", 640)
    assert "99" in warnings[0]
    assert json.loads(next(tmp_path.glob("settings.kept-*")).read_text()) == tree


@given(content=st.binary(max_size=200))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_nothing_that_lies_there_is_a_crash(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    load_settings(path)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.json"
    save_settings(path, CHANGED)
    before = path.read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_text_atomically(path, "half")
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["settings.json"]
