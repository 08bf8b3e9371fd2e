"""The settings a person sees, as one table. A new control is one line here; bounds and choices come from the schema."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any

from u2live.gui.logic.i18n import noop, tr
from u2live.settings import Settings, setting_fields


class Control(enum.Enum):
    SLIDER = "slider"
    NUMBER = "number"
    CHOICE = "choice"
    SWITCH = "switch"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Row:
    """One setting: its key, what it is called, and one line of what it does.

    `names` are the choices in words; of a number, values that have a word of their own.
    """

    key: str
    label: str
    tip: str = ""
    control: Control | None = None
    names: dict[Any, str] = field(default_factory=dict)

    @property
    def section(self) -> str:
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        return self.key.partition(".")[2]


ENGINES = {"auto": noop("Automatic"), "cuda": noop("NVIDIA GPU (CUDA)"), "openvino": "OpenVINO", "torch": "PyTorch"}
TURNS = {0: "0°", 90: "90°", 180: "180°", 270: "270°"}
FORMATS = {"auto": noop("Automatic"), "mjpg": "MJPEG", "yuyv": "YUYV"}
FITS = {"cover": noop("Fill"), "contain": noop("Fit"), "stretch": noop("Stretch")}
FILES = {
    "mp4": "MP4",
    "mkv": "Matroska (MKV)",
    "mov": "QuickTime (MOV)",
    "webm": "WebM",
    "png": noop("PNG pictures"),
}
CODECS = {"auto": noop("Automatic"), "h264": "H.264", "vp9": "VP9", "prores": "ProRes", "ffv1": "FFV1"}
ENCODERS = {"auto": noop("Automatic"), "software": noop("Software")}
RUNS = {1: noop("every frame")}
QUALITIES = {"small": noop("Small file"), "good": noop("Good"), "best": noop("Best"), "edit": noop("For editing")}

ROWS: tuple[Row, ...] = (
    Row("matte.softness", noop("Softness"), noop("Feathers the outline outward")),
    Row("matte.grow", noop("Grow or shrink"), noop("Moves the outline outward or inward")),
    Row("matte.detail", noop("Detail"), noop("How closely the outline follows hair and fingers")),
    Row("matte.spill", noop("Colour spill"), noop("Takes the old background's colour out of the outline")),
    Row("matte.light_wrap", noop("Light wrap"), noop("Lets the new background's light reach round the outline")),
    Row("matte.steadiness", noop("Steadiness"), noop("Calms an outline that flickers")),
    Row("camera.mirror", noop("Mirror")),
    Row("camera.flip", noop("Upside down")),
    Row("camera.rotate", noop("Rotate"), names=TURNS),
    Row("camera.zoom", noop("Zoom"), noop("Enlarges the middle of the camera's picture")),
    Row("camera.format", noop("Format"), noop("How the camera sends its pictures"), names=FORMATS),
    Row("model.engine", noop("Runs on"), noop("Automatic takes the fastest that works here"), names=ENGINES),
    Row("model.input_size", noop("Network size"), noop("Larger is finer and slower"), names={0: noop("Automatic")}),
    Row("model.keyframe_interval", noop("Network runs"), noop("Between runs the outline follows the motion"), names=RUNS),
    Row("background.fit", noop("Picture"), names=FITS),
    Row("background.slide_seconds", noop("Each slide stays"), control=Control.NUMBER),
    Row("framing.auto", noop("Follow me"), noop("A calm crop that keeps you in the picture")),
    Row("framing.fill", noop("How near"), noop("How much of the picture's height you take")),
    Row("framing.zoom_limit", noop("At most"), noop("How far the crop may go in")),
    Row("framing.speed", noop("How quick")),
    Row("scene.scale", noop("Size"), noop("How large you stand before the background")),
    Row("scene.x", noop("Across")),
    Row("scene.y", noop("Up and down")),
    Row("virtual_camera.sleep", noop("Rest while nobody looks"), noop("Releases the camera, and its light goes off")),
    Row("virtual_camera.sleep_after", noop("Rest after")),
    Row("recording.name", noop("Name"), noop("%Y-%m-%d is the date, %H-%M-%S the time")),
    Row("recording.format", noop("File"), names=FILES),
    Row("recording.codec", noop("Codec"), names=CODECS),
    Row("recording.encoder", noop("Encoder"), noop("Hardware leaves the processor to the network"), names=ENCODERS),
    Row("recording.quality", noop("Quality"), noop("For editing, every picture stands on its own"), names=QUALITIES),
    Row("recording.gain_db", noop("Microphone gain")),
    Row("recording.matte_file", noop("Matte in a second file"), noop("For editing: with a transparent background")),
)  # fmt: skip


def rows_of(section: str) -> tuple[Row, ...]:
    return tuple(row for row in ROWS if row.section == section)


def row_of(key: str) -> Row:
    return next(row for row in ROWS if row.key == key)


def control_of(row: Row) -> Control:
    """The control that fits the schema's leaf, unless the table names one."""
    if row.control is not None:
        return row.control
    leaf = setting_fields(row.section)[row.name]
    if "choices" in leaf.metadata:
        return Control.CHOICE
    if isinstance(leaf.default, bool):
        return Control.SWITCH
    return Control.SLIDER if "low" in leaf.metadata else Control.TEXT


@dataclass(frozen=True, slots=True)
class Scale:
    """A number's bounds as whole slider steps."""

    low: float
    high: float
    step: float
    unit: str
    whole: bool

    @property
    def steps(self) -> int:
        return round((self.high - self.low) / self.step)

    def to_step(self, value: float) -> int:
        return round((value - self.low) / self.step)

    def to_value(self, step: int) -> float | int:
        value = min(self.high, max(self.low, self.low + step * self.step))
        return round(value) if self.whole else round(value, 6)

    def text(self, value: float) -> str:
        """As it stands beside the slider: shares as a percentage, the rest with its unit."""
        if not self.unit and self.high == 1:
            return f"{round(value * 100)} %"
        number = f"{value:g}" if self.step >= 1 else f"{value:.2f}"
        return f"{number} {self.unit}".strip() if self.unit != "×" else f"{number} ×"


def number_text(row: Row, value: float) -> str:
    """A number as it stands beside its control."""
    word = row.names.get(value)
    return tr(word) if word is not None else scale_of(row).text(value)


def scale_of(row: Row) -> Scale:
    leaf = setting_fields(row.section)[row.name]
    bounds = leaf.metadata
    return Scale(bounds["low"], bounds["high"], bounds["step"], bounds["unit"], isinstance(leaf.default, int))


def choices_of(row: Row) -> tuple[tuple[Any, str], ...]:
    """Each choice with its name in the user's language."""
    choices = setting_fields(row.section)[row.name].metadata["choices"]
    return tuple((choice, tr(row.names.get(choice, str(choice)))) for choice in choices)


def default_of(key: str) -> Any:
    section, _, name = key.partition(".")
    return setting_fields(section)[name].default


def value_of(settings: Settings, key: str) -> Any:
    section, _, name = key.partition(".")
    return getattr(getattr(settings, section), name)
