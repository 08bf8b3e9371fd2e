"""What OpenVINO made of weights at earlier starts, in the user's cache folder."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from u2live import paths
from u2live.errors import WeightsError
from u2live.matting.engine import first_line
from u2live.model.store import matches
from u2live.model.stored import StoredWeights

if TYPE_CHECKING:
    from u2live.model.weights import Weights

log = logging.getLogger(__name__)

_VERSION = "2"  # of the conversion: another one does not find what this one made


def cache_dir() -> Path | None:
    """Made when it is not there; None when it cannot be."""
    folder = paths.user_cache_dir() / "openvino"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        log.info("no cache for compiled networks at %s: %s", folder, error)
        return None
    return folder


def network_file(folder: Path, weights: Weights | StoredWeights, side: int, layout: str) -> Path:
    """Where the network converted from `weights` for `layout` lies, or will: named by everything it was made from."""
    import openvino as ov

    digest = hashlib.sha256(f"{_VERSION} {ov.__version__} {weights.architecture} {side} {layout}".encode())
    for name, tensor in weights.network.state_dict().items():
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return folder / f"{weights.architecture.lower()}-{side}-{digest.hexdigest()[:16]}.xml"


def known_network_file(folder: Path, weights: Weights | StoredWeights, input_size: int, layout: str) -> Path | None:
    """`network_file` as `note_network_file` wrote it down for this very file of weights, which is not read for it."""
    note = _note(folder, weights, input_size, layout)
    if note is None:
        return None
    try:
        name = note.read_text(encoding="ascii")
    except (OSError, ValueError):
        return None
    file = folder / name
    return file if name == Path(name).name and file.suffix == ".xml" and file.is_file() else None


def note_network_file(folder: Path, weights: Weights | StoredWeights, input_size: int, layout: str, file: Path) -> None:
    """For the next start, where the file of `weights` is still what was read."""
    note = _note(folder, weights, input_size, layout)
    if note is None or not file.is_file():
        return
    try:
        if isinstance(weights, StoredWeights) and matches(weights.path, weights.checksum):
            note.write_text(file.name, encoding="ascii")
    except (OSError, WeightsError) as error:
        log.info("not noted in %s: %s", note, error)


def read_network(core: Any, file: Path) -> Any:
    """The network converted at an earlier start, or None."""
    if not file.is_file():
        return None
    try:
        return core.read_model(file)
    except RuntimeError as error:  # damaged, or from another version
        log.info("cached network %s cannot be used: %s", file, first_line(error))
        return None


def save_network(core: Any, network: Any, file: Path) -> Any:
    """Keep `network`; returns it as a second start will read it, so that its compiled form is found again."""
    try:
        _save(network, file)
        return core.read_model(file)
    except (OSError, RuntimeError) as error:
        log.info("the converted network was not cached: %s", first_line(error))
        return network


def remembered(file: Path, find_out: Callable[[], bool]) -> bool:
    """`find_out()`, or what it said the last time."""
    try:
        known = file.read_text(encoding="ascii")
        if known in ("yes", "no"):
            return known == "yes"
    except (OSError, ValueError):
        pass
    answer = find_out()
    try:
        file.write_text("yes" if answer else "no", encoding="ascii")
    except OSError as error:
        log.info("not remembered in %s: %s", file, error)
    return answer


def _note(folder: Path, weights: Weights | StoredWeights, input_size: int, layout: str) -> Path | None:
    import openvino as ov

    if not isinstance(weights, StoredWeights) or not weights.checksum:
        return None
    digest = hashlib.sha256(f"{_VERSION} {ov.__version__} {weights.checksum} {input_size} {layout}".encode())
    return folder / f"weights-{digest.hexdigest()[:16]}.note"


def _save(model: Any, file: Path) -> None:
    """Write the model so that a reader never finds half of it: the .xml, which is looked for, comes last."""
    import openvino as ov

    draft = file.with_name(f".{os.getpid()}-{file.name}")
    ov.save_model(model, draft, compress_to_fp16=False)
    draft.with_suffix(".bin").replace(file.with_suffix(".bin"))
    draft.replace(file)
