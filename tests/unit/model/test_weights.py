"""Reading weights: what loads, what is recognised, and that every bad file is refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from u2live.errors import U2LiveError, UsageError, WeightsError
from u2live.model import registry
from u2live.model.registry import person_weights
from u2live.model.stored import StoredWeights
from u2live.model.u2net import U2NET, U2NETN, U2NETP, NestedUNet
from u2live.model.weights import load_weights, read_weights


def small() -> NestedUNet:
    torch.manual_seed(7)
    return U2NETN(mid=4, outer=8).eval()


def put(folder: Path, name: str, network: NestedUNet, **metadata: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.safetensors"
    save_file(network.state_dict(), path, metadata or None)
    return path


def output(network: NestedUNet) -> Tensor:
    picture = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        return network(picture)[0]


def refusal(path: Path) -> str:
    with pytest.raises(U2LiveError) as caught:
        load_weights(str(path))
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    return message


@pytest.mark.shared
def test_the_published_weights_load_and_are_recognised(u2netp_weights: Path) -> None:
    weights = load_weights(str(u2netp_weights))
    assert (weights.name, weights.architecture, weights.input_size, weights.meaning) == ("u2netp", "U2NETP", 320, "salient")
    assert isinstance(weights.network, U2NETP)
    assert not weights.network.training
    stored = load_file(u2netp_weights)
    loaded = weights.network.state_dict()
    assert loaded.keys() == stored.keys()
    assert all(torch.equal(loaded[name].float(), stored[name].float()) for name in stored)
    assert {tensor.dtype for tensor in loaded.values()} == {torch.float32, torch.int64}


@pytest.mark.parametrize(
    ("network", "architecture"), [(U2NETP(), "U2NETP"), (U2NETN(mid=8, outer=32), "U2NETN"), (U2NET(), "U2NET")]
)
def test_architectures_are_recognised_by_their_shapes(tmp_path: Path, network: NestedUNet, architecture: str) -> None:
    weights = read_weights(put(tmp_path, "some", network))
    assert weights.architecture == architecture
    assert type(weights.network) is type(network)


def test_the_network_computes_what_was_stored(tmp_path: Path) -> None:
    network = small()
    assert torch.equal(output(read_weights(put(tmp_path, "n", network)).network), output(network))


def test_a_presence_is_read_where_the_file_has_one(tmp_path: Path) -> None:
    network = small()
    presence = network.judge_presence()
    torch.nn.init.constant_(presence.bias, -6)
    read = read_weights(put(tmp_path, "n", network)).network
    assert read.presence is not None
    assert torch.equal(output(read), output(network))
    plain = read_weights(put(tmp_path, "plain", small())).network
    assert plain.presence is None
    assert output(read).max() < output(plain).max()


def test_a_presence_of_another_shape_is_refused(tmp_path: Path) -> None:
    network = small()
    network.presence = torch.nn.Linear(3, 1)
    assert "presence.weight" in refusal(put(tmp_path, "n", network))


@pytest.mark.parametrize("legacy", [False, True], ids=["zip", "legacy"])
@pytest.mark.parametrize("wrap", [None, "state_dict", "model"])
def test_checkpoints_of_torch_load_with_and_without_prefix(tmp_path: Path, legacy: bool, wrap: str | None) -> None:
    network = small()
    state = {f"module.{name}": value for name, value in network.state_dict().items()}
    path = tmp_path / "n.pth"
    torch.save({wrap: state, "epoch": 3} if wrap else state, path, _use_new_zipfile_serialization=not legacy)
    assert torch.equal(output(read_weights(path).network), output(network))


def test_half_precision_is_read_as_single(tmp_path: Path) -> None:
    network = small()
    halved = {name: value.half() if value.is_floating_point() else value for name, value in network.state_dict().items()}
    save_file(halved, tmp_path / "half.safetensors")
    loaded = read_weights(tmp_path / "half.safetensors").network
    assert all(parameter.dtype == torch.float32 for parameter in loaded.parameters())
    assert float((output(loaded) - output(network)).abs().max()) < 5e-3


def test_checkpoints_without_counters_load(tmp_path: Path) -> None:
    state = {name: value for name, value in small().state_dict().items() if not name.endswith("num_batches_tracked")}
    save_file(state, tmp_path / "n.safetensors")
    assert torch.equal(output(read_weights(tmp_path / "n.safetensors").network), output(small()))


def test_metadata_says_size_and_meaning(tmp_path: Path) -> None:
    weights = read_weights(put(tmp_path, "n", small(), input_size="192", meaning="person", mid="4", outer="8"))
    assert (weights.input_size, weights.meaning, weights.metadata["mid"]) == (192, "person", "4")


@pytest.mark.parametrize(
    ("metadata", "for_camera"), [({"meaning": "person"}, True), ({"meaning": "salient"}, False), ({}, False)]
)
def test_how_pictures_were_shrunk_is_known_before_the_weights_are_read(
    tmp_path: Path, metadata: dict[str, str], for_camera: bool
) -> None:
    path = put(tmp_path, "n", small(), **metadata)
    stored = StoredWeights(str(path))
    assert stored.for_camera is for_camera
    assert "loaded" not in vars(stored)
    assert stored.loaded.for_camera is for_camera


@pytest.mark.parametrize(("key", "value"), [("input_size", "big"), ("input_size", "7"), ("meaning", "cats")])
def test_metadata_that_makes_no_sense_is_refused(tmp_path: Path, key: str, value: str) -> None:
    assert value in refusal(put(tmp_path, "n", small(), **{key: value}))


class TestRefused:
    def test_empty(self, tmp_path: Path) -> None:
        for name in ("e.safetensors", "e.pth"):
            (tmp_path / name).write_bytes(b"")
            assert "empty" in refusal(tmp_path / name)

    @pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
    @pytest.mark.parametrize("kind", ["safetensors", "zip", "legacy"])
    def test_cut_short(self, tmp_path: Path, kind: str, share: float) -> None:
        path = tmp_path / ("n.safetensors" if kind == "safetensors" else "n.pth")
        if kind == "safetensors":
            save_file(small().state_dict(), path)
        else:
            torch.save(small().state_dict(), path, _use_new_zipfile_serialization=kind == "zip")
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
        assert "cut short" in refusal(path) or "no weights file" in refusal(path)

    @pytest.mark.parametrize("name", ["t.pth", "t.safetensors"])
    def test_text(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).write_text("these are no weights " * 50)
        assert "cut short or no" in refusal(tmp_path / name)

    def test_a_web_page_saved_as_weights(self, tmp_path: Path) -> None:
        (tmp_path / "u2net.pth").write_text("<!DOCTYPE html><html><body>quota</body></html>")
        assert "web page" in refusal(tmp_path / "u2net.pth")

    def test_a_pickle_that_runs_code_is_not_run(self, tmp_path: Path) -> None:
        class Trap:
            def __reduce__(self) -> tuple[object, tuple[str]]:
                return Path.touch, (tmp_path / "ran",)

        torch.save({"outconv.weight": Trap()}, tmp_path / "trap.pth")
        assert "can run code" in refusal(tmp_path / "trap.pth")
        assert not (tmp_path / "ran").exists()

    def test_another_network(self, tmp_path: Path) -> None:
        save_file({"conv1.weight": torch.zeros(4, 3, 3, 3)}, tmp_path / "resnet.safetensors")
        assert "conv1.weight" in refusal(tmp_path / "resnet.safetensors")

    def test_one_tensor_missing(self, tmp_path: Path) -> None:
        state = small().state_dict()
        del state["stage3.rebnconv2.bn_s1.bias"]
        save_file(state, tmp_path / "n.safetensors")
        assert "lacks stage3.rebnconv2.bn_s1.bias" in refusal(tmp_path / "n.safetensors")

    def test_one_tensor_of_another_shape(self, tmp_path: Path) -> None:
        state = small().state_dict()
        state["side3.weight"] = torch.zeros(1, 9, 3, 3)
        save_file(state, tmp_path / "n.safetensors")
        assert "side3.weight" in refusal(tmp_path / "n.safetensors")

    def test_more_channels_than_colors(self, tmp_path: Path) -> None:
        assert "4 channels" in refusal(put(tmp_path, "n", U2NETN(4, 1, mid=4, outer=8)))

    def test_values_that_are_no_numbers(self, tmp_path: Path) -> None:
        network = small()
        network.state_dict()["outconv.bias"].fill_(float("nan"))
        assert "outconv.bias" in refusal(put(tmp_path, "n", network))

    def test_not_tensors(self, tmp_path: Path) -> None:
        torch.save([1, 2, 3], tmp_path / "list.pth")
        assert "no table of tensors" in refusal(tmp_path / "list.pth")

    def test_folder_missing_file_and_other_endings(self, tmp_path: Path) -> None:
        assert "folder" in refusal(tmp_path)
        assert "no weights file" in refusal(tmp_path / "missing.pth")
        (tmp_path / "picture.png").write_bytes(b"x")
        assert ".safetensors and .pth" in refusal(tmp_path / "picture.png")

    def test_unknown_name(self) -> None:
        with pytest.raises(UsageError, match=r"u2net_human_seg"):
            load_weights("u2netq")


class TestAuto:
    @pytest.fixture(autouse=True)
    def assets(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("U2LIVE_ASSETS", str(tmp_path / "assets"))
        return tmp_path / "assets" / "weights"

    def test_nothing_there_says_how_to_get_some(self) -> None:
        with pytest.raises(WeightsError, match="weights fetch u2netp"):
            load_weights()

    def test_registered_but_not_installed(self) -> None:
        with pytest.raises(WeightsError, match="weights fetch u2net`"):
            load_weights("u2net")

    def test_installed_then_bundled_then_environment(
        self, assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put(registry.weights_dir(), "u2netp", U2NETP())
        assert (load_weights().name, load_weights().meaning) == ("u2netp", "salient")
        put(assets, "u2netn-person", small(), input_size="192", meaning="person")
        assert (load_weights().name, load_weights().input_size) == ("u2netn-person", 192)
        put(assets, "u2netp-person", U2NETP(), meaning="person")
        assert load_weights("auto").name == "u2netp-person"
        assert list(person_weights()) == ["u2netp-person", "u2netn-person"]
        assert load_weights("u2netp").path == registry.weights_dir() / "u2netp.safetensors"
        own = put(tmp_path, "own", small())
        monkeypatch.setenv("U2LIVE_WEIGHTS", str(own))
        assert load_weights().path == own
        assert load_weights("u2netp-person").name == "u2netp-person"

    def test_a_wrong_preset_names_the_variable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("U2LIVE_WEIGHTS", "/nowhere/x.pth")
        with pytest.raises(WeightsError, match=r"U2LIVE_WEIGHTS.*/nowhere/x.pth"):
            load_weights()

    def test_a_registered_name_of_another_architecture(self) -> None:
        put(registry.weights_dir(), "u2netp", small())
        with pytest.raises(WeightsError, match="holds a U2NETN"):
            load_weights("u2netp")

    def test_a_file_that_is_not_the_published_one(self) -> None:
        registry.weights_dir().mkdir(parents=True)
        torch.save(U2NETP().state_dict(), registry.weights_dir() / "u2netp.pth")
        with pytest.raises(WeightsError, match=r"wrong checksum.*e4f636406ca4e2af789941e7f139ee2e"):
            load_weights("u2netp")
