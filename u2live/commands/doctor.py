"""`doctor`: what is wrong on this machine, why, and exactly what to do."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from u2live.errors import UsageError

if TYPE_CHECKING:
    from u2live.doctor.finding import Finding

_COLORS = {"ok": "32", "warning": "33", "problem": "31"}


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser(
        "doctor",
        help="check this machine: camera, virtual camera, GPU, window, disk, weights",
        description="What works here and what does not, why, and the exact command that helps. Nothing is changed without "
        "--fix. Exit code 1 where there is a problem; warnings are none.",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--fix", action="store_true", help="offer to run what would help, one step at a time")


def execute(args: argparse.Namespace) -> int:
    """Exit code 0 when there is no problem (warnings may be), 1 when there is one."""
    from u2live.doctor.examine import examine, findings_of, healthy
    from u2live.doctor.system import System

    system = System()
    if args.fix:
        return _fix(system, as_json=args.json)
    if args.json:
        findings = examine(system)
        print(json.dumps({"healthy": healthy(findings), "findings": [as_dict(finding) for finding in findings]}))
        return 0 if healthy(findings) else 1
    shown = []
    for finding in findings_of(system):
        print("\n".join(lines_of(finding, color=sys.stdout.isatty())), flush=True)
        shown.append(finding)
    print(_summary(tuple(shown)))
    return 0 if healthy(tuple(shown)) else 1


def as_dict(finding: Finding) -> dict[str, Any]:
    """A finding for JSON."""
    return {
        "id": finding.id,
        "level": finding.level.value,
        "what": finding.what,
        "why": finding.why,
        "command": finding.command,
        "fixable": bool(finding.fix),
    }


def lines_of(finding: Finding, *, color: bool) -> list[str]:
    """A finding for the terminal."""
    word = finding.level.value
    mark = f"\x1b[{_COLORS[word]}m{word:<8}\x1b[0m" if color else f"{word:<8}"
    lines = [f"{mark} {finding.what}"]
    if finding.why:
        lines.append(f"         why: {finding.why}")
    if finding.command:
        lines.append(f"         do:  {finding.command}")
    return lines


def _fix(system: Any, *, as_json: bool) -> int:
    if as_json:
        raise UsageError("--fix asks questions and --json answers a program: choose one of them")
    if not sys.stdin.isatty():
        raise UsageError("--fix asks before each step and needs a terminal; without --fix doctor shows the commands")

    from u2live.doctor.examine import examine, healthy
    from u2live.doctor.repair import repair

    findings = repair(lambda: examine(system), system, ask=_ask, say=print)
    for finding in findings:
        if finding.level.value != "ok":
            print("\n".join(lines_of(finding, color=sys.stdout.isatty())))
    print(_summary(findings))
    return 0 if healthy(findings) else 1


def _ask(question: str) -> bool:
    try:
        return input(f"  {question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _summary(findings: tuple[Finding, ...]) -> str:
    counts = {word: sum(finding.level.value == word for finding in findings) for word in ("problem", "warning")}
    named = [f"{count} {word}{'' if count == 1 else 's'}" for word, count in counts.items() if count]
    return ", ".join(named) or "everything is well"
