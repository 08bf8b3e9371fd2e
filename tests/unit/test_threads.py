"""Every thread of ours bears our name: by it the end of the process knows whom it leaves behind (pipeline.leaving)."""

from __future__ import annotations

import ast
from pathlib import Path

PROGRAM = Path(__file__).resolve().parents[2] / "u2live"


def test_every_thread_is_named_after_the_program() -> None:
    calls = [
        (f"{path.relative_to(PROGRAM)}:{node.lineno}", node)
        for path in PROGRAM.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "threading.Thread"
    ]
    assert len(calls) > 10
    names = {place: [ast.unparse(word.value) for word in call.keywords if word.arg == "name"] for place, call in calls}
    assert [place for place, name in names.items() if not name or "u2live-" not in name[0]] == []
