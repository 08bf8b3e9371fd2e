"""Which virtual camera the window becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from u2live.errors import U2LiveError
from u2live.settings import Settings
from u2live.types import Notify, Size

if TYPE_CHECKING:
    from u2live.sinks.sink import Sink


def open_virtual_camera(settings: Settings, device: str, notify: Notify) -> Sink:
    """The camera that `device` names, or with `auto` the one in the settings. Raises SinkError.

    Where `auto` finds no device of the kernel, PipeWire's camera is tried.
    """
    from u2live.sinks import pipewire

    camera, virtual = settings.camera, settings.virtual_camera
    device = virtual.device if device == "auto" else device
    size = Size(virtual.width or camera.width, virtual.height or camera.height)
    rate = virtual.frame_rate or camera.frame_rate
    try:
        return pipewire.open_any_virtual_camera(device, size, rate, notify)
    except U2LiveError as error:
        if device != "auto":
            raise
        try:
            return pipewire.open_any_virtual_camera("pipewire", size, rate, notify)
        except U2LiveError:
            raise error from None
