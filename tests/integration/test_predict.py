"""`predict` from a folder to a folder, with a small real network and with the published one."""

from __future__ import annotations

import argparse
import os
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from u2live.commands import predict
from u2live.errors import SinkError, SourceError, UsageError
from u2live.model.u2net import U2NETN
from u2live.pipeline.shared_matter import SharedMatter
from u2live.settings import ModelSettings, Settings
from u2live.types import Frame


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(3)
    path = tmp_path_factory.mktemp("weights") / "tiny.safetensors"
    save_file(U2NETN(mid=4, outer=8).state_dict(), path, {"input_size": "64"})
    return path


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    rng = np.random.default_rng(5)
    for name, shape in {"wide.jpg": (40, 90, 3), "tall é.png": (101, 33, 3), "grey.png": (64, 64)}.items():
        cv2.imencode(Path(name).suffix, rng.integers(0, 256, shape, np.uint8))[1].tofile(folder / name)
    (folder / "notes.txt").write_text("not a picture, and not meant as one")
    return folder


def run(source: Path, target: Path, weights: Path) -> int:
    parser = argparse.ArgumentParser()
    predict.add_parser(parser.add_subparsers())
    return predict.execute(
        parser.parse_args(["predict", str(source), str(target), "--weights", str(weights), "--engine", "torch"])
    )


def maps(folder: Path) -> dict[str, np.ndarray]:
    return {path.name: cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED) for path in folder.iterdir()}


def test_every_picture_gives_a_grey_map_of_its_size_from_black_to_white(pictures: Path, tmp_path: Path, tiny: Path) -> None:
    assert run(pictures, tmp_path / "new" / "out", tiny) == 0
    made = maps(tmp_path / "new" / "out")
    shapes = {name: made[name].shape for name in made}
    assert shapes == {"wide.png": (40, 90), "tall é.png": (101, 33), "grey.png": (64, 64)}
    assert all(saliency.dtype == np.uint8 for saliency in made.values())
    # At the network's own size nothing is resized: the ends of the stretched map are there exactly.
    assert (made["grey.png"].min(), made["grey.png"].max()) == (0, 255)


def with_orientation(pixels: np.ndarray, orientation: int) -> bytes:
    """A JPEG whose EXIF note says how to turn it."""
    jpeg = cv2.imencode(".jpg", pixels)[1].tobytes()
    note = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0" + bytes([orientation]) + b"\0\0\0\0\0\0\0"
    return jpeg[:2] + b"\xff\xe1" + (len(note) + 2).to_bytes(2, "big") + note + jpeg[2:]


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As of this project's trainer: a map with some contrast, and nothing in it that comes near to white."""
    torch.manual_seed(4)
    network = U2NETN(mid=4, outer=8)
    with torch.no_grad():
        network.outconv.weight *= 20
        network.outconv.bias -= 1.5
    path = tmp_path_factory.mktemp("weights") / "people.safetensors"
    save_file(network.state_dict(), path, {"input_size": "64", "meaning": "person"})
    return path


def test_people_are_the_matte_that_process_would_use(tmp_path: Path, people: Path) -> None:
    (tmp_path / "in").mkdir()
    picture = np.random.default_rng(6).integers(0, 256, (131, 203, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "in" / "a.png"), picture)
    assert run(tmp_path / "in", tmp_path / "out", people) == 0
    settings = Settings(model=ModelSettings(str(people), "torch"))
    with closing(SharedMatter()) as matter:
        matted = matter.for_a_still(settings, lambda _notice: None).matte(Frame(0, 0, picture), settings.matte)
    made = maps(tmp_path / "out")["a.png"]
    assert made.shape == (131, 203)
    assert 0 < made.max() < 200, "not stretched"
    np.testing.assert_allclose(made, 255 * np.asarray(matted.alpha), atol=0.51)


def test_people_are_seen_upright(tmp_path: Path, people: Path) -> None:
    stored = np.random.default_rng(7).integers(0, 256, (12, 20, 3), np.uint8).repeat(4, 0).repeat(4, 1)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jpg").write_bytes(with_orientation(stored, 6))
    cv2.imwrite(str(tmp_path / "in" / "upright.png"), cv2.imread(str(tmp_path / "in" / "a.jpg")))
    assert run(tmp_path / "in", tmp_path / "out", people) == 0
    made = maps(tmp_path / "out")
    assert made["a.png"].shape == (80, 48)
    assert np.ptp(made["a.png"]) > 5
    np.testing.assert_array_equal(made["a.png"], made["upright.png"])


