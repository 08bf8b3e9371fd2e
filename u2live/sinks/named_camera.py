"""The virtual cameras of macOS and Windows: OBS and Unity Capture, through pyvirtualcam."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from u2live.errors import SinkError
from u2live.sinks.picture_format import PictureFormat
from u2live.types import Size


class NamedCamera:
    """A camera that another program installed. Raises SinkError where there is none; the reasons are pyvirtualcam's."""

    def __init__(self, name: str | None, size: Size, frame_rate: float) -> None:
        import pyvirtualcam

        self.format = PictureFormat("YU12", size)
        try:
            self._camera: Any = pyvirtualcam.Camera(
                width=size.width, height=size.height, fps=frame_rate, fmt=pyvirtualcam.PixelFormat.I420, device=name
            )
        except (RuntimeError, OSError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise SinkError(f"the virtual camera cannot be opened ({reason}): run `main.py doctor`") from error
        self.path = Path(self._camera.device)

    def write(self, picture: np.ndarray) -> None:
        self._camera.send(picture)

    def viewers(self) -> int | None:
        """Nobody tells."""
        return None

    def close(self) -> None:
        self._camera.close()
