"""Asking a camera for a pixel format, size and rate, and reading back what it really gives."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import cv2

from u2live.settings import CameraSettings
from u2live.types import Size

_FALLBACK_RATE = Fraction(30)


@dataclass(frozen=True, slots=True)
class CameraMode:
    """What a camera says it delivers. `fourcc` is "" where the system does not tell."""

    fourcc: str
    size: Size
    frame_rate: Fraction


class Capture(Protocol):
    """The part of cv2.VideoCapture that is needed here."""

    def set(self, propId: int, value: float) -> bool: ...  # noqa: N803 (cv2's name)
    def get(self, propId: int) -> float: ...  # noqa: N803


def configure(capture: Capture, camera: CameraSettings) -> CameraMode:
    """Try the wished pixel formats in turn and keep the first that gives the wished size and rate, else the nearest.

    MJPG comes before YUYV: over USB 2 raw pictures are small or slow. The format is set before the size and the size before
    the rate, because a driver that gets a new format or size falls back to that one's first rate.
    """
    # One buffer would halve the rate of cameras that need a place to write while we still read; two are as fresh, because
    # the thread that owns the camera takes every picture at once and keeps only the newest.
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 2)
    wishes = ("MJPG", "YUYV") if camera.format == "auto" else (camera.format.upper(),)
    given: list[tuple[str, CameraMode]] = []
    for fourcc in wishes:
        mode = _ask(capture, fourcc, camera)
        if _distance(mode, camera) == (0, 0) and mode.fourcc in (fourcc, ""):
            return mode
        given.append((fourcc, mode))
    # min keeps the earlier of two equals.
    best, mode = min(given, key=lambda pair: _distance(pair[1], camera))
    return mode if best == given[-1][0] else _ask(capture, best, camera)


def differs(mode: CameraMode, camera: CameraSettings) -> str:
    """One clause on how `mode` differs from the wish, as what follows the camera's name; "" when it does not."""
    size_off, rate_off = _distance(mode, camera)
    if not size_off and not rate_off:
        return ""
    rate = f"{float(mode.frame_rate):.4g}"
    given = f"{mode.size.width}×{mode.size.height} at {rate} pictures a second"
    return f"gives {given}, not {camera.width}×{camera.height} at {camera.frame_rate:.4g}"


def _ask(capture: Capture, fourcc: str, camera: CameraSettings) -> CameraMode:
    capture.set(cv2.CAP_PROP_FOURCC, float(struct.unpack("<I", fourcc.encode("ascii"))[0]))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, float(camera.width))
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, float(camera.height))
    capture.set(cv2.CAP_PROP_FPS, camera.frame_rate)
    return _read_back(capture)


def _read_back(capture: Capture) -> CameraMode:
    number = int(capture.get(cv2.CAP_PROP_FOURCC))
    fourcc = struct.pack("<I", number & 0xFFFFFFFF).decode("latin-1").rstrip("\0 ") if number > 0 else ""
    size = Size(int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)))
    told = capture.get(cv2.CAP_PROP_FPS)
    rate = Fraction(told).limit_denominator(1001) if 0 < told <= 1000 else _FALLBACK_RATE
    return CameraMode(fourcc, size, rate)


def _distance(mode: CameraMode, camera: CameraSettings) -> tuple[int, int]:
    """(pixels off, pictures a second short of the wish), smaller is nearer; more pictures than wished are no fault."""
    pixels_off = abs(mode.size.width * mode.size.height - camera.width * camera.height)
    if (mode.size.width, mode.size.height) != (camera.width, camera.height):
        pixels_off = max(pixels_off, 1)
    return pixels_off, max(0, round(camera.frame_rate - float(mode.frame_rate)))
