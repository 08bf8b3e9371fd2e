"""`--fix`: one step at a time, each shown and asked for before it runs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from u2live.doctor.finding import Finding, Level, Step
from u2live.doctor.system import System

Ask = Callable[[str], bool]
Say = Callable[[str], None]
Execute = Callable[[Sequence[str], str], int]


def execute_step(argv: Sequence[str], text: str = "") -> int:
    """Run a command at this terminal, so that it can ask and answer itself. Returns its exit code; 127: no such program."""
    try:
        if text:
            return subprocess.run(argv, input=text.encode(), stdout=subprocess.DEVNULL, check=False).returncode
        return subprocess.run(argv, check=False).returncode
    except OSError:
        return 127


def repair(
    examine: Callable[[], tuple[Finding, ...]],
    system: System,
    *,
    ask: Ask,
    say: Say,
    execute: Execute = execute_step,
) -> tuple[Finding, ...]:
    """Offer the steps of every finding that has some, look again, and offer what came to light, until nothing is new.

    A step that is declined or fails ends its finding's steps: those after it stand on it. Returns the last findings.
    """
    tried: set[tuple[str, tuple[Step, ...]]] = set()
    findings = examine()
    while True:
        offers = list(_offers(findings, tried))
        if not offers:
            return findings
        changed = False
        for finding in offers:
            tried.add((finding.id, finding.fix))
            say(f"{finding.what}. {finding.why}".strip())
            changed = _apply(finding, system, ask, say, execute) or changed
        if not changed:
            return findings
        findings = examine()


def _offers(findings: tuple[Finding, ...], tried: set[tuple[str, tuple[Step, ...]]]) -> Iterator[Finding]:
    for finding in findings:
        if finding.level is not Level.OK and finding.fix and (finding.id, finding.fix) not in tried:
            yield finding


def _apply(finding: Finding, system: System, ask: Ask, say: Say, execute: Execute) -> bool:
    """Whether anything was run."""
    ran = False
    for step in finding.fix:
        runnable = _runnable(step, system)
        say(f"  {runnable.shown(as_root='')}")
        if not ask("Run this?"):
            say("  left out")
            return ran
        ran = True
        code = execute(runnable.argv, runnable.text)
        if code != 0:
            say(f"  it failed (exit code {code}); the steps after it are left out")
            return ran
    return ran


def _runnable(step: Step, system: System) -> Step:
    """The step as it will be run: through pkexec when it needs rights that we do not have, pip and main.py by our Python."""
    argv = step.argv
    if argv[0] == "python":
        argv = (sys.executable, *(sys.argv[0] if word == "main.py" else word for word in argv[1:]))
    if step.root and system.uid != 0:
        argv = ("pkexec", *argv)
    return replace(step, argv=argv)
