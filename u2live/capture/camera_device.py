"""What is known of a camera: who it is, what pictures it can give, what can be set on it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from fractions import Fraction

from u2live.types import Size


@dataclass(frozen=True, slots=True)
class CameraDevice:
    """A camera as the system shows it now.

    `number` and `path` may change with every plugging in; `stable_path` (by-id, else by-path, on Linux; the system's own
    path elsewhere) does not, where there is one. `bus` is the place it is plugged into. `virtual` cameras show what some
    program writes into them, maybe this one. `problem` is why nothing could be learned of a device ("may not be opened").
    """

    number: int
    path: str
    name: str
    stable_path: str = ""
    bus: str = ""
    virtual: bool = False
    problem: str = ""
    backend: int = 0


@dataclass(frozen=True, slots=True)
class Mode:
    """One pixel format and size with its rates, fastest first; `fourcc` as in "MJPG", "YUYV"."""

    fourcc: str
    size: Size
    frame_rates: tuple[Fraction, ...]


class Kind(enum.Enum):
    """What a control's value means. The kernel's other kinds (strings, 64 bit, arrays) are left alone."""

    INTEGER = 1
    BOOLEAN = 2
    MENU = 3
    INTEGER_MENU = 9


@dataclass(frozen=True, slots=True)
class Control:
    """One control of a camera. `name` is the label in lower case with underscores, as v4l2-ctl writes it.

    `choices` lists a menu's (value, label). An inactive control is governed by another, as exposure by its automatic.
    """

    id: int
    name: str
    label: str
    kind: Kind
    minimum: int
    maximum: int
    step: int
    default: int
    value: int
    active: bool
    writable: bool
    choices: tuple[tuple[int, str], ...] = ()
