"""Which weights there are, where they come from, and where they lie on this machine. Knows no torch."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from u2live.errors import UsageError, WeightsError
from u2live.paths import assets_dir, expanded, user_data_dir

SUFFIXES = (".safetensors", ".pth")
_HEADER_LIMIT = 10_000_000  # bytes
ENVIRONMENT_VARIABLE = "U2LIVE_WEIGHTS"


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One address of one file. `size` in bytes or None when unknown; `checksum` is "md5:…", "sha256:…", or empty when
    nobody published one: then the first download is pinned."""

    address: str
    size: int | None = None
    checksum: str = ""

    @property
    def suffix(self) -> str:
        return ".onnx" if self.address.endswith(".onnx") else ".pth"


@dataclass(frozen=True, slots=True)
class Entry:
    """Weights known by name. `meaning` is what the network finds: "salient" or "person". `files` are tried in turn; none
    means that the weights come with the program. `size` is in bytes, about."""

    name: str
    architecture: str
    meaning: str
    input_size: int
    licence: str
    size: int
    about: str
    files: tuple[RemoteFile, ...] = ()


def _drive(file_id: str) -> str:
    return f"https://drive.usercontent.google.com/download?id={file_id}&export=download&confirm=t"


def _rembg(file: str) -> str:
    return f"https://github.com/danielgatis/rembg/releases/download/v0.0.0/{file}"


REGISTRY: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            "u2netp-person",
            "U2NETP",
            "person",
            256,
            "see its model card",
            2_400_000,
            "people at a webcam, trained by this project",
        ),
        Entry(
            "u2netn-person",
            "U2NETN",
            "person",
            192,
            "see its model card",
            1_800_000,
            "people at a webcam, narrow where pixels are many, for laptops without a GPU",
        ),
        Entry(
            "u2netp",
            "U2NETP",
            "salient",
            320,
            "Apache-2.0",
            4_700_000,
            "the small network of the paper, as published",
            (
                RemoteFile(_drive("1rbSTGKAE-MTxBYHd-51l2hMOQPT_7EPy"), None, "md5:e4f636406ca4e2af789941e7f139ee2e"),
                RemoteFile(
                    _rembg("u2netp.onnx"),
                    4_574_861,
                    "sha256:309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8",
                ),
            ),
        ),
        Entry(
            "u2net",
            "U2NET",
            "salient",
            320,
            "Apache-2.0",
            176_000_000,
            "the full network of the paper, as published",
            (
                RemoteFile(
                    _drive("1ao1ovG1Qtx4b7EoskHXmi2E9rp5CHLcZ"),
                    None,
                    "sha256:10025a17f49cd3208afc342b589890e402ee63123d6f2d289a4a0903695cce58",
                ),
                RemoteFile(_rembg("u2net.onnx"), None, "md5:60024c5c889badc19c04ad937298a77b"),
            ),
        ),
        Entry(
            "u2net_human_seg",
            "U2NET",
            "person",
            320,
            "Apache-2.0",
            176_000_000,
            "the full network for people, as published",
            (
                RemoteFile(_drive("1m_Kgs91b21gayc2XLW0ou8yugAIadWVP")),
                RemoteFile(_rembg("u2net_human_seg.onnx"), None, "md5:c09ddc2e0104f800e3e1bb4652583d1f"),
            ),
        ),
    )
}

PERSON_NAMES = ("u2netp-person", "u2netn-person")


@dataclass(frozen=True, slots=True)
class Found:
    """A file that was chosen: under which name, and the registry's entry where there is one."""

    name: str
    path: Path
    entry: Entry | None = None


def weights_dir() -> Path:
    """Where fetched and imported weights lie. Not created here."""
    return user_data_dir() / "weights"


def bundled_path(name: str) -> Path | None:
    """The file that comes with the program under this name, if it does."""
    path = assets_dir() / "weights" / f"{name}.safetensors"
    return path if path.is_file() else None


def installed_path(name: str) -> Path | None:
    """The fetched or imported file of this name, if there is one."""
    for suffix in SUFFIXES:
        path = weights_dir() / f"{name}{suffix}"
        if path.is_file():
            return path
    return None


