"""The demo: an animated presenter in a room drawn by this project, with the exact matte of every frame."""

from u2live.capture.demo.motion import EMPTY_ROOM, Script
from u2live.capture.demo.source import DemoFile, DemoSource

__all__ = ["EMPTY_ROOM", "DemoFile", "DemoSource", "Script"]
