"""Keys, notices, numbers in words, the window's memory, colours, the command line's options."""

from __future__ import annotations

from pathlib import Path

import pytest

from u2live.gui.logic import window_state
from u2live.gui.logic.i18n import install, tr
from u2live.gui.logic.notices import Notices, fix_for
from u2live.gui.logic.shortcuts import COMMANDS, Shortcuts
from u2live.gui.logic.status import Numbers, clock, recording_text, size_text, span, status_line
from u2live.gui.logic.tokens import DARK, LIGHT, Tokens, contrast
from u2live.matting.engine import EngineInfo
from u2live.types import Level, Notice


def test_no_key_is_given_twice() -> None:
    keys = [command.key.lower() for command in COMMANDS if command.key]
    assert len(keys) == len(set(keys))
    names = [command.name for command in COMMANDS]
    assert len(names) == len(set(names))


def test_a_key_moves_to_its_new_command_and_stays_there(tmp_path: Path) -> None:
    shortcuts = Shortcuts(tmp_path / "keys.json")
    loser = shortcuts.change("output.snapshot", "R")
    assert loser is not None
    assert loser.name == "output.record"
    again = Shortcuts(tmp_path / "keys.json")
    assert again.key("output.snapshot") == "R"
    assert again.key("output.record") == ""
    again.reset()
    assert Shortcuts(tmp_path / "keys.json").key("output.record") == "R"


def test_a_damaged_list_of_keys_gives_the_tables(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text('{"output.record": 7, "no.such": "X"')
    assert Shortcuts(tmp_path / "keys.json").key("output.record") == "R"


def test_the_gravest_notice_stands_and_the_newest_of_its_kind() -> None:
    notices = Notices()
    notices.add(Notice(Level.WARNING, "source", "first"), 0)
    notices.add(Notice(Level.INFO, "saved", "saved"), 1)
    assert notices.shown(2).message == "first"  # type: ignore[union-attr]
    notices.add(Notice(Level.WARNING, "background", "second"), 2)
    assert notices.shown(3).message == "second"  # type: ignore[union-attr]
    notices.clear("background")
    notices.dismiss()
    assert notices.shown(3).message == "saved"  # type: ignore[union-attr]
    assert notices.shown(30) is None


def test_trouble_with_the_camera_has_a_button() -> None:
    fix = fix_for(Notice(Level.WARNING, "source", "busy"))
    assert fix is not None
    assert fix.command == "panel.camera"
    assert fix_for(Notice(Level.INFO, "saved", "x")) is None


def test_the_status_line_in_words() -> None:
    engine = EngineInfo("openvino", "CPU", "bf16", 192)
    assert status_line(Numbers(30, 30, 41.2, 0), "U2NETN", engine).replace("  ·  ", " · ") == (
        "30.0 fps · 41 ms behind · U2NETN on CPU (OpenVINO) · 0 dropped"
    )
    assert status_line(Numbers(30, 12.5, 80, 7), "", None).startswith("12.5 of 30.0 fps")


def test_times_and_sizes() -> None:
    assert [clock(x) for x in (0, 59.9, 61, 3600 + 125)] == ["00:00", "00:59", "01:01", "1:02:05"]
    assert [size_text(x) for x in (0, 999, 1500, 24_100_000, 240_000_000, 1_200_000_000)] == [
        "0 B",
        "999 B",
        "1.50 KB",
        "24.1 MB",
        "240 MB",
        "1.20 GB",
    ]
    assert recording_text(60, 60_000_000, 18_000_000_000) == "01:00 · 60.0 MB · 18.0 GB free"
    assert recording_text(60, 60_000_000, 120_000_000, 2.5) == "01:00 · 60.0 MB · 2 min left"
    assert [span(x) for x in (0.75, 1.99, 12.9, 119, 325, 5000)] == [
        "45 s",
        "119 s",
        "12 min",
        "119 min",
        "5 h 20 min",
        "3 days",
    ]


def test_the_window_remembers_and_forgives(tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    state = window_state.load(path)
    state.theme, state.guide_done, state.folded = "light", True, ["edges"]
    window_state.save(path, state)
    assert window_state.load(path) == state
    path.write_text('{"theme": "purple", "guide_done": 3, "folded": [1, "camera"], "new": true}')
    again = window_state.load(path)
    assert (again.theme, again.guide_done, again.folded) == ("system", False, ["camera"])


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_text_can_be_read_on_everything_it_stands_on(tokens: Tokens) -> None:
    for ground in (tokens.canvas, tokens.panel, tokens.raised):
        assert contrast(tokens.text, ground) >= 7
        assert contrast(tokens.quiet, ground) >= 4.5
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5
    assert contrast(tokens.on_danger, tokens.danger) >= 4.5
    assert contrast(tokens.danger, tokens.panel) >= 3


def test_contrast_is_the_standards() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_every_text_goes_through_the_catalogue() -> None:
    install(lambda text: text.upper().replace("{NAME}", "{name}"))
    try:
        assert tr("hello {name}", name="you") == "HELLO you"
    finally:
        install(str)
