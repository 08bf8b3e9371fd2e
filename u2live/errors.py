"""Errors a person can act on. Each message is one line: what is wrong, then what to do."""

from __future__ import annotations


class U2LiveError(Exception):
    """Anything that u2live reports to its user without a traceback. Exit code 1."""


class UsageError(U2LiveError):
    """The command line or a setting asks for something that does not exist. Exit code 2."""


class SourceError(U2LiveError):
    """A camera, file or picture cannot be read."""


class WeightsError(U2LiveError):
    """Weights are missing, damaged, or of another architecture."""


class EngineError(U2LiveError):
    """An engine cannot run the network here, or stopped doing so."""


class SinkError(U2LiveError):
    """A recording, virtual camera or other output cannot be written."""
