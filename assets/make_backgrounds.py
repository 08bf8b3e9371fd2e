"""Draws the backgrounds that come with u2live: assets/backgrounds/*.jpg at 1920×1080.

    python assets/make_backgrounds.py [NAME...] [--samples N]

Everything in them is computed here; nothing is taken from anybody's photograph. Rooms are path traced and take minutes each.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from drawing import rooms, soft
from drawing.finish import disc, enlarge, quiet, save, tone, vignette
from drawing.raytracer import render
from drawing.scene import Scene

ROOMS: dict[str, Callable[[], Scene]] = {
    "study": rooms.study,
    "living-room": rooms.living_room,
    "window-light": rooms.window_light,
    "white-shelves": rooms.white_shelves,
    "brick-loft": rooms.loft,
    "meeting-room": rooms.office,
}
SOFT: dict[str, Callable[[], np.ndarray]] = {
    "city-night": soft.city_night,
    "garden": soft.garden,
    "warm-lights": soft.warm_lights,
    "studio-grey": soft.studio_grey,
    "dusk": soft.dusk,
    "aurora": soft.aurora,
    "linen": soft.linen,
    "canvas": soft.canvas,
    "coast": soft.coast,
}
SIZE = (512, 288)


def photograph(scene: Scene, samples: int, keep: Path | None = None) -> np.ndarray:
    """Render, quiet, enlarge: display RGB [1080, 1920, 3]. The render is kept in a file, or taken from there."""
    if keep is not None and keep.is_file():
        light = np.load(keep)
    else:
        light = render(scene, *SIZE, samples)
        if keep is not None:
            keep.parent.mkdir(parents=True, exist_ok=True)
            np.save(keep, light)
    shown = tone(light, scene.exposure)
    picture = cv2.filter2D(enlarge(quiet(shown, 7.0)), -1, disc(scene.soft))
    if scene.slant:
        height, width = picture.shape[:2]
        fall = np.float32([[1, 0, 0], [scene.slant, 1, -scene.slant * width / 2]])
        picture = cv2.warpAffine(picture, fall, (width, height), borderMode=cv2.BORDER_REFLECT)
    return vignette(np.clip(picture, 0, 1), 0.16)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join([*ROOMS, *SOFT]))
    parser.add_argument("--samples", type=int, default=64, help="rays per pixel of the rooms")
    parser.add_argument("--to", type=Path, default=Path(__file__).resolve().parent / "backgrounds")
    parser.add_argument("--keep", type=Path, help="a folder for the renders: finishing them anew takes a second")
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    for name in options.names or [*ROOMS, *SOFT]:
        begun = time.monotonic()
        keep = options.keep / f"{name}.npy" if options.keep else None
        picture = SOFT[name]() if name in SOFT else photograph(ROOMS[name](), options.samples, keep)
        path = options.to / f"{name}.jpg"
        save(path, picture, quality=80 if name in ROOMS else 84)
        print(f"{path.name}: {path.stat().st_size // 1024} KB, {time.monotonic() - begun:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
