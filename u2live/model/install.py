"""Weights into the user's folder: fetched from the mirrors in turn, or imported from a file."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file

from u2live.errors import WeightsError
from u2live.model.download import MirrorError, Patience, Progress, download
from u2live.model.onnx_import import tensors_from_onnx
from u2live.model.registry import REGISTRY, Entry, Found, RemoteFile, weights_dir
from u2live.model.store import Pin, matches, read_pin, settle
from u2live.model.u2net import U2NET, U2NETP
from u2live.model.weights import Weights, read_weights
from u2live.types import Level, Notice, Notify

_NETWORKS = {"U2NETP": U2NETP, "U2NET": U2NET}


def fetch(entry: Entry, *, progress: Progress, notify: Notify, patience: Patience | None = None) -> Found:
    """Download `entry`'s weights into the user's folder, checked and loaded once before they get their name.

    The addresses are tried in turn; each failure is told to `notify`. Raises WeightsError when none worked or nothing can
    be written.
    """
    if not entry.files:
        raise WeightsError(f"the weights {entry.name} come with the program: there is no address to fetch them from")
    problems = []
    for remote in entry.files:
        host = urlsplit(remote.address).netloc
        try:
            return _fetch_from(_pinned(entry, remote), entry, progress, patience)
        except MirrorError as error:
            problems.append(f"{host}: {error}")
            if remote is not entry.files[-1]:
                notify(Notice(Level.WARNING, "weights", f"{host}: {error}; trying the next address"))
    raise WeightsError(
        f"the weights {entry.name} could not be fetched ({'; '.join(problems)}): try again later, or download the file in a "
        f"browser and `main.py weights import FILE {entry.name}`"
    )


def import_weights(source: Path, name: str) -> Found:
    """Copy checked weights into the user's folder under `name`; an older file of that name is replaced.

    A registered name takes only a published file, or a .safetensors of the same architecture. An .onnx file is converted.
    Raises WeightsError.
    """
    entry = REGISTRY.get(name)
    if entry is not None and not entry.files:
        raise WeightsError(f"{name} comes with the program: import the file under another name")
    if not source.is_file():
        raise WeightsError(f"there is no weights file {source}: check the path")
    suffix = source.suffix.lower()
    if entry is not None and suffix != ".safetensors":
        published = [file.checksum for file in entry.files if file.suffix == suffix and file.checksum]
        if published and not any(matches(source, checksum) for checksum in published):
            raise WeightsError(f"{source} is not the published {name} (wrong checksum): import it under another name")
    incoming = _incoming(name, str(source.resolve()), suffix)
    try:
        if suffix == ".onnx":
            _convert(source, incoming, [entry.architecture] if entry else list(_NETWORKS))
        else:
            _check(read_weights(source), entry)
            incoming.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, incoming)
        return _settled(incoming, name, f"imported from {source.resolve()}")
    except OSError as error:
        incoming.unlink(missing_ok=True)
        raise WeightsError(
            f"{source} cannot be copied to {weights_dir()}: {error.strerror or error}; make room or set U2LIVE_DATA_DIR"
        ) from None


def _fetch_from(remote: RemoteFile, entry: Entry, progress: Progress, patience: Patience | None) -> Found:
    incoming = _incoming(entry.name, remote.address, remote.suffix)
    _check_space(incoming.parent, remote.size or entry.size)
    download(remote, incoming, 2 * entry.size, progress, patience)
    try:
        if remote.suffix == ".onnx":
            converted = incoming.with_suffix(".safetensors")
            _convert(incoming, converted, [entry.architecture])
            incoming.unlink()
            incoming = converted
        _check(read_weights(incoming), entry)
    except WeightsError as error:
        incoming.unlink(missing_ok=True)
        raise MirrorError(f"another file came ({error})") from None
    try:
        return _settled(incoming, entry.name, remote.address)
    except OSError as error:
        raise WeightsError(f"{weights_dir()} cannot be written: {error.strerror or error}") from None


def _pinned(entry: Entry, remote: RemoteFile) -> RemoteFile:
    """A file without a published checksum has to be the one that was fetched first, even after that was deleted."""
    pin: Pin | None = read_pin(weights_dir() / f"{entry.name}{remote.suffix}")
    if remote.checksum or pin is None or pin.origin != remote.address:
        return remote
    return RemoteFile(remote.address, pin.size, pin.checksum)


def _check(weights: Weights, entry: Entry | None) -> None:
    if entry is not None and weights.architecture != entry.architecture:
        raise WeightsError(f"{weights.path} holds a {weights.architecture}, but {entry.name} is a {entry.architecture}")


def _convert(source: Path, target: Path, architectures: Sequence[str]) -> None:
    """An .onnx file as .safetensors under our names; the first architecture that fits is taken."""
    problem: WeightsError | None = None
    for architecture in architectures:
        with torch.device("meta"):
            network = _NETWORKS[architecture]()
        try:
            state = tensors_from_onnx(source, network)
        except WeightsError as error:
            problem = error
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            save_file({name: value.contiguous() for name, value in state.items()}, target, {"architecture": architecture})
        except (SafetensorError, OSError) as error:
            raise WeightsError(f"{target} cannot be written: {error}; free some space there") from None
        return
    assert problem is not None
    raise problem


def _settled(incoming: Path, name: str, origin: str) -> Found:
    target = weights_dir() / f"{name}{'.safetensors' if incoming.suffix in ('.onnx', '.safetensors') else '.pth'}"
    settle(incoming, target, origin=origin)
    for left_over in incoming.parent.glob(f"{name}-*"):  # what other mirrors began
        left_over.unlink(missing_ok=True)
    return Found(name, target, REGISTRY.get(name))


def _incoming(name: str, origin: str, suffix: str) -> Path:
    """Where a file waits until it is checked: the same place for the same origin, so that a transfer can resume."""
    return weights_dir() / "incoming" / f"{name}-{hashlib.sha256(origin.encode()).hexdigest()[:8]}{suffix}"


def _check_space(folder: Path, size: int) -> None:
    existing = folder
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    free = shutil.disk_usage(existing).free
    if free < size + 10_000_000:
        raise WeightsError(
            f"{existing} has {free / 1e6:.0f} MB left, and {size / 1e6:.0f} MB are needed: free some space there"
        )
