"""Several networks on the same pictures, in good and in poor light."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from u2live.model.u2net import U2NETN
from u2live.training.compare import LIGHTS, compare, main, seeing_twice
from u2live.training.webcam import beside_a_lamp


def bright_parts(image: np.ndarray) -> np.ndarray:
    return (image.mean(2) > 100).astype(np.float32)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """Light discs before dark walls, which `bright_parts` finds."""
    folder = tmp_path / "people" / "validation"
    for name in ("image", "alpha"):
        (folder / name).mkdir(parents=True)
    for number in range(3):
        alpha = np.zeros((96, 128), np.uint8)
        cv2.circle(alpha, (50 + 10 * number, 60), 25, 255, -1)
        image = np.where(alpha[..., None] > 0, 200, 40).astype(np.uint8).repeat(3, 2)
        cv2.imwrite(str(folder / "image" / f"{number}.png"), image)
        cv2.imwrite(str(folder / "alpha" / f"{number}.png"), alpha)
    return folder


def test_one_row_for_each_network_and_folder(people: Path) -> None:
    report = compare({"bright": bright_parts, "none": lambda image: 0 * bright_parts(image)}, [people])
    rows = report["people/validation"]
    assert rows["bright"]["iou"] == 1
    assert rows["none"]["iou"] == 0
    assert rows["bright"]["pictures"] == 3


def test_seen_twice_what_one_look_misses_the_other_may_find() -> None:
    image = np.zeros((4, 8, 3), np.uint8)
    image[:, :4] = 200

    def blind_on_the_right(picture: np.ndarray) -> np.ndarray:
        alpha = 0.98 * bright_parts(picture)
        alpha[:, 4:] *= 0.5
        return alpha

    np.testing.assert_allclose(seeing_twice(blind_on_the_right)(image)[:, :4], 0.875, atol=0.01)
    assert seeing_twice(bright_parts)(image) == pytest.approx(bright_parts(image), abs=1e-5)


def test_a_model_may_be_asked_to_see_twice(people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.manual_seed(0)
    weights, data = tmp_path / "tiny.safetensors", str(people.parent)
    save_file(U2NETN(mid=4, outer=8).state_dict(), weights, {"input_size": "64"})
    looks = {"once": "", "twice": "+mirrored", "named": "@64+mirrored@64", "finer": "+mirrored@96"}
    models = [f"{name}={weights}{look}" for name, look in looks.items()]
    assert main(["--models", *models, "--data", data, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["people/validation"]
    assert rows["twice"] == rows["named"]
    assert len({rows[name]["mad"] for name in looks}) == 3


@pytest.mark.parametrize("look", ["@big+mirrored", "+mirrored@", "@64+mirrored@big"])
def test_looks_that_make_no_sense_are_one_clear_line(people: Path, look: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--models", f"a=x.onnx{look}", "--data", str(people.parent)]) == 2
    assert "+mirrored" in capsys.readouterr().err


@pytest.mark.parametrize("light", LIGHTS)
def test_poor_light_is_the_same_in_every_run_and_hides_people(people: Path, light: str) -> None:
    first, second = (compare({"bright": bright_parts}, [people], light=light) for _ in range(2))
    assert first == second
    assert first["people/validation"]["bright"]["iou"] < 0.9


def test_a_lamp_stands_where_nobody_is() -> None:
    image = np.full((120, 160, 3), 120, np.uint8)
    matte = np.zeros((120, 160), np.float32)
    matte[40:, :100] = 1
    seen = beside_a_lamp(image, matte, np.random.default_rng(3))
    assert seen.dtype == np.uint8
    assert seen.max() == 255
    assert seen[matte > 0].mean() < 40
    left, right = seen[:40, :40].mean(), seen[:40, -40:].mean()
    assert max(left, right) > 2 * seen[matte > 0].mean()


def test_a_mistake_is_one_line(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--models", "a=nowhere.onnx", "--data", str(people.parent)]) == 1
    assert main(["--models", "a", "--data", str(people.parent)]) == 2
    assert main(["--models", "a=nowhere.onnx", "--data", str(people.parent), "--light", "lamp", "--clips"]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 3
    assert all(line.startswith("u2live: ") for line in lines)


@pytest.mark.slow
@pytest.mark.shared
def test_the_person_beside_a_lamp_in_the_dark_is_found(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weights = Path(__file__).parents[3] / "assets" / "weights" / "u2netn-person.safetensors"
    command = ["--models", f"student={weights}@192", "--data", str(shared / "datasets" / "eg1800"), "--most", "12", "--json"]
    ious = []
    for light in ([], ["--light", "lamp"]):
        assert main([*command, *light]) == 0
        ious.append(json.loads(capsys.readouterr().out)["eg1800/validation"]["student"]["iou"])
    in_good_light, in_the_dark = ious
    assert in_the_dark > 0.9
    assert in_the_dark > in_good_light - 0.05
