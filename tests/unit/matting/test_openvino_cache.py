"""A second start reads what the first one made, and a damaged cache is made again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.unit.matting.conftest import small_weights
from u2live import paths
from u2live.matting import half_precision, openvino_engine
from u2live.matting.openvino_engine import OpenVinoEngine

PICTURE = np.random.default_rng(3).integers(0, 256, (90, 120, 3), np.uint8)


pytestmark = pytest.mark.usefixtures("started_before")


def _no_conversion(*_: object) -> None:
    raise AssertionError("converted again")


def test_second_start_neither_converts_nor_probes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("U2LIVE_CACHE_DIR", str(tmp_path))  # this first start is none of a copy
    expected = OpenVinoEngine(small_weights()).infer(PICTURE)
    monkeypatch.setattr(openvino_engine, "_converted", _no_conversion)
    monkeypatch.setattr(openvino_engine, "_bears", _no_conversion)
    np.testing.assert_array_equal(OpenVinoEngine(small_weights()).infer(PICTURE), expected)


def test_other_weights_are_converted(monkeypatch: pytest.MonkeyPatch) -> None:
    OpenVinoEngine(small_weights(0)).close()
    monkeypatch.setattr(openvino_engine, "_converted", _no_conversion)
    with pytest.raises(AssertionError, match="converted again"):
        OpenVinoEngine(small_weights(1))


@pytest.mark.parametrize("damage", [b"<net", *(pytest.param(each, marks=pytest.mark.slow) for each in (b"", b"\0" * 4096))])
def test_a_damaged_cache_is_made_again(damage: bytes) -> None:
    expected = OpenVinoEngine(small_weights(), precision="fp32").infer(PICTURE)
    files = list((paths.user_cache_dir() / "openvino").iterdir())
    assert {".xml", ".bin"} <= {file.suffix for file in files}
    for file in files:
        file.chmod(0o644)
        file.write_bytes(damage)
    np.testing.assert_array_equal(OpenVinoEngine(small_weights(), precision="fp32").infer(PICTURE), expected)


def test_no_cache_folder_is_no_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.write_text("not a folder")
    monkeypatch.setenv("U2LIVE_CACHE_DIR", str(taken))
    assert OpenVinoEngine(small_weights()).infer(PICTURE).shape == (64, 64)


def test_a_precision_the_network_does_not_bear_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    for file in (paths.user_cache_dir() / "openvino").glob("*.*16"):
        file.unlink()  # what was remembered
    monkeypatch.setattr(half_precision, "TOLERANCE", 0.0)
    assert OpenVinoEngine(small_weights()).info.precision == "fp32"
