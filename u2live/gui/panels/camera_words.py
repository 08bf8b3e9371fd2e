"""A camera's controls in plain words: drivers name them after the standard's tables."""

from __future__ import annotations

import re

from u2live.capture.camera_device import Control
from u2live.gui.logic.i18n import noop, tr
from u2live.gui.logic.words import capitalized

_KNOWN = {
    "Auto exposure": noop("Automatic exposure"),
    "Automatic white balance temperature": noop("Automatic white balance"),
    "White balance temperature": noop("White balance"),
    "Exposure dynamic framerate": noop("Fewer pictures in the dark"),
    "Exposure, auto priority": noop("Fewer pictures in the dark"),
    "Power line frequency": noop("Lamp flicker"),
    "Auto mode": noop("Automatic"),
    "Manual mode": noop("By hand"),
    "Shutter priority mode": noop("Automatic (shutter priority)"),
    "Aperture priority mode": noop("Automatic (aperture priority)"),
}
_EXPOSURE_ABSOLUTE = 0x009A0902
"""V4L2_CID_EXPOSURE_ABSOLUTE: the standard counts it in units of 100 µs."""
_WHITE_BALANCE_TEMPERATURE = 0x0098091A
"""V4L2_CID_WHITE_BALANCE_TEMPERATURE: in kelvin."""


def name_of(control: Control) -> str:
    """ "White Balance, Automatic" → "Automatic white balance", "Focus, Absolute" → "Focus"."""
    text = re.sub(r"\s*(, absolute|\(absolute\))$", "", control.label.replace("_", " "), flags=re.IGNORECASE)
    automatic = re.fullmatch(r"(.+), auto(matic)?( continuous)?", text, flags=re.IGNORECASE)
    text = sentence(f"Automatic {automatic[1]}" if automatic else text)
    return tr(_KNOWN.get(text, text))


def choice_of(text: str) -> str:
    """A menu's entry: "Manual Mode" → "By hand"."""
    plain = sentence(text)
    return tr(_KNOWN.get(plain, plain))


def sentence(text: str) -> str:
    """ "Aperture Priority Mode" → "Aperture priority mode"; what has its own spelling (HDR, 50 Hz) keeps it."""
    first, *rest = text.split() or [""]
    words = [word.lower() if len(word) > 2 and word.istitle() else word for word in rest]
    return " ".join([capitalized(first), *words])


def value_text(control: Control, value: int) -> str:
    """A number as it stands beside its slider, with a unit where the standard gives one."""
    if control.id == _EXPOSURE_ABSOLUTE:
        return f"{value / 10:g} ms"
    if control.id == _WHITE_BALANCE_TEMPERATURE:
        return f"{value} K"
    return str(value)
