"""What u2live imports must not report anything to anybody."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not importlib.util.find_spec("openvino"), reason="no OpenVINO")
def test_openvino_is_imported_without_its_telemetry(tmp_path: Path) -> None:
    script = "import u2live, openvino, sys; print([name for name, module in sys.modules.items() if module])"
    environment = {**os.environ, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True
    )
    assert "'openvino'" in done.stdout
    assert "openvino_telemetry" not in done.stdout
    assert list(tmp_path.iterdir()) == [], "an identity was left in the home folder"
