"""What the window remembers about itself: its place, its folded panels, its theme."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from u2live.gui.logic.store import read_json, write_json

THEMES = ("system", "dark", "light")


@dataclass(slots=True)
class WindowState:
    geometry: str = ""
    theme: str = "system"
    folded: list[str] = dataclasses.field(
        default_factory=lambda: ["edges", "framing", "camera", "model", "virtual-camera", "recording", "presets"]
    )
    guide_done: bool = False
    told_tray: bool = False
    privacy_mode: str = "away"
    graph: bool = False
    caption: str = ""
    logo: str = ""
    logo_corner: str = "top-right"


def load(path: Path) -> WindowState:
    """The state in the file; anything in it that does not fit is left out."""
    tree = read_json(path)
    state = WindowState()
    if not isinstance(tree, dict):
        return state
    for leaf in dataclasses.fields(WindowState):
        value: Any = tree.get(leaf.name)
        if type(value) is type(getattr(state, leaf.name)):
            setattr(state, leaf.name, value)
    if state.theme not in THEMES:
        state.theme = "system"
    state.folded = [name for name in state.folded if isinstance(name, str)]
    return state


def save(path: Path, state: WindowState) -> None:
    """Raises OSError."""
    write_json(path, dataclasses.asdict(state))
