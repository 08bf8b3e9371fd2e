"""The command line: finds the command, runs it, and turns errors into one line and an exit code."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import logging
import os
import signal
import sys
from collections.abc import Sequence

from u2live import __version__
from u2live.commands.options import Parser
from u2live.errors import U2LiveError, UsageError

COMMANDS = ("run", "process", "predict", "evaluate", "train", "cameras", "doctor", "bench", "weights")


def build_parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="main.py",
        description="Live background replacement with U²-Net. Without a command: the window.",
    )
    parser.add_argument("--version", action="version", version=f"u2live {__version__}")
    parser.add_argument("--verbose", action="store_true", help="log everything to stderr; tracebacks for errors")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name in COMMANDS:
        if importlib.util.find_spec(f"u2live.commands.{name}"):
            _command(name).add_parser(subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line. Returns the exit code: 0 done, 2 wrong usage, 1 anything else."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _dispatch(arguments)
    except U2LiveError as error:
        if "--verbose" in arguments:
            logging.getLogger("u2live").exception("the command failed")
        print(f"u2live: {error}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    except BrokenPipeError:
        # Whoever read our output left: nothing more to say, and nothing at interpreter shutdown either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print("u2live: interrupted", file=sys.stderr)
        return 128 + signal.SIGINT


def _dispatch(arguments: list[str]) -> int:
    parser = build_parser()
    if not any(argument in COMMANDS for argument in arguments) and not _asks_for_text(arguments):
        return int(_command("window").execute_arguments(arguments))
    parsed = parser.parse_args(arguments)
    logging.basicConfig(
        level=logging.DEBUG if parsed.verbose else logging.ERROR, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    return int(_command(parsed.command).execute(parsed))


def _asks_for_text(arguments: list[str]) -> bool:
    return any(argument in ("-h", "--help", "--version") for argument in arguments)


def _command(name: str):  # type: ignore[no-untyped-def]  # a module with add_parser and execute
    return importlib.import_module(f"u2live.commands.{name}")
