"""Truths that several opinions agree on."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from u2live.errors import UsageError
from u2live.training.consensus import agree, consensus, main

MATTES = arrays(np.uint8, (4, 5))


@given(MATTES, MATTES, MATTES)
def test_one_of_three_is_outvoted_and_nothing_is_invented(one: np.ndarray, two: np.ndarray, three: np.ndarray) -> None:
    agreed = consensus([one, two, three])
    assert agreed.dtype == np.uint8
    np.testing.assert_array_equal(consensus([one, one, three]), one)
    assert ((agreed == one) | (agreed == two) | (agreed == three)).all()
    np.testing.assert_array_equal(consensus([three, one, two]), agreed)


@given(st.integers(1, 3))
def test_an_even_number_has_no_middle(half: int) -> None:
    with pytest.raises(UsageError, match="no middle"):
        consensus([np.zeros((2, 2), np.uint8)] * (2 * half))


def folder_of(root: Path, *, truth: bool) -> Path:
    """One picture whose right half is bright; the truth, where there is one, is its left half."""
    image = np.zeros((8, 12, 3), np.uint8)
    image[:, 6:] = 255
    (root / "image").mkdir(parents=True)
    cv2.imwrite(str(root / "image" / "a.png"), image)
    if truth:
        (root / "alpha").mkdir()
        cv2.imwrite(str(root / "alpha" / "a.png"), 255 - image[..., 0])
    return root


def bright(image: np.ndarray) -> np.ndarray:
    return image[..., 0].astype(np.float32) / 255


def test_two_networks_outvote_a_truth(tmp_path: Path) -> None:
    agree(folder_of(tmp_path / "data", truth=True), [bright, bright], tmp_path / "out")
    alpha = cv2.imread(str(tmp_path / "out" / "alpha" / "a.png"), cv2.IMREAD_GRAYSCALE)
    assert alpha[:, 6:].min() == 255
    assert alpha[:, :6].max() == 0
    assert (tmp_path / "out" / "image" / "a.png").read_bytes() == (tmp_path / "data" / "image" / "a.png").read_bytes()


def test_the_truth_stands_where_networks_disagree(tmp_path: Path) -> None:
    agree(folder_of(tmp_path / "data", truth=True), [bright, lambda image: 1 - bright(image)], tmp_path / "out")
    alpha = cv2.imread(str(tmp_path / "out" / "alpha" / "a.png"), cv2.IMREAD_GRAYSCALE)
    assert alpha[:, :6].min() == 255
    assert alpha[:, 6:].max() == 0


def test_pictures_without_truth_need_an_odd_number(tmp_path: Path) -> None:
    data = folder_of(tmp_path / "data", truth=False)
    with pytest.raises(UsageError, match="one network more"):
        agree(data, [bright, bright], tmp_path / "out")
    agree(data, [bright], tmp_path / "out")
    assert (tmp_path / "out" / "alpha" / "a.png").is_file()


def test_what_is_no_folder_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weights = Path(__file__).resolve().parents[3] / "assets" / "weights" / "u2netn-person.safetensors"
    command = ["--models", str(weights), "--data", str(tmp_path / "no"), "--output", str(tmp_path / "out")]
    assert main(command) == 2
    assert capsys.readouterr().err == f"u2live: {tmp_path / 'no'} has no image/ folder\n"
    assert not (tmp_path / "out").exists()


def test_no_network_is_opened_for_what_is_no_folder(tmp_path: Path) -> None:
    """That takes seconds."""
    with pytest.raises(UsageError, match="image/"):
        agree(tmp_path / "no", (pytest.fail("opened") for _ in range(1)), tmp_path / "out")
