"""PipeWire's door to call programs on Linux: a camera without any kernel module, through PipeWire's own library."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from u2live.sinks.picture_format import PictureFormat
from u2live.sinks.pipewire_library import libpipewire
from u2live.sinks.pipewire_stream import PictureStream
from u2live.sinks.virtual_camera import FIRST, USUAL_SIZE, VirtualCamera, open_virtual_camera
from u2live.types import Notify, Size

PIPEWIRE = "pipewire"
"""What `--virtual-camera` and the settings call this door."""
# What makes a node a camera for portals, browsers and call programs.
_PROPERTIES = {
    "media.class": "Video/Source",
    "media.type": "Video",
    "media.role": "Camera",
    "node.name": "u2live",
    "node.description": "u2live",
}


class PipeWireOutput:
    """A node that takes YUY2 pictures of one even size. Raises SinkError when PipeWire cannot be reached."""

    path: Path | str = "u2live (PipeWire)"

    def __init__(self, size: Size, frame_rate: float) -> None:
        self.format = PictureFormat("YUYV", size)
        self._stream = PictureStream(_PROPERTIES, size, Fraction(frame_rate).limit_denominator(1001))

    def write(self, picture: np.ndarray) -> None:
        """One picture in `format`, not written to any more. Raises OSError when PipeWire has gone."""
        self._stream.send(picture)

    def viewers(self) -> int | None:
        """1 while programs look at it, however many, else 0."""
        return int(self._stream.watched)

    def close(self) -> None:
        self._stream.close()


class PipeWireCamera(VirtualCamera):
    """The virtual camera with a node of PipeWire's as its device: there again soon after PipeWire is."""

    def __init__(self, size: Size, frame_rate: float, notify: Notify) -> None:
        super().__init__(None, size, frame_rate, notify)

    def _take(self) -> None:
        output = PipeWireOutput(self._size, self._frame_rate)
        self._device, self._format = output, output.format


def open_any_virtual_camera(
    choice: str = FIRST, size: Size = USUAL_SIZE, frame_rate: float = 30.0, notify: Notify = lambda notice: None
) -> VirtualCamera:
    """The sink, not yet opened, for `pipewire` or what `open_virtual_camera` takes. Raises SinkError where it is missing."""
    if choice != PIPEWIRE:
        return open_virtual_camera(choice, size, frame_rate, notify)
    libpipewire()
    return PipeWireCamera(size, frame_rate, notify)
