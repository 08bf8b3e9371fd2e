"""The command line's options as settings for this run: they are not saved."""

from __future__ import annotations

import argparse

from u2live.errors import UsageError
from u2live.settings import Settings, with_text, with_value

_KEYS = {
    "source": "camera.source",
    "fps": "camera.frame_rate",
    "background": "background.choice",
    "weights": "model.weights",
    "engine": "model.engine",
}


def laid_over(settings: Settings, args: argparse.Namespace) -> Settings:
    """`settings` with the options of `run` laid over it, `--set` last. Raises UsageError before a window opens."""
    for option, key in _KEYS.items():
        value = getattr(args, option, None)
        if value is not None:
            settings = with_value(settings, key, value)
    if getattr(args, "size", None):
        width, cross, height = args.size.replace("×", "x").partition("x")
        if not (cross and width.isdigit() and height.isdigit()):
            raise UsageError(f"a size is WIDTHxHEIGHT in pixels, like 1280x720, not {args.size!r}")
        settings = with_value(with_value(settings, "camera.width", int(width)), "camera.height", int(height))
    for assignment in getattr(args, "assignments", []):
        settings = with_text(settings, assignment)
    if getattr(args, "background", None) is not None:
        from u2live.compose.choice import parse_background

        parse_background(args.background)
    return settings
