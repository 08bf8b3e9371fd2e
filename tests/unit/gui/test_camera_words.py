"""A camera's controls in plain words."""

from __future__ import annotations

import pytest

from u2live.capture.camera_device import Control, Kind
from u2live.gui.panels.camera_words import choice_of, name_of, value_text


@pytest.mark.parametrize(
    ("label", "plain"),
    [
        ("White Balance, Automatic", "Automatic white balance"),
        ("White Balance Temperature, Auto", "Automatic white balance"),
        ("Focus, Automatic Continuous", "Automatic focus"),
        ("Focus (absolute)", "Focus"),
        ("Backlight Compensation", "Backlight compensation"),
        ("LED1 Mode", "LED1 mode"),
        ("keep_format", "Keep format"),
    ],
)
def test_drivers_labels_in_plain_words(label: str, plain: str) -> None:
    control = Control(1, "x", label, Kind.INTEGER, 0, 9, 1, 0, 0, True, True)
    assert name_of(control) == plain
    assert value_text(control, 7) == "7"


def test_menu_entries_in_plain_words() -> None:
    entries = ["50 Hz", "Manual Mode", "Aperture Priority Mode", "Sky Blue"]
    assert [choice_of(entry) for entry in entries] == ["50 Hz", "By hand", "Automatic (aperture priority)", "Sky blue"]
