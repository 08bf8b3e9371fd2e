"""From the words a user says to a source."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

from u2live.capture.source import Source
from u2live.errors import SourceError, UsageError
from u2live.paths import expanded
from u2live.settings import CameraSettings
from u2live.types import Level, Notice, Notify, Size

_SCHEMES = ("rtsp://", "rtsps://", "rtmp://", "http://", "https://", "udp://", "tcp://", "srt://")
CHOICES = (
    "auto, demo, a camera's number, path or name (`main.py cameras` lists them), a video, a picture, "
    "or an address that begins with rtsp:// or http://"
)


def make_source(spec: str, camera: CameraSettings, notify: Notify) -> Source:
    """The source that `spec` names, for live use and not yet opened: a picture is repeated, a file is not yet `paced`.

    `spec` is `auto` (the first camera, else the demo), `demo`, a camera's number, path or name, a file, or an address.
    Raises UsageError where nothing of that kind exists, SourceError for a file that is not there.
    """
    word = spec.strip()
    if word.lower() == "auto":
        return _automatic(camera, notify)
    if word.lower() == "demo":
        return _demo(camera)
    if word.lower().startswith(_SCHEMES):
        from u2live.capture.stream import StreamSource

        return StreamSource(word, notify)
    if _names_camera(word):
        from u2live.capture.camera import CameraSource

        return CameraSource(word, camera, notify)
    path = expanded(word)
    if word and _is_there(path):
        return _of_file(path, camera, notify)
    return _by_name(word, path, camera, notify)


def file_source(path: Path, notify: Notify) -> Source:
    """The source for working through a file, each frame once: a picture gives one frame. Not yet opened."""
    from u2live.capture.file import FileSource
    from u2live.capture.image import ImageSource

    return ImageSource(path) if is_picture(path) else FileSource(path, notify)


def is_picture(path: Path) -> bool:
    """Whether the file's name says that it is a still picture."""
    from u2live.capture.image import IMAGE_SUFFIXES

    return path.suffix.lower() in IMAGE_SUFFIXES


def _is_there(path: Path) -> bool:
    """Whether there is a file, or may be one where this user may not look: opening it will tell."""
    try:
        return path.exists()
    except OSError as error:
        return isinstance(error, PermissionError)


def _of_file(path: Path, camera: CameraSettings, notify: Notify) -> Source:
    from u2live.capture.file import FileSource, check_readable
    from u2live.capture.image import RepeatedImage

    check_readable(path)
    if is_picture(path):
        return RepeatedImage(path, Fraction(camera.frame_rate).limit_denominator(1001))
    return FileSource(path, notify)


def _automatic(camera: CameraSettings, notify: Notify) -> Source:
    from u2live.capture.camera import CameraSource
    from u2live.capture.devices import first_camera

    device = first_camera()
    if device is None:
        notify(Notice(Level.INFO, "source", "no camera was found: the built-in demo is shown instead"))
        return _demo(camera)
    return CameraSource(device.path, camera, notify)


def demo_file(camera: CameraSettings, _notify: Notify) -> Source:
    """The demo for working through it, every frame once, as long as somebody reads. Not yet opened. Raises UsageError."""
    from u2live.capture.demo import DemoFile, DemoSource

    return DemoFile(DemoSource(Size(camera.width, camera.height), camera.frame_rate))


def _demo(camera: CameraSettings) -> Source:
    from u2live.capture.demo import DemoSource

    return DemoSource(Size(camera.width, camera.height), camera.frame_rate)


def _names_camera(word: str) -> bool:
    return re.fullmatch(r"\d+|/dev/(video\d+|v4l/.+)", word) is not None


def _by_name(word: str, path: Path, camera: CameraSettings, notify: Notify) -> Source:
    """A camera called so, or one line on why there is nothing."""
    from u2live.capture.camera import CameraSource
    from u2live.capture.devices import list_cameras

    named = [device for device in list_cameras() if word and word.lower() in device.name.lower()]
    if named:
        return CameraSource(named[0].path, camera, notify)
    if path.suffix or "/" in word or "\\" in word:
        raise SourceError(f"there is no file {path}; check the name")
    raise UsageError(f"there is no source {word!r}; a source is {CHOICES}")
