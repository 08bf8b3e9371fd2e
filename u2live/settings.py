"""Everything a user can change, as one frozen tree.

Each leaf carries its bounds, so that reading, the command line's `--set`, and the window's controls share one schema.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from u2live.errors import UsageError

SCHEMA_VERSION = 1


def _number(default: float, low: float, high: float, step: float, unit: str = "") -> Any:
    return field(default=default, metadata={"low": low, "high": high, "step": step, "unit": unit})


def _choice(default: Any, *choices: Any) -> Any:
    return field(default=default, metadata={"choices": choices})


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """Which source, and how its picture is turned. `source` is `auto` (first camera, else the demo) or the CLI's S.

    `controls` are a camera's own (brightness, focus …): "name=value, name=value", after "identity: " for one camera alone.
    """

    source: str = "auto"
    width: int = _number(1280, 16, 7680, 16, "px")
    height: int = _number(720, 16, 4320, 16, "px")
    frame_rate: float = _number(30.0, 1.0, 240.0, 1.0, "fps")
    format: str = _choice("auto", "auto", "mjpg", "yuyv")
    mirror: bool = False
    flip: bool = False
    rotate: int = _choice(0, 0, 90, 180, 270)
    zoom: float = _number(1.0, 1.0, 4.0, 0.05, "×")
    controls: str = ""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which network runs where. `input_size` 0 takes what suits the weights, and live with `auto` weights the machine."""

    weights: str = "auto"
    engine: str = _choice("auto", "auto", "cuda", "openvino", "torch")
    input_size: int = _number(0, 0, 1024, 32, "px")
    keyframe_interval: int = _number(1, 1, 8, 1, "frames")


@dataclass(frozen=True, slots=True)
class MatteSettings:
    """The matte over time and at its edges.

    `steadiness` 0 no smoothing … 1 the steadiest. `detail` 0 the network's own edge … 1 the edge follows the picture.
    `softness` feathers outward and `grow` moves the edge (negative shrinks), both in thousandths of the picture's height.
    `spill` takes the old background's colour out of the rim. `light_wrap` lets the new background's light reach it.
    """

    steadiness: float = _number(0.5, 0.0, 1.0, 0.05)
    detail: float = _number(0.6, 0.0, 1.0, 0.05)
    softness: float = _number(0.0, 0.0, 40.0, 1.0, "‰")
    grow: float = _number(0.0, -20.0, 20.0, 1.0, "‰")
    spill: float = _number(1.0, 0.0, 1.0, 0.05)
    light_wrap: float = _number(0.0, 0.0, 1.0, 0.05)


@dataclass(frozen=True, slots=True)
class BackgroundSettings:
    """What stands behind the person: the CLI's B, how a picture fills the frame, how long a slide stays."""

    choice: str = "blur:60"
    fit: str = _choice("cover", "cover", "contain", "stretch")
    slide_seconds: float = _number(10.0, 1.0, 3600.0, 1.0, "s")


@dataclass(frozen=True, slots=True)
class PrivacySettings:
    """What is shown instead of the composite: nothing (`off`), the away picture, the last composite, black."""

    mode: str = _choice("off", "off", "away", "freeze", "black")


@dataclass(frozen=True, slots=True)
class RecordingSettings:
    """Where and how recordings are made.

    `folder` empty means the user's videos folder; `name` is a pattern of strftime's. `quality` is a name for people. `codec`
    and `encoder` (hardware where it works) `auto` choose what suits. `microphone` is `default`, part of a name, or empty for
    none. `matte_file` writes the matte, of a transparent background, into a second file.
    """

    folder: str = ""
    name: str = "u2live %Y-%m-%d %H-%M-%S"
    format: str = _choice("mp4", "mp4", "mkv", "mov", "webm", "png")
    quality: str = _choice("good", "small", "good", "best", "edit")
    codec: str = _choice("auto", "auto", "h264", "vp9", "prores", "ffv1")
    encoder: str = _choice("auto", "auto", "software")
    microphone: str = "default"
    gain_db: float = _number(0.0, -30.0, 30.0, 1.0, "dB")
    matte_file: bool = False


@dataclass(frozen=True, slots=True)
class VirtualCameraSettings:
    """The camera that call programs see.

    `device` is `auto`, a path or a name. A width, height or rate of 0 is the camera's. With `sleep` the physical camera is
    released `sleep_after` seconds after the last program looked.
    """

    device: str = "auto"
    width: int = _number(0, 0, 7680, 16, "px")
    height: int = _number(0, 0, 4320, 16, "px")
    frame_rate: float = _number(0.0, 0.0, 120.0, 1.0, "fps")
    sleep: bool = True
    sleep_after: float = _number(5.0, 1.0, 600.0, 1.0, "s")


@dataclass(frozen=True, slots=True)
class FramingSettings:
    """Auto-framing: a crop that follows the person.

    `fill` is how much of the picture's height they take, `zoom_limit` how far the crop may go in, `speed` 0 the calmest … 1
    the quickest.
    """

    auto: bool = False
    fill: float = _number(0.8, 0.4, 1.0, 0.05)
    zoom_limit: float = _number(2.0, 1.0, 4.0, 0.1, "×")
    speed: float = _number(0.5, 0.0, 1.0, 0.05)


