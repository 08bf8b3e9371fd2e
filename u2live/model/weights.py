"""Weights from a file into a network: read safely, recognised by their shapes, refused in one line when they do not fit."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from u2live.errors import WeightsError
from u2live.model.registry import Found, find_weights, for_camera
from u2live.model.store import check_stored
from u2live.model.u2net import U2NET, U2NETN, U2NETP, NestedUNet

DEFAULT_INPUT_SIZE = 320
MEANINGS = ("salient", "person")


@dataclass(frozen=True, slots=True)
class Weights:
    """A network ready to infer: in eval mode, on the CPU, float32, its batch norm as stored (nothing folded).

    `architecture` is U2NET, U2NETP or U2NETN; `input_size` the side in pixels it was trained for; `meaning` what it
    finds, "salient" or "person". `metadata` is what the file says about itself (trainer's configuration and so on).
    """

    name: str
    path: Path
    architecture: str
    input_size: int
    meaning: str
    network: NestedUNet
    metadata: Mapping[str, str]

    @property
    def for_camera(self) -> bool:
        """Whether it wants pictures shrunk by area and in good light."""
        return for_camera(self.metadata)


def load_weights(choice: str = "auto") -> Weights:
    """The weights that `choice` means: "auto", a name, or a path to a .safetensors or .pth file.

    "auto" takes $U2LIVE_WEIGHTS, then the person model that comes with the program, then an installed u2netp. Raises
    UsageError for an unknown name, WeightsError for missing, damaged or foreign files.
    """
    found = find_weights(choice)
    check_stored(found)
    return _read(found)


def read_weights(path: Path) -> Weights:
    """The weights in one file, whatever its name. Raises WeightsError."""
    return _read(Found(path.stem, path))


def _read(found: Found) -> Weights:
    state, metadata = _tensors(found.path)
    state = _cleaned(state, found.path)
    architecture, network = _network_for(state, found.path)
    if "presence.weight" in state:
        with torch.device("meta"):
            network.judge_presence()
    _fill(network, state, architecture, found.path)
    entry = found.entry
    if entry is not None and entry.architecture != architecture:
        raise WeightsError(
            f"{found.path} holds a {architecture}, but {entry.name} is a {entry.architecture}: fetch it again"
        )
    input_size = _input_size(metadata, found.path) or (entry.input_size if entry else DEFAULT_INPUT_SIZE)
    meaning = metadata.get("meaning") or (entry.meaning if entry else "salient")
    if meaning not in MEANINGS:
        raise WeightsError(f"{found.path} says that it finds {meaning!r}: expected {' or '.join(MEANINGS)}")
    return Weights(found.name, found.path, architecture, input_size, meaning, network, metadata)


def _tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    if path.is_dir():
        raise WeightsError(f"{path} is a folder: name a weights file (.safetensors, .pth)")
    suffix = path.suffix.lower()
    if suffix not in (".safetensors", ".pth", ".pt"):
        raise WeightsError(f"{path} is no weights file: u2live reads .safetensors and .pth")
    try:
        size = path.stat().st_size
        os.close(os.open(path, os.O_RDONLY))
    except OSError as error:
        raise WeightsError(f"the weights {path} cannot be read: {error.strerror or error}") from None
    if size == 0:
        raise WeightsError(f"the weights {path} are empty (0 bytes): fetch or copy the file again")
    return _safetensors(path) if suffix == ".safetensors" else _pickled(path, size)


def _safetensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, dict(file.metadata() or {})  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise WeightsError(
            f"{path} is cut short or no .safetensors file ({_first_line(error)}): fetch or copy it again"
        ) from None


def _pickled(path: Path, size: int) -> tuple[dict[str, Tensor], dict[str, str]]:
    with path.open("rb") as file:
        start = file.read(64).lstrip().lower()
    if start.startswith((b"<!doctype", b"<html")):
        raise WeightsError(f"{path} is a web page, not weights: the download went wrong, fetch it again")
    try:
        tree: Any = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises half a dozen unrelated kinds for a damaged or foreign file
        if "weights_only" in str(error).lower():
            reason = "it holds more than tensors or is no weights file; such a file can run code and is not opened"
        else:
            reason = f"cut short or no weights file, {size} bytes: fetch or copy it again"
        raise WeightsError(f"{path} cannot be loaded: {reason}") from None
    if isinstance(tree, Mapping):
        for key in ("state_dict", "model_state_dict", "model"):
            if isinstance(tree.get(key), Mapping):
                tree = tree[key]
                break
    if not isinstance(tree, Mapping) or not tree or not all(isinstance(value, Tensor) for value in tree.values()):
        raise WeightsError(f"{path} holds no table of tensors: it is not a network's weights")
    return {str(name): value for name, value in tree.items()}, {}


def _cleaned(state: Mapping[str, Tensor], path: Path) -> dict[str, Tensor]:
    """Names without the `module.` of DataParallel, floats as float32, every value a number."""
    cleaned: dict[str, Tensor] = {}
    for name, value in state.items():
        while name.startswith("module."):
            name = name[len("module.") :]
        tensor = value.detach()
        if tensor.is_floating_point():
            tensor = tensor.to(torch.float32)
            if not bool(torch.isfinite(tensor).all()):
                raise WeightsError(f"{path} is damaged: {name} holds values that are no numbers")
        cleaned[name] = tensor.contiguous()
    return cleaned


def _network_for(state: Mapping[str, Tensor], path: Path) -> tuple[str, NestedUNet]:
    """The architecture that the shapes speak of, with its parameters still without memory."""
    first = state.get("stage1.rebnconvin.conv_s1.weight")
    inner = state.get("stage1.rebnconv1.conv_s1.weight")
    second = state.get("stage2.rebnconvin.conv_s1.weight")
    fused = state.get("outconv.weight")
    if first is None or inner is None or second is None or fused is None or first.dim() != 4 or inner.dim() != 4:
        some = ", ".join(sorted(state)[:3])
        raise WeightsError(f"{path} holds another network, not a U²-Net (its tensors: {some} …): choose other weights")
    channels, maps = first.shape[1], fused.shape[0]
    if channels != 3 or maps != 1:
        raise WeightsError(f"{path} takes {channels} channels and gives {maps} maps: u2live needs 3 and 1")
    with torch.device("meta"):
        if second.shape[0] == 2 * first.shape[0] == 128:
            return "U2NET", U2NET()
        widths = {
            word: (_outputs(state, f"{stage}.rebnconv1", inner), _outputs(state, f"{stage}.rebnconvin", first))
            for word, stage in (("first", "stage1"), ("rest", "stage2"), ("last", "stage1d"))
        }
        if set(widths.values()) == {(16, 64)}:
            return "U2NETP", U2NETP()
        (first_mid, first_outer), (mid, outer), (last_mid, last_outer) = widths.values()
        return "U2NETN", U2NETN(
            mid=mid,
            outer=outer,
            first_mid=first_mid,
            first_outer=first_outer,
            last_mid=last_mid,
            last_outer=last_outer,
        )


def _outputs(state: Mapping[str, Tensor], block: str, otherwise: Tensor) -> int:
    """How many channels a block writes. What is missing is told later, by name."""
    return int(state.get(f"{block}.conv_s1.weight", otherwise).shape[0])


def _fill(network: NestedUNet, state: dict[str, Tensor], architecture: str, path: Path) -> None:
    expected = network.state_dict()
    missing = [name for name in expected if name not in state and not name.endswith("num_batches_tracked")]
    foreign = [name for name in state if name not in expected]
    wrong = [name for name in state if name in expected and state[name].shape != expected[name].shape]
    for names, what in ((missing, "lacks"), (foreign, "has besides"), (wrong, "has in another shape")):
        if names:
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            raise WeightsError(f"{path} does not fit {architecture}: it {what} {names[0]}{more}; choose other weights")
    network.load_state_dict(state, strict=True, assign=True)
    network.eval()


def _input_size(metadata: Mapping[str, str], path: Path) -> int:
    text = metadata.get("input_size", "")
    if not text:
        return 0
    try:
        size = int(json.loads(text))
    except (TypeError, ValueError):
        size = 0
    if not 32 <= size <= 1024:
        raise WeightsError(f"{path} says that it was made for {text!r} pixels: expected 32 to 1024")
    return size


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
