"""No command: the window, or without a display the demo rendered to a file."""

from __future__ import annotations

import argparse
import functools
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from u2live.commands import run
from u2live.commands.options import Parser
from u2live.errors import U2LiveError
from u2live.paths import free_name

_DEMO_SECONDS = 10.0


def execute_arguments(arguments: list[str]) -> int:
    """Open the window with the options of `run`."""
    args = _parse(arguments)
    if not has_display(os.environ, sys.platform):
        return _render_demo(args)
    try:
        from u2live.gui.app import run_app
    except ImportError as error:
        raise U2LiveError(
            f"the window cannot open ({error}); `main.py doctor` names the missing libraries, `main.py run` needs none"
        ) from error
    return int(run_app(args, functools.partial(run.settings_from, args)))


def has_display(environment: Mapping[str, str], platform: str) -> bool:
    """Whether a window can be shown: on Linux some display server, or a Qt platform that needs none."""
    if platform in ("win32", "darwin"):
        return True
    return any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = Parser(prog="main.py")
    run.add_run_options(parser)
    return parser.parse_args(arguments)


def _render_demo(args: argparse.Namespace) -> int:
    """Show what the program does where nothing can be shown: the demo, or the named source, as a file.

    The demo gives every frame, however slow the machine; unless somebody looks or speaks meanwhile, who cannot wait.
    """
    if args.record is None:
        args.record = free_name(Path("u2live-demo.mp4"))
    if args.source is None:
        args.source = "demo"
    if args.duration is None:
        args.duration = _DEMO_SECONDS
    print(
        f"u2live: there is no display for a window; rendering {args.duration:g} s of {args.source} to {args.record} instead",
        file=sys.stderr,
    )
    if args.source.lower() != "demo" or args.virtual_camera is not None or args.microphone is not None:
        return run.execute(args)
    from u2live.capture.factory import demo_file

    return run.execute_with(args, demo_file)
