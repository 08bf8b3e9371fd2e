"""The settings on disk: sparse JSON, read strictly, written atomically, never lost."""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from u2live import settings as schema
from u2live.paths import user_config_dir
from u2live.settings import SCHEMA_VERSION, Settings


def default_path() -> Path:
    return user_config_dir() / "settings.json"


def load_settings(path: Path) -> tuple[Settings, tuple[str, ...]]:
    """The settings in `path` and what is to be told about them.

    No file: the defaults. A file that is broken, from a newer version, or has entries that do not fit, is copied aside
    under another name before anything else can overwrite it; what fits is used. Never raises for a bad file.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings(), ()
    except (OSError, UnicodeDecodeError) as error:
        return Settings(), (f"the settings in {path} cannot be read ({error}): using the defaults{_keep(path)}",)
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        tree = None
    if not isinstance(tree, dict):
        return Settings(), (f"the settings in {path} are damaged: using the defaults{_keep(path)}",)
    version = tree.pop("version", SCHEMA_VERSION)
    settings, problems = schema.from_dict(tree)
    if version != SCHEMA_VERSION:
        problems = (f"they were written by another version of u2live (format {version!r})", *problems)
    if problems:
        return settings, (f"some settings in {path} were left out: {'; '.join(problems)}{_keep(path)}",)
    return settings, ()


def save_settings(path: Path, settings: Settings) -> None:
    """Write what differs from the defaults, in one step: the old file stays until the new one is whole. Raises OSError."""
    tree: dict[str, Any] = {"version": SCHEMA_VERSION, **schema.to_dict(settings)}
    write_text_atomically(path, json.dumps(tree, indent=2, ensure_ascii=False) + "\n")


def write_text_atomically(path: Path, text: str) -> None:
    """Write `text` beside `path` and rename it into place. Raises OSError and then leaves the old file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _keep(path: Path) -> str:
    """Copy `path` aside, once however often it is read; says where, as the end of a sentence."""
    try:
        content = path.read_bytes()
        for kept in path.parent.glob(f"{path.stem}.kept-*{path.suffix}"):
            if kept.read_bytes() == content:
                break
        else:
            kept = path.with_name(f"{path.stem}.kept-{time.strftime('%Y%m%d-%H%M%S')}{path.suffix}")
            kept.write_bytes(content)
    except OSError:
        return ""
    return f"; the file was kept as {kept.name}"
