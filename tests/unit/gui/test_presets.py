"""Presets: kept, named, ordered, carried elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from u2live.errors import U2LiveError
from u2live.gui.logic.presets import Presets
from u2live.settings import Settings, with_value


def looks(path: Path, *names: str) -> Presets:
    presets = Presets(path / "presets.json")
    for number, name in enumerate(names):
        presets.save(name, with_value(Settings(), "matte.softness", float(number)))
    return presets


def test_a_preset_is_there_again_after_a_restart(tmp_path: Path) -> None:
    looks(tmp_path, "Work", "Home")
    assert Presets(tmp_path / "presets.json").names() == ("Work", "Home")


def test_a_look_gives_back_every_value_and_leaves_the_camera_alone(tmp_path: Path) -> None:
    presets = Presets(tmp_path / "presets.json")
    presets.save("Plain", Settings())
    now = with_value(with_value(Settings(), "matte.grow", 7.0), "camera.mirror", True)
    settings, left_out = presets.laid_over(0, now)
    assert settings.matte == Settings().matte
    assert settings.camera.mirror
    assert left_out == ()


def test_privacy_is_never_part_of_a_look(tmp_path: Path) -> None:
    presets = Presets(tmp_path / "presets.json")
    presets.save("Open", Settings())
    settings, _ = presets.laid_over(0, with_value(Settings(), "privacy.mode", "black"))
    assert settings.privacy.mode == "black"


def test_names_stay_apart(tmp_path: Path) -> None:
    presets = looks(tmp_path, "Look", "Look", "  Look ")
    assert presets.names() == ("Look", "Look 2", "Look 3")
    presets.rename(2, "Look")
    assert presets.names()[2] == "Look 3" or presets.names()[2] not in presets.names()[:2]
    presets.rename(0, "   ")
    assert presets.names()[0] == "Look"


def test_moved_and_removed(tmp_path: Path) -> None:
    presets = looks(tmp_path, "a", "b", "c")
    presets.move(2, 0)
    assert presets.names() == ("c", "a", "b")
    presets.remove(1)
    assert Presets(tmp_path / "presets.json").names() == ("c", "b")


def test_exported_and_imported_elsewhere(tmp_path: Path) -> None:
    looks(tmp_path, "a", "b").export(tmp_path / "out.json")
    other = Presets(tmp_path / "other.json")
    other.save("a", Settings())
    assert other.import_from(tmp_path / "out.json") == 2
    assert other.names() == ("a", "a 2", "b")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": "something else"}', '{"format": "u2live presets", "presets": 3}']
)
def test_a_file_that_is_something_else_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(U2LiveError, match=r"x\.json holds no presets"):
        Presets(tmp_path / "presets.json").import_from(tmp_path / "x.json")


def test_a_damaged_file_is_kept_aside(tmp_path: Path) -> None:
    (tmp_path / "presets.json").write_text('{"presets": [')
    presets = Presets(tmp_path / "presets.json")
    presets.save("new", Settings())
    assert (tmp_path / "presets.json.damaged").read_text() == '{"presets": ['


def test_values_of_another_version_are_left_out_and_told(tmp_path: Path) -> None:
    tree = {"format": "u2live presets", "presets": [{"name": "old", "settings": {"matte": {"softness": 3.0, "wobble": 1}}}]}
    (tmp_path / "presets.json").write_text(json.dumps(tree))
    settings, left_out = Presets(tmp_path / "presets.json").laid_over(0, Settings())
    assert settings.matte.softness == 3.0
    assert len(left_out) == 1
    assert "wobble" in left_out[0]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    presets = Presets(tmp_path / "file" / "presets.json")
    presets.save("kept for now", Settings())
    assert presets.names() == ("kept for now",)
    assert "cannot be saved" in presets.problem