def test_a_bad_picture_of_people_is_told_and_the_others_are_done(
    pictures: Path, tmp_path: Path, people: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (pictures / "empty.jpg").write_bytes(b"")
    (pictures / "text.png").write_text("no picture at all")
    assert run(pictures, tmp_path / "out", people) == 1
    assert maps(tmp_path / "out").keys() == {"wide.png", "tall é.png", "grey.png"}
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("u2live:")]
    assert len(lines) == 2
    assert "empty.jpg" in lines[0]
    assert "text.png" in lines[1]


def test_bad_pictures_are_told_one_by_one_and_the_others_are_done(
    pictures: Path, tmp_path: Path, tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (pictures / "empty.jpg").write_bytes(b"")
    (pictures / "text.png").write_text("no picture at all")
    whole = (pictures / "wide.jpg").read_bytes()
    (pictures / "wide.png").write_bytes(whole)
    assert run(pictures, tmp_path / "out", tiny) == 1
    assert maps(tmp_path / "out").keys() == {"wide.png", "tall é.png", "grey.png"}
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("u2live:")]
    assert len(lines) == 3
    assert "empty.jpg is empty" in lines[0]
    assert "text.png is damaged" in lines[1]
    assert "wide.png is left out" in lines[2]
    assert "wide.jpg" in lines[2]


def test_a_damaged_picture_keeps_no_name_from_a_whole_one(pictures: Path, tmp_path: Path, tiny: Path) -> None:
    (pictures / "same.jpg").write_bytes(b"")
    (pictures / "same.png").write_bytes((pictures / "wide.jpg").read_bytes())
    assert run(pictures, tmp_path / "out", tiny) == 1
    assert "same.png" in maps(tmp_path / "out")


def test_a_picture_without_any_contrast_gives_a_whole_map(tmp_path: Path, tiny: Path) -> None:
    (tmp_path / "in").mkdir()
    cv2.imwrite(str(tmp_path / "in" / "black.png"), np.zeros((64, 64, 3), np.uint8))
    assert run(tmp_path / "in", tmp_path / "out", tiny) == 0
    assert maps(tmp_path / "out")["black.png"].shape == (64, 64)


def test_the_map_lies_on_the_stored_pixels_whatever_exif_says(tmp_path: Path, tiny: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jpg").write_bytes(with_orientation(np.zeros((20, 60, 3), np.uint8), 6))
    assert cv2.imread(str(tmp_path / "in" / "a.jpg")).shape == (60, 20, 3)
    assert run(tmp_path / "in", tmp_path / "out", tiny) == 0
    assert maps(tmp_path / "out")["a.png"].shape == (20, 60)


def test_folders_that_do_not_do(pictures: Path, tmp_path: Path, tiny: Path) -> None:
    (tmp_path / "empty").mkdir()
    file = pictures / "notes.txt"
    with pytest.raises(SourceError, match="there is no folder"):
        run(tmp_path / "nowhere", tmp_path / "out", tiny)
    with pytest.raises(SourceError, match="is no folder"):
        run(file, tmp_path / "out", tiny)
    with pytest.raises(SourceError, match="no pictures"):
        run(tmp_path / "empty", tmp_path / "out", tiny)
    with pytest.raises(SinkError, match="no maps can be written"):
        run(pictures, file / "out", tiny)
    with pytest.raises(UsageError, match="would replace the pictures"):
        run(pictures, pictures, tiny)
    assert not (tmp_path / "out").exists()


def test_an_unknown_engine_is_wrong_usage(pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    predict.add_parser(parser.add_subparsers())
    with pytest.raises(SystemExit) as caught:
        parser.parse_args(["predict", str(pictures), str(tmp_path / "out"), "--engine", "abacus"])
    assert caught.value.code == 2
    assert "'auto', 'cuda', 'openvino', 'torch'" in capsys.readouterr().err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_a_full_disk_is_one_line(pictures: Path, tmp_path: Path, tiny: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".grey.png.part").symlink_to("/dev/full")
    with pytest.raises(SinkError, match="No space left on device"):
        run(pictures, tmp_path / "out", tiny)
    assert not (tmp_path / "out" / "grey.png").exists()


@pytest.mark.shared
@pytest.mark.slow
def test_the_published_maps_are_reproduced(shared: Path, u2netp_weights: Path, tmp_path: Path) -> None:
    official = shared / "golden" / "official"
    assert run(official / "test_images", tmp_path / "out", u2netp_weights) == 0
    made, published = maps(tmp_path / "out"), maps(official / "u2netp_results")
    assert made.keys() == published.keys()
    assert len(made) == 18

    def small(saliency: np.ndarray) -> np.ndarray:
        grey = saliency if saliency.ndim == 2 else saliency[:, :, 0]
        return cv2.resize(grey, (320, 320), interpolation=cv2.INTER_LINEAR).astype(np.float64) / 255

    differences = [float(np.abs(small(made[name]) - small(published[name])).mean()) for name in made]
    assert float(np.mean(differences)) <= 0.0025