@dataclass(frozen=True, slots=True)
class SceneSettings:
    """Where the person stands before the background: scaled about the middle of their lower edge, then moved by `x` to the
    right and `y` downward, in shares of the picture. `layer` is a picture with transparency on top of everything.
    """

    scale: float = _number(1.0, 0.1, 2.0, 0.01, "×")
    x: float = _number(0.0, -1.0, 1.0, 0.01)
    y: float = _number(0.0, -1.0, 1.0, 0.01)
    layer: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    camera: CameraSettings = CameraSettings()
    model: ModelSettings = ModelSettings()
    matte: MatteSettings = MatteSettings()
    background: BackgroundSettings = BackgroundSettings()
    framing: FramingSettings = FramingSettings()
    scene: SceneSettings = SceneSettings()
    privacy: PrivacySettings = PrivacySettings()
    recording: RecordingSettings = RecordingSettings()
    virtual_camera: VirtualCameraSettings = VirtualCameraSettings()


def section_names() -> tuple[str, ...]:
    return tuple(section.name for section in dataclasses.fields(Settings))


def setting_fields(section: str) -> dict[str, dataclasses.Field[Any]]:
    """The leaves of one section by name. Raises UsageError for an unknown section."""
    if section not in section_names():
        raise UsageError(f"there is no settings section {section!r}; sections: {', '.join(section_names())}")
    return {leaf.name: leaf for leaf in dataclasses.fields(getattr(Settings(), section))}


def with_value(settings: Settings, key: str, value: Any) -> Settings:
    """`settings` with `section.key` replaced. Raises UsageError for an unknown key or a value outside its bounds."""
    section, dot, name = key.partition(".")
    leaves = setting_fields(section)
    if not dot or name not in leaves:
        raise UsageError(f"there is no setting {key!r}; in {section}: {', '.join(leaves)}")
    checked = _checked(key, leaves[name], value)
    return dataclasses.replace(settings, **{section: dataclasses.replace(getattr(settings, section), **{name: checked})})


def with_text(settings: Settings, assignment: str) -> Settings:
    """`settings` after a command-line `section.key=value`. Raises UsageError."""
    key, equals, text = assignment.partition("=")
    if not equals:
        raise UsageError(f"--set takes section.key=value, not {assignment!r}")
    section, _, name = key.partition(".")
    leaf = setting_fields(section).get(name)
    if leaf is None:
        return with_value(settings, key, text)  # raises with the list of names
    return with_value(settings, key, _parsed(key, leaf, text))


_KINDS: dict[type, str] = {bool: "on or off (true, false)", int: "a whole number", float: "a number", str: "text"}
_SWITCH = {"true": True, "on": True, "yes": True, "1": True, "false": False, "off": False, "no": False, "0": False}


def _parsed(key: str, leaf: dataclasses.Field[Any], text: str) -> Any:
    kind: Any = type(leaf.default)
    if kind is str:
        return text
    try:
        return _SWITCH[text.lower()] if kind is bool else kind(text)
    except (KeyError, ValueError):
        raise UsageError(f"{key} takes {_KINDS[kind]}, not {text!r}") from None


def _checked(key: str, leaf: dataclasses.Field[Any], value: Any) -> Any:
    kind: Any = type(leaf.default)
    if kind is float and type(value) is int and abs(value) < 1 << 53:
        value = float(value)
    if type(value) is not kind:
        raise UsageError(f"{key} takes {_KINDS[kind]}, not {value!r}")
    choices = leaf.metadata.get("choices")
    if choices is not None and value not in choices:
        raise UsageError(f"{key} is one of {', '.join(map(str, choices))}, not {value!r}")
    if "low" in leaf.metadata:
        low, high = leaf.metadata["low"], leaf.metadata["high"]
        if not low <= value <= high:  # nor does infinity or what is no number
            raise UsageError(f"{key} lies between {low:g} and {high:g}, not at {value!r}")
    return value


def to_dict(settings: Settings) -> dict[str, dict[str, Any]]:
    """Only what differs from the defaults, section by section."""
    sparse: dict[str, dict[str, Any]] = {}
    for section in section_names():
        chosen = getattr(settings, section)
        changed = {
            leaf.name: getattr(chosen, leaf.name)
            for leaf in dataclasses.fields(chosen)
            if getattr(chosen, leaf.name) != leaf.default
        }
        if changed:
            sparse[section] = changed
    return sparse


def from_dict(tree: dict[str, Any], base: Settings | None = None) -> tuple[Settings, tuple[str, ...]]:
    """A sparse tree laid over `base`, and one line for each entry that was left out because it does not fit."""
    settings = base or Settings()
    problems: list[str] = []
    for section, entries in tree.items():
        if not isinstance(entries, dict):
            problems.append(f"{section} is not a group of settings")
            continue
        for name, value in entries.items():
            try:
                settings = with_value(settings, f"{section}.{name}", value)
            except UsageError as error:
                problems.append(str(error))
    return settings, tuple(problems)
