"""The interface of everything that a recording's sound comes from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.packet import Packet


class Sound(Protocol):
    """Sound beside a picture. The recorder's thread calls all of it, in this order."""

    def open(self) -> None:
        """Get hold of the sound; a microphone listens from now on. Raises SinkError."""
        ...

    def add_to(self, container: OutputContainer) -> None:
        """Add the streams. Raises SinkError."""
        ...

    def start(self, first_picture_ns: int) -> int:
        """The first picture is there. Returns the moment, on its clock, that becomes the file's time 0."""
        ...

    def pause(self, at_ns: int) -> None:
        """What is heard from `at_ns` on, on the pictures' clock, is left out …"""
        ...

    def resume(self, at_ns: int) -> None:
        """… until `at_ns`, which follows the moment of the pause in the file."""
        ...

    def packets(self, until_s: float) -> Iterable[Packet[AudioStream]]:
        """What is ready for the file's time up to `until_s`, encoded."""
        ...

    def rest(self, until_s: float) -> Iterable[Packet[AudioStream]]:
        """All that is left of a file that ends at `until_s`, the encoder flushed."""
        ...

    def close(self) -> None:
        """Release everything. Harmless when nothing is open."""
        ...
