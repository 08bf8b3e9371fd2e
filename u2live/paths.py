"""Where things lie: what comes with the program, and the user's own folders."""

from __future__ import annotations

import os
from pathlib import Path

APP_NAME = "u2live"


def assets_dir() -> Path:
    """The folder of what comes with the program: weights, backgrounds, icons."""
    override = os.environ.get("U2LIVE_ASSETS")
    return Path(override) if override else Path(__file__).resolve().parent.parent / "assets"


def user_data_dir() -> Path:
    """Downloaded weights and the user's backgrounds. Not created here."""
    override = os.environ.get("U2LIVE_DATA_DIR")
    if override:
        return Path(override)
    import platformdirs

    return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))


def user_config_dir() -> Path:
    """Settings and presets. Not created here."""
    override = os.environ.get("U2LIVE_CONFIG_DIR")
    if override:
        return Path(override)
    import platformdirs

    return Path(platformdirs.user_config_dir(APP_NAME, appauthor=False))


def user_cache_dir() -> Path:
    """Compiled models and thumbnails: may be deleted at any time. Not created here."""
    override = os.environ.get("U2LIVE_CACHE_DIR")
    if override:
        return Path(override)
    import platformdirs

    return Path(platformdirs.user_cache_dir(APP_NAME, appauthor=False))


def user_recordings_dir() -> Path:
    """Recordings, where the settings name no folder. Not created here."""
    import platformdirs

    return Path(platformdirs.user_videos_dir()) / APP_NAME


def expanded(text: str) -> Path:
    """The path that a person wrote: `~` is their home, and what no user is called stays as it is. Never raises."""
    path = Path(text)
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def free_name(path: Path, numbered: str = "{}-{}") -> Path:
    """`path`, or with the first number from 2 that nothing has yet, put behind its stem in the manner of `numbered`."""
    free, number = path, 1
    while os.path.exists(free):
        number += 1
        free = path.with_stem(numbered.format(path.stem, number))
    return free
