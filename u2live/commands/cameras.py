"""`main.py cameras`: which cameras there are, what they can deliver, and their controls."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from u2live.capture.camera_device import CameraDevice, Control


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "cameras",
        help="list the cameras with their sizes, rates and controls",
        description="The cameras of this machine: number, name and path, each of which --source takes; then the formats, "
        "sizes and rates that each promises, and its controls.",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def execute(args: argparse.Namespace) -> int:
    """Exit code 0, also without any camera: an empty list is an answer."""
    from u2live.capture.devices import list_cameras

    cameras = list_cameras()
    if args.json:
        print(json.dumps({"cameras": [_as_dict(camera) for camera in cameras]}, ensure_ascii=False, indent=2))
        return 0
    if not cameras:
        print("no camera was found; --source demo shows the built-in one", file=sys.stderr)
    for camera in cameras:
        print("\n".join(_lines(camera)))
    return 0


def _as_dict(camera: CameraDevice) -> dict[str, Any]:
    from u2live.capture.control_settings import identity
    from u2live.capture.devices import controls_of, modes_of

    return {
        "number": camera.number,
        "name": camera.name,
        "path": camera.path,
        "stable_path": camera.stable_path or None,
        "bus": camera.bus or None,
        "identity": identity(camera),
        "virtual": camera.virtual,
        "problem": camera.problem or None,
        "modes": [
            {
                "format": mode.fourcc,
                "width": mode.size.width,
                "height": mode.size.height,
                "frame_rates": [round(float(rate), 3) for rate in mode.frame_rates],
            }
            for mode in modes_of(camera)
        ],
        "controls": [_control_dict(control) for control in controls_of(camera)],
    }


def _control_dict(control: Control) -> dict[str, Any]:
    return {
        "name": control.name,
        "label": control.label,
        "kind": control.kind.name.lower(),
        "minimum": control.minimum,
        "maximum": control.maximum,
        "step": control.step,
        "default": control.default,
        "value": control.value,
        "active": control.active,
        "choices": dict(control.choices),
    }


def _lines(camera: CameraDevice) -> list[str]:
    from u2live.capture.devices import controls_of, modes_of

    marks = "".join(f"  [{mark}]" for mark in ("virtual" * camera.virtual, camera.problem) if mark)
    lines = [f"{camera.number}  {camera.name}  {camera.stable_path or camera.path}{marks}"]
    for mode in modes_of(camera):
        rates = ", ".join(f"{float(rate):.4g}" for rate in mode.frame_rates)
        lines.append(f"   {mode.fourcc:5} {mode.size.width}×{mode.size.height}" + (f"  {rates} fps" if rates else ""))
    for control in controls_of(camera):
        choices = "; ".join(f"{value}: {label}" for value, label in control.choices)
        reach = choices or f"{control.minimum} … {control.maximum}"
        governed = "" if control.active else ", governed by an automatic"
        lines.append(f"   {control.name} = {control.value}  ({reach}; default {control.default}{governed})")
    return lines
