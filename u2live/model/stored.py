"""Weights in a file, read only when they are needed. Knows no torch until then."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from u2live.model.registry import find_weights, for_camera, stored_metadata
from u2live.model.store import check_stored, checksum_of

if TYPE_CHECKING:
    from u2live.model.u2net import NestedUNet
    from u2live.model.weights import Weights


class StoredWeights:
    """The weights that `choice` means, as `load_weights` takes it; what is asked of them beyond their file reads them.

    An engine that has met the very same file before needs no more than its checksum: importing torch and reading the
    weights is most of what starting takes. Raises UsageError, WeightsError, here where there is no such file or it is not
    what it was, when they are read where it is damaged.
    """

    def __init__(self, choice: str = "auto") -> None:
        found = find_weights(choice)
        self._choice = choice
        self.name = found.name
        self.path: Path = found.path
        # A fetched or imported file has just been read through: 176 MB of the full network need not be a second time.
        self.checksum = check_stored(found) or (checksum_of(found.path) if found.path.is_file() else "")

    @cached_property
    def loaded(self) -> Weights:
        from u2live.model.weights import load_weights

        return load_weights(self._choice)

    @cached_property
    def for_camera(self) -> bool:
        """As `Weights.for_camera`, but it reads no more than the file's first bytes."""
        return for_camera(stored_metadata(self.path))

    @property
    def architecture(self) -> str:
        return self.loaded.architecture

    @property
    def input_size(self) -> int:
        return self.loaded.input_size

    @property
    def network(self) -> NestedUNet:
        return self.loaded.network
