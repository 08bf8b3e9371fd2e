"""Runs in the guest: the real program on real devices. One boot, several acts; each check is a line of JSON in OUT/results.

usage: python -m tests.vm.inside.checks OUT [ACT...]
"""

from __future__ import annotations

import json
import sys
import traceback
from pathlib import Path

from tests.vm.inside.call import a_call
from tests.vm.inside.coming_and_going import a_device_left_behind, restarts_under_a_reader
from tests.vm.inside.network import the_network
from tests.vm.inside.remedies import the_doctor, the_module
from tests.vm.inside.stage import Stage

ACTS = (a_call, restarts_under_a_reader, a_device_left_behind, the_module, the_network, the_doctor)


def main(out: Path, wanted: list[str]) -> int:
    stage = Stage(out)
    for act in ACTS:
        if wanted and act.__name__ not in wanted:
            continue
        stage.log(f"act: {act.__name__}; this guest is {stage.measure():.1f} times slower than an ordinary machine")
        try:
            act(stage)
        except Exception:
            stage.log(traceback.format_exc())
            stage.check(f"{act.__name__} was played to its end", False, traceback.format_exc(limit=2).splitlines()[-1])
        finally:
            stage.clear()
    return 0


if __name__ == "__main__":
    print(json.dumps({"python": sys.version}))
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