def stored_metadata(path: Path) -> dict[str, str]:
    """What a .safetensors file says about itself, read from its first bytes without torch; empty for any other file."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(length)) if length < _HEADER_LIMIT else {}
    except (OSError, ValueError):
        return {}
    metadata = header.get("__metadata__", {}) if isinstance(header, dict) else {}
    return {str(name): str(value) for name, value in metadata.items()} if isinstance(metadata, dict) else {}


def for_camera(metadata: Mapping[str, str]) -> bool:
    """Whether weights with this metadata want pictures as `to_input_from_camera` prepares them, shrunk by area and in good
    light: those of this project's trainer, which alone writes down what its networks find. The published ones were trained
    on bilinear samples, divided by their brightest value.
    """
    return metadata.get("meaning") == "person"


def trained_sizes(metadata: Mapping[str, str]) -> tuple[int, ...]:
    """The input sides that weights with this metadata were trained at, the largest first; none where it does not say."""
    try:
        sizes = {int(size) for size in json.loads(metadata["config"])["sizes"]}
    except (KeyError, TypeError, ValueError):
        return ()
    return tuple(sorted((size for size in sizes if size >= 32), reverse=True))


def imported_names() -> tuple[str, ...]:
    """Names in the data folder that the registry does not know."""
    if not weights_dir().is_dir():
        return ()
    names = {path.stem for path in weights_dir().iterdir() if path.suffix in SUFFIXES}
    return tuple(sorted(names - REGISTRY.keys()))


def checked_name(name: str) -> str:
    """`name` when weights may be stored under it. Raises UsageError."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", name) or name == "auto":
        raise UsageError(f"weights cannot be named {name!r}: use letters, digits, - and _")
    return name


def person_weights() -> dict[str, Path]:
    """The person models that come with the program, the better one first, the faster one last.

    Whoever knows the engine's speed decides between them; `find_weights("auto")` takes the first.
    """
    paths = {name: bundled_path(name) for name in PERSON_NAMES}
    return {name: path for name, path in paths.items() if path is not None}


def find_weights(choice: str = "auto") -> Found:
    """The file that `choice` means: "auto", a name, or a path.

    Raises UsageError for a name that nothing has and WeightsError when the weights are not on this machine.
    """
    if choice != "auto":
        return _named(choice)
    preset = os.environ.get(ENVIRONMENT_VARIABLE)
    if preset and preset != "auto":
        try:
            return _named(preset)
        except (UsageError, WeightsError) as error:
            raise WeightsError(f"{ENVIRONMENT_VARIABLE}: {error}") from None
    for name, path in person_weights().items():
        return Found(name, path, REGISTRY[name])
    installed = installed_path("u2netp")
    if installed is None:
        raise WeightsError("there are no weights on this machine: get some with `main.py weights fetch u2netp`")
    return Found("u2netp", installed, REGISTRY["u2netp"])


def _named(choice: str) -> Found:
    entry = REGISTRY.get(choice)
    path = bundled_path(choice) if choice in PERSON_NAMES else None
    if path is None and re.fullmatch(r"[\w-]+", choice):
        path = installed_path(choice)
    if path is not None:
        return Found(choice, path, entry)
    if entry is not None and entry.files:
        raise WeightsError(f"the weights {choice} are not installed: get them with `main.py weights fetch {choice}`")
    if entry is not None:
        raise WeightsError(f"the weights {choice} do not come with this copy of u2live: choose others with --weights")
    path = expanded(choice)
    if os.path.exists(path):
        return Found(path.stem, path)
    if path.suffix.lower() in (*SUFFIXES, ".pt", ".onnx") or len(path.parts) > 1:
        raise WeightsError(f"there is no weights file {choice}: check the path, or take one of `main.py weights list`")
    known = ", ".join((*REGISTRY, *imported_names()))
    raise UsageError(f"there are no weights called {choice!r}: take a path (.safetensors, .pth) or one of {known}")
