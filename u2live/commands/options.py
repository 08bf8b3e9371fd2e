"""Options that several commands share."""

from __future__ import annotations

import argparse
import re
from dataclasses import replace

from u2live.errors import UsageError
from u2live.settings import Settings, with_text, with_value
from u2live.types import Size

ENGINES = ("auto", "cuda", "openvino", "torch")
_SIZE = re.compile(r"(\d+)[x×](\d+)")


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line: the usage is a `--help` away."""

    def error(self, message: str) -> None:  # type: ignore[override]
        self.exit(2, f"u2live: {message}; see {self.prog} --help\n")


def add_matting_options(parser: argparse.ArgumentParser) -> None:
    """--background, --weights, --engine and --set, as `run` and `process` have them."""
    parser.add_argument(
        "--background",
        metavar="B",
        help="blur[:STRENGTH], color:#RRGGBB, a picture, a video, a folder of pictures, transparent, original "
        "(default: blur:60)",
    )
    parser.add_argument("--weights", metavar="W", help="a registered name or a .safetensors or .pth file (default: auto)")
    parser.add_argument("--engine", choices=ENGINES, help="what runs the network (default: auto)")
    parser.add_argument(
        "--set",
        metavar="SECTION.KEY=VALUE",
        action="append",
        default=[],
        dest="assignments",
        help="change any setting, like matte.detail=0.8; a name that is not there lists those that are",
    )


def with_matting_options(settings: Settings, args: argparse.Namespace) -> Settings:
    """`settings` with the options of `add_matting_options` laid over it, `--set` last. Raises UsageError."""
    if args.background is not None:
        settings = with_value(settings, "background.choice", args.background)
    if args.weights is not None:
        settings = with_value(settings, "model.weights", args.weights)
    if args.engine is not None:
        settings = with_value(settings, "model.engine", args.engine)
    for assignment in args.assignments:
        settings = with_text(settings, assignment)
    return settings


def add_camera_options(parser: argparse.ArgumentParser) -> None:
    """--source, --size and --fps."""
    parser.add_argument(
        "--source",
        metavar="S",
        help="a camera's number, path or name, a video, a picture, an address (rtsp://, http://), demo "
        "(default: the first camera, else the demo)",
    )
    parser.add_argument("--size", metavar="WxH", help="what the camera is asked for, in pixels (default: 1280x720)")
    parser.add_argument("--fps", metavar="N", type=float, help="what the camera is asked for (default: 30)")


def with_camera_options(settings: Settings, args: argparse.Namespace) -> Settings:
    """`settings` with the options of `add_camera_options` laid over it. Raises UsageError."""
    if args.source is not None:
        settings = replace(settings, camera=replace(settings.camera, source=args.source))
    if args.size is not None:
        size = parsed_size(args.size)
        settings = with_value(settings, "camera.width", size.width)
        settings = with_value(settings, "camera.height", size.height)
    if args.fps is not None:
        settings = with_value(settings, "camera.frame_rate", args.fps)
    return settings


def parsed_size(text: str) -> Size:
    """The size that WIDTHxHEIGHT means. Raises UsageError."""
    match = _SIZE.fullmatch(text)
    if match is None or not int(match[1]) or not int(match[2]):
        raise UsageError(f"a size is WIDTHxHEIGHT in pixels, like 1280x720, not {text!r}")
    return Size(int(match[1]), int(match[2]))
