"""Runs in the guest: the real program on real devices. One boot, several acts; each check is a line of JSON in OUT/results.

usage: python -m tests.vm.inside.checks OUT [ACT...]
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from pathlib import Path

from tests.vm.inside import acts
from tests.vm.inside.stage import Stage

_USUAL_LOOP_S = 0.08
"""What the loop below takes on an ordinary machine."""


def main(out: Path, wanted: list[str]) -> int:
    stage = Stage(out, slowness())
    stage.log(f"this guest is {stage.slowness:.1f} times slower than an ordinary machine")
    for act in acts.ALL:
        if wanted and act.__name__ not in wanted:
            continue
        stage.log(f"act: {act.__name__}")
        try:
            act(stage)
        except Exception:
            stage.log(traceback.format_exc())
            stage.check(f"{act.__name__} was played to its end", False, traceback.format_exc(limit=2).splitlines()[-1])
        finally:
            stage.clear()
    return 0


def slowness() -> float:
    start_s = time.monotonic()
    for _ in range(2_000_000):
        pass
    return max(1.0, (time.monotonic() - start_s) / _USUAL_LOOP_S)


if __name__ == "__main__":
    print(json.dumps({"python": sys.version}))
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
