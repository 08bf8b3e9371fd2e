"""The command line: finds the command, runs it, and turns errors into one line and an exit code."""

from __future__ import annotations

import argparse
import importlib
import io
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from u2live import __version__
from u2live.commands.options import Parser
from u2live.errors import U2LiveError, UsageError
from u2live.pipeline.leaving import leave_if_a_thread_still_works, leave_if_one_of_several

COMMANDS = ("run", "process", "predict", "evaluate", "train", "cameras", "doctor", "bench", "weights")

_log = logging.getLogger("u2live")


def build_parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="main.py",
        description="Live background replacement with U²-Net. Without a command: the window, with the options of `run`.",
    )
    parser.add_argument("--version", action="version", version=f"u2live {__version__}")
    parser.add_argument("--verbose", action="store_true", help="log to stderr what happens, with tracebacks for errors")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name in COMMANDS:
        _command(name).add_parser(subparsers)
    return parser


def program() -> NoReturn:
    """The whole program: the command line, then the end of the process."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal or pipe that lacks a letter still gets the rest
    code = main()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # what is left is nothing to interrupt with a traceback
    leave_if_a_thread_still_works(code)
    leave_if_one_of_several(code)
    sys.exit(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line. Returns the exit code: 0 done, 2 wrong usage, 1 anything else."""
    given = list(sys.argv[1:] if argv is None else argv)
    verbose = "--verbose" in given
    arguments = [argument for argument in given if argument != "--verbose"]  # wherever it stands
    interrupted = threading.Event()
    try:
        with _noted(interrupted):
            return _dispatch(arguments, verbose=verbose)
    except U2LiveError as error:
        if verbose:
            _log.exception("the command failed")
        print(f"u2live: {error}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    except BrokenPipeError:
        # Whoever read our output left: nothing more to say, and nothing at interpreter shutdown either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return _interrupted()
    except OSError as error:
        if verbose:
            raise
        place = f"{error.filename}: " if error.filename else ""
        print(f"u2live: {place}{error.strerror or error}; --verbose shows where", file=sys.stderr)
        return 1
    except Exception as error:
        if interrupted.is_set():  # numpy and torch make other errors of it while they are imported
            return _interrupted()
        if verbose:
            raise
        first = next(iter(str(error).strip().splitlines()), "no details")
        print(
            f"u2live: a fault in u2live itself ({type(error).__name__}: {first}); "
            "the same command with --verbose shows where: please report that",
            file=sys.stderr,
        )
        return 1


@contextmanager
def _noted(interrupted: threading.Event) -> Iterator[None]:
    """Has Ctrl-C set `interrupted` before it raises KeyboardInterrupt, where that is what it does."""
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return

    def note(number: int, frame: FrameType | None) -> None:
        interrupted.set()
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _interrupted() -> int:
    print("u2live: interrupted", file=sys.stderr)
    return 128 + signal.SIGINT


def _dispatch(arguments: list[str], *, verbose: bool) -> int:
    logging.basicConfig(level=logging.ERROR, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if verbose:
        _log.setLevel(logging.DEBUG)  # not the libraries', one of which prints whole networks
    parser = build_parser()
    if not any(argument in COMMANDS for argument in arguments) and not _asks_for_text(arguments):
        if arguments and not arguments[0].startswith("-"):
            raise UsageError(_no_command(arguments[0]))
        return int(_command("window").execute_arguments(arguments))
    parsed = parser.parse_args(arguments)
    return int(_command(parsed.command).execute(parsed))


def _no_command(word: str) -> str:
    import difflib

    alike = difflib.get_close_matches(word, COMMANDS, n=1)
    if alike:
        return f"there is no command {word!r}; did you mean {alike[0]}?"
    cure = f"for the window with it: --source {word}; for a file: process {word} --output FILE"
    return f"there is no command {word!r}; " + (
        cure if os.path.exists(word) else f"commands: {', '.join(COMMANDS)}; see main.py --help"
    )


def _asks_for_text(arguments: list[str]) -> bool:
    return any(argument in ("-h", "--help", "--version") for argument in arguments)


def _command(name: str):  # type: ignore[no-untyped-def]  # a module with add_parser and execute
    return importlib.import_module(f"u2live.commands.{name}")
